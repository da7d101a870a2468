import type { CategoricalColumn, Column, NumericColumn, Table, TableOperation } from '../../core/table.ts';
import { createRandom } from '../random.ts';

/** Rows kept with a baseline for what counts cannot tell: transformations, renames, conditional tests. */
export const DEFAULT_SAMPLE_ROWS = 20_000;

/**
 * A uniform sample of rows without replacement, in their original order; the whole table when it is no larger.
 * The same table, size and seed always give the same rows. O(rows).
 */
export function sampleRows(table: Table, size: number = DEFAULT_SAMPLE_ROWS, seed: number = 1): Table {
  return table.rows <= size ? table : takeRows(table, chooseRows(table.rows, size, seed));
}

/**
 * Which rows a sample of a table holds: known before the table is read. Each row is taken with the chance that still
 * makes the sample complete, so every subset is equally likely. All of them when there are no more than `size`.
 */
function chooseRows(rows: number, size: number = DEFAULT_SAMPLE_ROWS, seed: number = 1): Int32Array {
  if (rows <= size) return Int32Array.from({ length: rows }, (_, row) => row);
  const random = createRandom(seed);
  const chosen = new Int32Array(size);
  let taken = 0;
  for (let row = 0; taken < size; row++) {
    if (random() * (rows - row) < size - taken) chosen[taken++] = row;
  }
  return chosen;
}

/**
 * Which rows a sample holds, by a number that each row has: those with the smallest, in their order. Neither which they
 * are nor the order they come in depends on where they stand; of rows with equal numbers the first are taken.
 *
 * @param rows among which to choose; null is all
 */
export function chooseRowsByKey(
  keys: Float64Array,
  rows: Int32Array | null,
  size: number = DEFAULT_SAMPLE_ROWS,
): Int32Array {
  const count = rows?.length ?? keys.length;
  const few = count <= 2 * size ? (rows ?? below(keys, null, Infinity)) : smallestOf(keys, rows, size);
  return few.toSorted((a, b) => keys[a]! - keys[b]! || a - b).slice(0, size);
}

const KEYS = 2 ** 53;

/** Without sorting millions: keys are spread evenly, so twice the share wanted holds enough of them, as a rule. */
function smallestOf(keys: Float64Array, rows: Int32Array | null, size: number): Int32Array {
  const few = below(keys, rows, (2 * size * KEYS) / (rows?.length ?? keys.length));
  return few.length < size ? (rows ?? below(keys, null, Infinity)) : few;
}

/** Rows whose keys lie below the limit. Counted first, since a list of numbers takes ten times their memory. */
function below(keys: Float64Array, rows: Int32Array | null, limit: number): Int32Array {
  const all = rows?.length ?? keys.length;
  let count = 0;
  for (let i = 0; i < all; i += 1) if (keys[rows === null ? i : rows[i]!]! < limit) count += 1;
  const chosen = new Int32Array(count);
  for (let i = 0, at = 0; at < count; i += 1) {
    const row = rows === null ? i : rows[i]!;
    if (keys[row]! < limit) chosen[at++] = row;
  }
  return chosen;
}

/** The given rows of a table, in the given order. Unreadable cells are missing in the result: which they were is not known by row. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const ids = table.predictionId;
  const take = (column: Column): Column => takeColumn(column, rows);
  return {
    rows: rows.length,
    features: table.features.map(take),
    prediction: table.prediction === null ? null : take(table.prediction),
    score: table.score === null ? null : takeNumeric(table.score, rows),
    label: table.label === null ? null : take(table.label),
    ...(table.probabilities !== undefined && {
      probabilities: new Map(
        [...table.probabilities].map(([name, column]) => [name, takeNumeric(column, rows)]),
      ),
    }),
    ...(table.holdout !== undefined && {
      holdout: Uint8Array.from(rows, (row) => table.holdout?.[row] ?? 0),
    }),
    timestampMs: table.timestampMs === null ? null : takeNumbers(table.timestampMs, rows),
    predictionId: ids === null ? null : Array.from(rows, (row) => ids[row] ?? null),
    ...(table.operation !== undefined && { operation: takeOperation(table.operation, rows) }),
  };
}

function takeOperation(
  { latencyMs, cost, energyJ, error }: TableOperation,
  rows: Int32Array,
): TableOperation {
  return {
    latencyMs: latencyMs && takeNumeric(latencyMs, rows),
    cost: cost && takeNumeric(cost, rows),
    energyJ: energyJ && takeNumeric(energyJ, rows),
    error: error && takeLevels(error, rows),
  };
}

export function takeColumn(column: Column, rows: Int32Array): Column {
  if (column.kind === 'numeric') return takeNumeric(column, rows);
  return takeLevels(column, rows);
}

function takeLevels(column: CategoricalColumn, rows: Int32Array): CategoricalColumn {
  return { ...column, codes: rows.map((row) => column.codes[row] ?? -1), invalid: 0 };
}

function takeNumeric(column: NumericColumn, rows: Int32Array): NumericColumn {
  return { ...column, values: takeNumbers(column.values, rows), invalid: 0 };
}

function takeNumbers(values: Float64Array, rows: Int32Array): Float64Array {
  // A loop: `from` takes eight times as long.
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < taken.length; i += 1) taken[i] = values[rows[i]!] ?? Number.NaN;
  return taken;
}
