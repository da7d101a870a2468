import { keptWith } from '../../core/memory/remember.ts';
import type { Column, ColumnHabits, LearnedHabit, StretchHabits } from '../../core/table.ts';
import { runTail } from './run-tail.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Shorter stretches hold too few rows of anything. */
const SHORTEST_STRETCH = 100;
/** Of a larger reference every so many rows are looked at: enough to see what comes and goes. */
const MAX_ROWS = 65_536;
/** A stretch begins at every quarter of its length. */
const STEPS = 4;

/**
 * @param order rows from first to last
 *
 * Cost: O(rows · log rows), at most 65,536 rows; the longest run is of all of them.
 *
 * @example columnHabits({ name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 2, 2, 3), invalid: 0 }, Int32Array.of(0, 1, 2, 3, 4)).longestRun // 3
 */
export function columnHabits(column: Column, order: Int32Array): ColumnHabits {
  const codes = codesOf(column, order);
  const runs = runTail(runLengths(codes));
  return {
    rows: codes.reduce((present, code) => (code < 0 ? present : present + 1), 0),
    longestRun: longestRun(codes),
    ...(runs !== null && { runs }),
    persistence: persistence(codes),
    stretches: stretchesOf(thinned(codes)),
  };
}

/** Rows that have a time, in its order, those of one time by their keys, or as they stand where none are given. */
export function rowsInTime(
  timestampMs: Float64Array | null,
  keys: Float64Array | null = null,
  rows: Int32Array | null = null,
): Int32Array {
  if (timestampMs === null) return new Int32Array();
  if (keys === null && rows === null) return allInTime(timestampMs);
  const keyOf = (row: number): number => keys?.[row] ?? row;
  return (rows ?? Int32Array.from(timestampMs.keys()))
    .filter((row) => Number.isFinite(timestampMs[row]))
    .sort((a, b) => timestampMs[a]! - timestampMs[b]! || keyOf(a) - keyOf(b));
}

const allInTime = keptWith((timestampMs: Float64Array) =>
  Int32Array.from(timestampMs.keys())
    .filter((row) => Number.isFinite(timestampMs[row]))
    .sort((a, b) => timestampMs[a]! - timestampMs[b]! || a - b),
);

/** Values by number, in order; −1 is missing. */
function codesOf(column: Column, order: Int32Array): Int32Array {
  if (column.kind !== 'numeric') return order.map((row) => column.codes[row] ?? -1);
  const codeOf = new Map<number, number>();
  return order.map((row) => {
    const value = column.values[row] ?? Number.NaN;
    if (Number.isNaN(value)) return -1;
    let code = codeOf.get(value);
    if (code === undefined) codeOf.set(value, (code = codeOf.size));
    return code;
  });
}

/** Most equal codes in a row, −1 aside. */
export function longestRun(codes: Int32Array): number {
  return runLengths(codes).reduce((longest, run) => Math.max(longest, run), 0);
}

/** A missing cell neither ends a run nor belongs to it: of a voucher that few rows have, all of one week are one run. */
function runLengths(codes: Int32Array): number[] {
  const lengths: number[] = [];
  let last = -1;
  for (const code of codes) {
    if (code < 0) continue;
    if (code === last) lengths[lengths.length - 1]! += 1;
    else lengths.push(1);
    last = code;
  }
  return lengths;
}

function persistence(codes: Int32Array): number {
  const counts = countsOf(codes);
  const present = counts.reduce((sum, count) => sum + count, 0);
  const pairs = present - 1;
  const same = present - runLengths(codes).length;
  // Whole numbers: their sum does not depend on the order of levels.
  const expected = counts.reduce((sum, count) => sum + count * count, 0) / present ** 2;
  return pairs <= 0 || expected >= 1 ? 0 : (same / pairs - expected) / (1 - expected);
}

function countsOf(codes: Int32Array): Float64Array {
  return levelCounts(codes, codes.reduce((most, code) => Math.max(most, code), -1) + 1);
}

