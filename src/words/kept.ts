import { DAY_MS } from '../core/clock.ts';

interface KeptLine {
  readonly since: string | null;
  readonly bytes: number;
  readonly kept_ms: number;
}

export interface KeptGrowth {
  readonly bytes: number;
  readonly bytes_a_day: number;
  /** Once all of it is as old as it gets, if as much comes as has come so far. */
  readonly bytes_in_the_end: number;
}

/** By how much came a day since the first of each kind was stored; what is younger than a day counts as one. */
export function growthOfKept(kept: readonly KeptLine[], nowMs: number): KeptGrowth {
  let [all, aDay, end] = [0, 0, 0];
  for (const { since, bytes, kept_ms: keptMs } of kept) {
    all += bytes;
    if (since === null) continue;
    const ageMs = Math.max(DAY_MS, nowMs - Date.parse(since));
    // What has reached its age goes as fast as it comes.
    if (ageMs < keptMs) aDay += (bytes * DAY_MS) / ageMs;
    end += ageMs < keptMs ? (bytes * keptMs) / ageMs : bytes;
  }
  return { bytes: all, bytes_a_day: Math.round(aDay), bytes_in_the_end: Math.round(end) };
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** @example bytesInWords(1_234_567) // '1.2 MB' */
export function bytesInWords(bytes: number): string {
  let [size, unit] = [bytes / 1_000, 0];
  while (size >= 1_000 && unit < UNITS.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} ${UNITS[unit]}`;
}

/** `History: 1.2 GB kept since 2026-03-01, 14 MB more a day, some 5.6 GB in the end (shiftwatch retention)` */
export function keptLine(kept: readonly KeptLine[], nowMs: number): string {
  const { bytes, bytes_a_day: aDay, bytes_in_the_end: end } = growthOfKept(kept, nowMs);
  const [since] = kept.flatMap((each) => (each.since === null ? [] : [each.since])).sort();
  const kepts =
    since === undefined ? 'nothing kept yet' : `${bytesInWords(bytes)} kept since ${since.slice(0, 10)}`;
  const growth =
    since === undefined ? '' : `, ${bytesInWords(aDay)} more a day, some ${bytesInWords(end)} in the end`;
  return `History: ${kepts}${growth} (shiftwatch retention)`;
}
