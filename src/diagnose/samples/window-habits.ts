import type { Column, LearnedHabit, Table } from '../../core/table.ts';
import { longestRun, rise } from '../../stats/habits/column-habits.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import type { MeasuredFeature } from '../input.ts';
import { MIN_FAULT_SHARE } from '../thresholds.ts';

/** Values rarer than this fill nothing, whatever they did. */
const WORTH_SHARE = MIN_FAULT_SHARE / 2;

/**
 * What each column did in this window, as it is learned from a reference: the window is one stretch, the reference the
 * rest. O(rows of both) a column.
 */
export function windowHabits(
  reference: Table,
  current: Table,
  features: readonly MeasuredFeature[],
): ReadonlyMap<string, LearnedHabit> {
  const [before, now] = [byName(reference), byName(current)];
  const inTime = rowsInTime(current.timestampMs);
  const habits = new Map<string, LearnedHabit>();
  for (const { name, missing, rows } of features) {
    const [then, column] = [before.get(name), now.get(name)];
    if (then === undefined || column === undefined || then.kind !== column.kind) continue;
    const shared = codesOf(then, column);
    const ordered = inTime.length === 0 ? shared.current : inTime.map((row) => shared.current[row]!);
    habits.set(name, {
      rows: shared.rows.current,
      ...mostOf(shared),
      missing: rise(
        Math.round(missing.current * rows.current),
        rows.current,
        Math.round(missing.reference * rows.reference),
        rows.reference,
      ),
      run: Math.round(longestRun(ordered) * (rows.current / Math.max(1, current.rows))),
    });
  }
  return habits;
}

function byName({ features }: Table): ReadonlyMap<string, Column> {
  return new Map(features.map((column) => [column.name, column]));
}

interface SharedCodes {
  /** Of the window's values; −1 is missing. */
  readonly current: Int32Array;
  /** By code, on either side. */
  readonly counts: { readonly reference: Float64Array; readonly current: Float64Array };
  /** Rows with a value. */
  readonly rows: { readonly reference: number; readonly current: number };
}

function codesOf(reference: Column, current: Column): SharedCodes {
  const codeOf = new Map<number | string, number>();
  const valueAt = (column: Column, row: number): number | string | undefined =>
    column.kind === 'numeric' ? column.values[row] : column.levels[column.codes[row] ?? -1];
  const isMissing = (value: number | string | undefined): boolean =>
    value === undefined || Number.isNaN(value);
  const rowsOf = (column: Column): number =>
    column.kind === 'numeric' ? column.values.length : column.codes.length;

  const codes = Int32Array.from({ length: rowsOf(current) }, (_, row) => {
    const value = valueAt(current, row);
    if (value === undefined || isMissing(value)) return -1;
    let code = codeOf.get(value);
    if (code === undefined) codeOf.set(value, (code = codeOf.size));
    return code;
  });
  const counts = { reference: new Float64Array(codeOf.size), current: new Float64Array(codeOf.size) };
  for (const code of codes) if (code >= 0) counts.current[code]! += 1;
  const rows = { reference: 0, current: counts.current.reduce((sum, count) => sum + count, 0) };
  for (let row = 0; row < rowsOf(reference); row++) {
    const value = valueAt(reference, row);
    if (value === undefined || isMissing(value)) continue;
    rows.reference += 1;
    const code = codeOf.get(value);
    if (code !== undefined) counts.reference[code]! += 1;
  }
  return { current: codes, counts, rows };
}

function mostOf({ counts, rows }: SharedCodes): Pick<LearnedHabit, 'fill' | 'novel'> {
  const most = { fill: 0, novel: 0 };
  for (const [code, count] of counts.current.entries()) {
    const before = counts.reference[code]!;
    if (before === 0) most.novel += count / rows.current;
    if (count < WORTH_SHARE * rows.current) continue;
    most.fill = Math.max(most.fill, rise(count, rows.current, before, rows.reference));
  }
  return most;
}
