/** A set of row numbers, a bit for each. Plain bytes, so that it passes between threads. */
export type RowSet = Uint8Array<ArrayBuffer>;

export const EMPTY_ROWS: RowSet = new Uint8Array(0);

/** The set with the row in it: the same object, or a larger one when the row lies beyond its end. */
export function withRow(set: RowSet, row: number): RowSet {
  const at = row >> 3;
  let grown = set;
  if (at >= set.length) {
    grown = new Uint8Array(Math.max(1024, at + 1, 2 * set.length));
    grown.set(set);
  }
  grown[at]! |= 1 << (row & 7);
  return grown;
}

export function hasRow(set: RowSet, row: number): boolean {
  return (((set[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}
