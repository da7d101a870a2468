import { keptWith } from '../../core/memory/remember.ts';

/** Less its mean, with the sum of its squares. */
interface Centred {
  readonly values: Float64Array;
  readonly squares: number;
}

/**
 * Pearson's r of every two of some columns, without missing values and of one length: worked out when it is first asked for, and
 * then known. What is the same for a column in every pair is worked out once. O(rows) a pair; keeps 4 bytes times the columns squared.
 *
 * @example new Closeness([a, b]).of(a, b) // −1 to 1; 0 where one of them does not vary
 */
export class Closeness {
  private readonly places: ReadonlyMap<Float64Array, number>;
  private readonly centred: readonly Centred[];
  /** By the larger place, then by the smaller one; NaN has not been asked for. */
  private readonly known: Float64Array;

  /** @param drawn the rows of a column that are looked at */
  constructor(columns: readonly Float64Array[], drawn: (column: Float64Array) => Float64Array) {
    this.places = new Map([...new Set(columns)].map((column, place) => [column, place]));
    this.centred = [...this.places.keys()].map((column) => centredOf(drawn(column)));
    const { size } = this.places;
    this.known = new Float64Array((size * (size + 1)) / 2).fill(Number.NaN);
  }

  has(columns: readonly Float64Array[]): boolean {
    return columns.every((column) => this.places.has(column));
  }

  of(a: Float64Array, b: Float64Array): number {
    const [i, j] = [this.places.get(a), this.places.get(b)];
    if (i === undefined || j === undefined) throw new RangeError('a column that nobody has told of');
    const [low, high] = i < j ? [i, j] : [j, i];
    const at = (high * (high + 1)) / 2 + low;
    const known = this.known[at]!;
    if (!Number.isNaN(known)) return known;
    return (this.known[at] = correlationOf(this.centred[i]!, this.centred[j]!));
  }
}

function centredOf(column: Float64Array): Centred {
  let sum = 0;
  for (let row = 0; row < column.length; row++) sum += column[row]!;
  const mean = sum / column.length;
  const values = column.map((value) => value - mean);
  let squares = 0;
  for (let row = 0; row < values.length; row++) squares += values[row]! * values[row]!;
  return { values, squares };
}

function correlationOf(a: Centred, b: Centred): number {
  let products = 0;
  for (let row = 0; row < a.values.length; row++) products += a.values[row]! * b.values[row]!;
  const both = a.squares * b.squares;
  return a.values.length > 2 && both > 0 ? products / Math.sqrt(both) : 0;
}

const lastAsked = keptWith((_first: Float64Array): { closeness: Closeness | null } => ({ closeness: null }));

/** Kept with the first of them: of a reference the same for every window that is compared with it. */
export function closenessAmong(
  columns: readonly Float64Array[],
  drawn: (column: Float64Array) => Float64Array,
): Closeness {
  const [first] = columns;
  if (first === undefined) return new Closeness([], drawn);
  const last = lastAsked(first);
  if (last.closeness?.has(columns) !== true) last.closeness = new Closeness(columns, drawn);
  return last.closeness;
}
