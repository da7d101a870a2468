import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMb } from './process-use.ts';

export interface Measured {
  readonly eventsPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly peakMb: number;
  /** Most resident while the second million was read, and the last; null where there are fewer than three. */
  readonly growth: { readonly earlyMb: number; readonly lateMb: number } | null;
  /** More that was seen along the way. */
  readonly note?: string;
}

export interface Sample {
  readonly atMs: number;
  readonly events: number;
  readonly cpu: number;
}

/** Start-up and the last checkpoint's wait are left out: only what lies between is compared. */
const MILLION = 1_000_000;
const BURST_MS = 400;
const FROM = 0.1;
const TO = 0.95;

/**
 * Watches processes work through `total` events. The rate is that between the first look that finds a tenth done and the
 * last one before the end.
 *
 * @param inBursts whether what is done shows every few seconds only, of several partitions within moments
 */
export async function steadyRate(
  pids: readonly number[],
  total: number,
  eventsDone: () => Promise<number>,
  inBursts: boolean,
  timeoutMs = 900_000,
): Promise<Measured> {
  const samples: Sample[] = [];
  let peakMb = 0;
  const early = { from: MILLION, to: 2 * MILLION, mb: 0 };
  const late = { from: total - MILLION, to: total, mb: 0 };
  const begunMs = performance.now();
  for (;;) {
    const events = await eventsDone();
    const atMs = performance.now();
    const mb = pids.reduce((sum, pid) => sum + residentMb(pid), 0);
    peakMb = Math.max(peakMb, mb);
    for (const stretch of [early, late]) {
      if (events >= stretch.from && events < stretch.to) stretch.mb = Math.max(stretch.mb, mb);
    }
    // A look that finds nothing new would stretch the interval by the wait for the next checkpoint.
    if (events > (samples.at(-1)?.events ?? 0)) {
      samples.push({ atMs, events, cpu: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0) });
    }
    if (events >= total) break;
    if (atMs - begunMs > timeoutMs)
      throw new Error(`only ${events} of ${total} events after ${timeoutMs} ms`);
    await sleep(20);
  }
  const ends = inBursts ? burstEnds(samples) : samples;
  const first = ends.find(({ events }) => events >= FROM * total);
  const last = ends.findLast(({ events }) => events <= TO * total) ?? ends.at(-1);
  if (first === undefined || last === undefined || last.events <= first.events) {
    throw new Error('too few looks to measure a rate; take more events');
  }
  const events = last.events - first.events;
  return {
    eventsPerSecond: (events / (last.atMs - first.atMs)) * 1_000,
    cpuSecondsPerMillion: ((last.cpu - first.cpu) / events) * 1e6,
    peakMb,
    growth: total < 3 * MILLION ? null : { earlyMb: early.mb, lateMb: late.mb },
  };
}

/**
 * Checkpoints of all partitions come within moments of each other, every few seconds. Between the first partition of one
 * burst and the last of another lies more than was read in that time: only the ends of bursts are compared.
 */
function burstEnds(samples: readonly Sample[]): Sample[] {
  return samples.filter((sample, i) => {
    const next = samples[i + 1];
    return next === undefined || next.atMs - sample.atMs > BURST_MS;
  });
}