function thinned(codes: Int32Array): Int32Array {
  const step = Math.ceil(codes.length / MAX_ROWS);
  return step <= 1 ? codes : codes.filter((_, place) => place % step === 0);
}

function stretchesOf(codes: Int32Array): StretchHabits[] {
  const all = countsOf(codes);
  const missing = codes.reduce((sum, code) => (code < 0 ? sum + 1 : sum), 0);
  const habits: StretchHabits[] = [];
  for (let rows = codes.length >> 1; rows >= SHORTEST_STRETCH; rows >>= 1) {
    const most = { fill: 0, missing: 0, novel: 0 };
    const inside = new Float64Array(all.length);
    for (let from = 0; from + rows <= codes.length; from += Math.max(1, Math.floor(rows / STEPS))) {
      const stretch = codes.subarray(from, from + rows);
      const lost = tally(stretch, inside);
      const present = rows - lost;
      const rest = codes.length - missing - present;
      let novel = 0;
      for (const code of stretch) {
        const count = code < 0 ? 0 : inside[code]!;
        // Each value once: what it was counted as is taken away with it.
        if (count === 0) continue;
        inside[code] = 0;
        const elsewhere = all[code]! - count;
        if (elsewhere === 0) novel += count;
        most.fill = Math.max(most.fill, rise(count, present, elsewhere, rest));
      }
      most.missing = Math.max(most.missing, rise(lost, rows, missing - lost, codes.length - rows));
      if (present > 0) most.novel = Math.max(most.novel, novel / present);
    }
    habits.push({ rows, ...most });
  }
  return habits;
}

/** Counts a stretch into an empty array; answers how many are missing. */
function tally(stretch: Int32Array, into: Float64Array): number {
  let missing = 0;
  for (const code of stretch) {
    if (code < 0) missing += 1;
    else into[code]! += 1;
  }
  return missing;
}

/**
 * Deviance a row of a share that rose: q·ln(q/p) + (1 − q)·ln((1 − q)/(1 − p)), q = count/rows, p = (before + ½)/(rowsBefore + 1);
 * 0 where it did not rise. Unlike the difference of shares it makes little of the noise of common values.
 *
 * @example rise(50, 100, 500, 1000) // 0
 * @example rise(10, 100, 0, 999).toFixed(3) // '0.435'
 */
export function rise(count: number, rows: number, before: number, rowsBefore: number): number {
  if (rows === 0 || count === 0) return 0;
  const q = count / rows;
  const p = (before + 0.5) / (rowsBefore + 1);
  if (q <= p) return 0;
  return q * Math.log(q / p) + (q < 1 ? (1 - q) * Math.log((1 - q) / (1 - p)) : 0);
}

/** What was seen in stretches no longer than these rows, or in the shortest. Shorter ones scatter more, which is on the safe side. */
export function habitsWithin({ stretches }: ColumnHabits, rows: number): StretchHabits | null {
  return stretches.find((stretch) => stretch.rows <= rows) ?? stretches.at(-1) ?? null;
}

/** What the reference teaches, and what windows since did in peace. */
export function withLearned(
  known: ColumnHabits | undefined,
  learned: LearnedHabit | undefined,
): ColumnHabits | undefined {
  if (learned === undefined) return known;
  if (known === undefined) {
    const { rows, fill, missing, novel, run } = learned;
    return { rows: 0, longestRun: run, persistence: 0, stretches: [{ rows, fill, missing, novel }] };
  }
  return {
    ...known,
    longestRun: Math.max(known.longestRun, learned.run),
    stretches: known.stretches.map((stretch) => ({
      rows: stretch.rows,
      fill: Math.max(stretch.fill, learned.fill),
      missing: Math.max(stretch.missing, learned.missing),
      novel: Math.max(stretch.novel, learned.novel),
    })),
  };
}
