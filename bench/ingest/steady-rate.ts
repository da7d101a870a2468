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

/** Start-up and the last checkpoint's wait are left out: only what lies between counts. */
const MILLION = 1_000_000;
const FROM = 0.1;
const TO = 0.95;
const FEWEST_LOOKS = 6;

/**
 * Watches processes work through `total` events. The rate is the slope of a line through all looks that found something
 * new: what a database knows goes up in steps, of each partition at its own time, so that any two looks may have lain a
 * checkpoint closer than what was read between them.
 */
export async function steadyRate(
  pids: readonly number[],
  total: number,
  eventsDone: () => Promise<number>,
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
  const steady = samples.filter(({ events }) => events >= FROM * total && events <= TO * total);
  if (steady.length < FEWEST_LOOKS) throw new Error('too few looks to measure a rate; take more events');
  const times = steady.map(({ atMs }) => atMs / 1_000);
  const perSecond = (of: (sample: Sample) => number): number => slope(times, steady.map(of));
  const eventsPerSecond = perSecond(({ events }) => events);
  return {
    eventsPerSecond,
    cpuSecondsPerMillion: (perSecond(({ cpu }) => cpu) / eventsPerSecond) * 1e6,
    peakMb,
    growth: total < 3 * MILLION ? null : { earlyMb: early.mb, lateMb: late.mb },
  };
}

/** Of the line that is nearest to the points (least squares). */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  let [across, along] = [0, 0];
  for (const [i, x] of xs.entries()) {
    across += (x - x0) * ((ys[i] ?? 0) - y0);
    along += (x - x0) ** 2;
  }
  return across / along;
}
