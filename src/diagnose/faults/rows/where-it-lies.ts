import type { NumericCells } from '../../samples/row-samples.ts';
import { fisherOf } from './fisher.ts';
import { unitRanks } from './rank-correlations.ts';

const MIN_ROWS = 50;

/**
 * The rank correlation that rows of the reference have where the other column lies as it does in the window: a rotor that turns at its rated speed goes with the wind
 * no more in a storm than it did in any other. For each of the window's rows one of the reference with the same value of `other`, or the nearest. Null with fewer
 * than fifty. O((n + m) · log n).
 */
export function correlationWhereItLies(pair: NumericCells, other: NumericCells): number | null {
  const rows = [...other.reference.keys()]
    .filter((row) => !Number.isNaN(other.reference[row]!) && !Number.isNaN(pair.reference[row]!))
    .sort((a, b) => other.reference[a]! - other.reference[b]!);
  const known = Float64Array.from(rows, (row) => other.reference[row]!);
  const wanted = other.current.filter((value) => !Number.isNaN(value));
  if (Math.min(rows.length, wanted.length) < MIN_ROWS) return null;
  const drawn = Array.from(wanted, (value, at) => {
    const from = firstWhere(known, (each) => each >= value);
    const to = firstWhere(known, (each) => each > value);
    // Of rows with the same value each in turn.
    if (to > from) return rows[from + (at % (to - from))]!;
    const [below, above] = [from - 1, Math.min(from, rows.length - 1)];
    return rows[below >= 0 && value - known[below]! < known[above]! - value ? below : above]!;
  });
  const ranksOf = (cells: Float64Array): Float64Array =>
    unitRanks(Float64Array.from(drawn, (row) => cells[row]!));
  return Math.tanh(fisherOf(ranksOf(pair.reference), ranksOf(other.reference)));
}

function firstWhere(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
