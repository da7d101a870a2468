import { DAY_MS } from '../core/clock.ts';

interface KeptLine {
  readonly since: string | null;
  readonly bytes: number;
  readonly kept_ms: number | null;
}

export interface KeptGrowth {
  readonly bytes: number;
  /** Null: all of it is younger than a day, and mostly what empty tables take. */
  readonly bytes_a_day: number | null;
  /** Once all of it is as old as it gets, if as much comes as has come so far. */
  readonly bytes_in_the_end: number | null;
}

/** By how much came a day since the first of each kind was stored. */
export function growthOfKept(kept: readonly KeptLine[], nowMs: number): KeptGrowth {
  let [all, aDay, end, isOld] = [0, 0, 0, false];
  for (const { since, bytes, kept_ms: keptMs } of kept) {
    all += bytes;
    const ageMs = since === null ? 0 : nowMs - Date.parse(since);
    if (ageMs < DAY_MS || keptMs === null) {
      end += bytes;
      continue;
    }
    isOld = true;
    // What has reached its age goes as fast as it comes.
    if (ageMs < keptMs) aDay += (bytes * DAY_MS) / ageMs;
    end += ageMs < keptMs ? (bytes * keptMs) / ageMs : bytes;
  }
  return isOld
    ? { bytes: all, bytes_a_day: Math.round(aDay), bytes_in_the_end: Math.round(end) }
    : { bytes: all, bytes_a_day: null, bytes_in_the_end: null };
}

/** `14 MB more a day; some 5.6 GB once all of it is as old as it gets` */
export function growthInWords({ bytes_a_day: aDay, bytes_in_the_end: end }: KeptGrowth): string {
  return aDay === null || end === null
    ? 'too young to say how fast it grows'
    : `${bytesInWords(aDay)} more a day; some ${bytesInWords(end)} once all of it is as old as it gets`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** @example bytesInWords(1_234_567) // '1.2 MB' */
export function bytesInWords(bytes: number): string {
  let [size, unit] = [bytes / 1_000, 0];
  while (size >= 1_000 && unit < UNITS.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} ${UNITS[unit]}`;
}

/** `History: 1.2 GB kept since 2026-03-01, 14 MB more a day; some 5.6 GB once … (shiftwatch retention)` */
export function keptLine(kept: readonly KeptLine[], nowMs: number): string {
  const growth = growthOfKept(kept, nowMs);
  const [since] = kept.flatMap((each) => (each.since === null ? [] : [each.since])).sort();
  const said =
    since === undefined
      ? 'nothing kept yet'
      : `${bytesInWords(growth.bytes)} kept since ${since.slice(0, 10)}, ${growthInWords(growth)}`;
  return `History: ${said} (shiftwatch retention)`;
}
