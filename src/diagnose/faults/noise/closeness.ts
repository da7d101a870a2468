import { smallKeptWith } from '../../../core/memory/remember.ts';
import { productMatrix } from '../../relation/algebra/four-products.ts';

/** Pearson's r of two of the columns. */
export type Closeness = (a: Float64Array, b: Float64Array) => number;

/** Where a column stands in the last table that it is in. */
interface Place {
  table: Float64Array | null;
  at: number;
}

const placeOf = smallKeptWith((_values: Float64Array): Place => ({ table: null, at: -1 }));

/**
 * How closely columns of a reference go with each other. Of a reference made once, also where later windows ask of fewer columns: 8 bytes a pair, either way.
 * O(columns² · rows).
 *
 * @param columns each is another array
 * @param drawOf what is looked at of a column, nothing of it missing; of all as many rows, three at least
 */
export function closenessAmong(
  columns: readonly Float64Array[],
  drawOf: (column: Float64Array) => Float64Array,
): Closeness {
  const places = columns.map(placeOf);
  const known = places[0]?.table ?? null;
  const isKnown = known !== null && places.every(({ table }) => table === known);
  const table = isKnown ? known : correlationMatrix(columns.map(drawOf));
  if (!isKnown) for (const [at, place] of places.entries()) Object.assign(place, { table, at });
  const size = Math.round(Math.sqrt(table.length));
  const line = new Map(columns.map((column, i) => [column, places[i]!.at]));
  return (a, b) => table[line.get(a)! * size + line.get(b)!]!;
}

/** As `correlationOfKnown` has it for each pair, to the last bit: each column is centred once. */
function correlationMatrix(columns: readonly Float64Array[]): Float64Array {
  const centred = columns.map((values) => {
    let sum = 0;
    for (let row = 0; row < values.length; row++) sum += values[row]!;
    const mean = sum / values.length;
    return values.map((value) => value - mean);
  });
  const squares = centred.map((values) => {
    let sum = 0;
    for (let row = 0; row < values.length; row++) sum += values[row]! * values[row]!;
    return sum;
  });
  return productMatrix(centred, (product, i, j) => {
    const both = squares[i]! * squares[j]!;
    return both > 0 ? product / Math.sqrt(both) : 0;
  });
}
