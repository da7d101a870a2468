import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import { asPercent } from '../../wording.ts';
import type { Suspicion } from '../suspicion.ts';
import { bothNamed } from './misplaced.ts';
import { forEachPair } from './sketch.ts';

/** Of the rows where either column is out of its range: both are, and each within the other's. */
const NEARLY_ALL = 0.95;

/**
 * Two columns that are out of range in the same rows, each by values the other always had: exchanged there.
 *
 * Asked of columns of which something was found already (out of range, by a factor of another unit), of which at least 95 % of the rows beyond the least or largest value of the
 * reference are beyond in both, and within the other's. Returned in the place of both. O(pairs found · rows).
 */
export function exchangedBeyond(found: readonly Suspicion[], columns: readonly ColumnCells[]): Suspicion[] {
  const beyond = found.flatMap((one) => {
    const pair = columns.find(({ name }) => name === one.finding.feature);
    return pair?.kind === 'numeric' ? [{ one, pair }] : [];
  });
  const exchanged = new Map<string, Suspicion>();
  forEachPair(beyond, (a, b) => {
    if ([a, b].some(({ pair }) => exchanged.has(pair.name))) return;
    const rows = areExchanged(a.pair, b.pair);
    if (rows === null) return;
    const share = rows / a.pair.current.length;
    const p = Math.max(a.one.finding.p_value ?? 0, b.one.finding.p_value ?? 0);
    const detail = `${asPercent(share)} of the rows lie outside all that either ever was, and within what the other always was`;
    const statistic = Math.min(a.one.finding.statistic ?? 0, b.one.finding.statistic ?? 0);
    for (const each of bothNamed(a.pair.name, b.pair.name, detail, { share, statistic, p, doubt: p }))
      exchanged.set(each.finding.feature, each);
  });
  return found.map((one) => exchanged.get(one.finding.feature) ?? one);
}

/** In how many rows; null where they are not. */
function areExchanged(a: NumericCells, b: NumericCells): number | null {
  const [ofA, ofB] = [rangeOf(a), rangeOf(b)];
  let [either, exchanged] = [0, 0];
  for (const [row, value] of a.current.entries()) {
    const other = b.current[row]!;
    const [isOff, isOtherOff] = [isOutside(value, ofA), isOutside(other, ofB)];
    if (!isOff && !isOtherOff) continue;
    either += 1;
    if (isOff && isOtherOff && !isOutside(value, ofB) && !isOutside(other, ofA)) exchanged += 1;
  }
  return exchanged > 0 && exchanged >= NEARLY_ALL * either ? exchanged : null;
}

function rangeOf({ reference }: NumericCells): readonly [number, number] {
  const sorted = sortedPresent(reference);
  return [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
}

const isOutside = (value: number, [low, high]: readonly [number, number]): boolean =>
  value < low || value > high;
