import type { RowProbabilities } from '../core/events/events.ts';
import type { NumericColumn } from '../core/table.ts';

/** Of two classes the score says all. */
export const SEVERAL = 3;
/** A row of more classes is kept without its probabilities: 8 bytes each would outweigh all else. */
export const MOST_STORED = 100;

/** The probabilities a row is kept with; null where it has none of several classes, or of more than `most`. */
export function keptProbabilities(
  given: ReadonlyMap<string, number> | null,
  most: number,
): RowProbabilities | null {
  if (given === null || given.size < SEVERAL || given.size > most) return null;
  return { classes: [...given.keys()], values: [...given.values()] };
}

/** Those of rows by class, as a table has them; null where no row has any. */
export function probabilityColumns(
  rows: readonly { readonly probabilities: RowProbabilities | null }[],
): ReadonlyMap<string, NumericColumn> | null {
  const columns = new Map<string, NumericColumn>();
  for (const [row, { probabilities }] of rows.entries()) {
    for (const [k, name] of (probabilities?.classes ?? []).entries()) {
      const values = columns.get(name)?.values ?? new Float64Array(rows.length).fill(Number.NaN);
      values[row] = probabilities?.values[k] ?? Number.NaN;
      columns.set(name, { name, kind: 'numeric', values, invalid: 0 });
    }
  }
  return columns.size === 0 ? null : columns;
}
