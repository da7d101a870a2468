/** Rows in an order that follows from what they hold, so that nothing drawn from them by place depends on where they stood. */
import { inNameOrder } from '../../core/table.ts';
import type { Column, Table } from '../../core/table.ts';
import { nameHash } from '../bounded-counts.ts';
import { takeRows } from './sample-rows.ts';

/** Of the 32 bits of the second lane so many go into a key: with the first they are the 53 a double counts exactly. */
const LOW_BITS = 21;

/**
 * The same rows in the order of a hash of what each holds, then of its time, with no levels but their own. Rows that are
 * alike in everything may change places: nobody can tell. Neither the order of columns, nor that of levels, nor a column
 * that is missing throughout shows in it. Everything that is picked by place afterwards (`pickRows`, sketches, folds) is
 * picked by content, then.
 *
 * Cost: O(rows · columns + rows log rows): twenty thousand rows of twenty columns take some thirty milliseconds.
 */
export function inCanonicalOrder(table: Table): Table {
  const keys = contentKeys(table);
  const { timestampMs } = table;
  const timeOf = (row: number): number => {
    const ms = timestampMs?.[row] ?? Number.NaN;
    return Number.isNaN(ms) ? -Infinity : ms;
  };
  const later = (one: number, other: number): number => {
    const [a, b] = [timeOf(one), timeOf(other)];
    return a === b ? 0 : a < b ? -1 : 1;
  };
  const order = Int32Array.from(keys, (_, row) => row).sort((a, b) => keys[a]! - keys[b]! || later(a, b));
  const ordered = takeRows(table, order);
  const { habits, windows } = table;
  return {
    ...ordered,
    // All rows are still there, and so are their unreadable cells.
    features: ordered.features.map((column, at) => ({
      ...withOwnLevels(column),
      invalid: table.features[at]?.invalid ?? 0,
    })),
    prediction: ordered.prediction && withOwnLevels(ordered.prediction),
    label: ordered.label && withOwnLevels(ordered.label),
    ...(habits !== undefined && { habits }),
    ...(windows !== undefined && { windows }),
  };
}

/** Levels as they are met, those that no row has left out: whatever else the file holds, and in whatever order it was read. */
function withOwnLevels(column: Column): Column {
  if (column.kind === 'numeric') return column;
  const own = new Map<number, number>();
  const codes = column.codes.map((code) => {
    if (code < 0) return -1;
    let known = own.get(code);
    if (known === undefined) own.set(code, (known = own.size));
    return known;
  });
  return { ...column, codes, levels: [...own.keys()].map((code) => column.levels[code]!) };
}

/** A number for each row, below 2^53. */
function contentKeys({
  rows,
  features,
  prediction,
  score,
  label,
  probabilities,
  holdout,
}: Table): Float64Array {
  const high = new Int32Array(rows);
  const low = new Int32Array(rows);
  for (const column of inNameOrder(features)) mixIn(column, `feature ${column.name}`, high, low);
  for (const [role, column] of Object.entries({ prediction, score, label })) {
    if (column !== null) mixIn(column, role, high, low);
  }
  for (const [name, column] of probabilities ?? []) mixIn(column, `probability ${name}`, high, low);
  if (holdout !== undefined) {
    mixIn(
      {
        name: 'holdout',
        kind: 'numeric',
        values: Float64Array.from(holdout, (held) => held || Number.NaN),
        invalid: 0,
      },
      'holdout',
      high,
      low,
    );
  }
  return Float64Array.from(
    high,
    (value, row) => (value >>> 0) * 2 ** LOW_BITS + (low[row]! >>> (32 - LOW_BITS)),
  );
}

/** Adds what each cell that is there makes of its column and its value: sums know no order of columns. */
function mixIn(column: Column, role: string, high: Int32Array, low: Int32Array): void {
  const salt = nameHash(role) | 0;
  if (column.kind === 'numeric') {
    const cell = new Float64Array(1);
    const words = new Int32Array(cell.buffer);
    for (let row = 0; row < high.length; row++) {
      const value = column.values[row]!;
      if (Number.isNaN(value)) continue;
      // −0 is 0.
      cell[0] = value + 0;
      high[row] = (high[row]! + mixed(salt, words[0]!, words[1]!)) | 0;
      low[row] = (low[row]! + mixed(~salt, words[1]!, words[0]!)) | 0;
    }
    return;
  }
  const ofLevel = column.levels.map((level) => nameHash(level) | 0);
  for (let row = 0; row < high.length; row++) {
    const code = column.codes[row]!;
    const hash = ofLevel[code];
    if (hash === undefined) continue;
    high[row] = (high[row]! + mixed(salt, hash, 0)) | 0;
    low[row] = (low[row]! + mixed(~salt, 0, hash)) | 0;
  }
}

/** Two words under a salt, as MurmurHash3 mixes them (Austin Appleby, public domain). */
function mixed(salt: number, first: number, second: number): number {
  let h = step(step(salt, first), second);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function step(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const next = h ^ k;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
