import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import { asPercent } from '../../wording.ts';
import type { Suspicion } from '../suspicion.ts';
import { bothNamed } from './misplaced.ts';

/** Of the rows where either column is out of its range: both are, and each within the other's. */
const NEARLY_ALL = 0.95;

/**
 * Two columns that are out of range in the same rows, each by values the other always had: exchanged there.
 *
 * Asked of a column of which something was found already (out of range, by a factor of another unit), beside every other: at least 95 % of the rows beyond the least or largest
 * value of the reference are beyond in both, and within the other's. Returned in the place of what was found of either. O(found · columns · rows).
 */
export function exchangedBeyond(found: readonly Suspicion[], columns: readonly ColumnCells[]): Suspicion[] {
  const numbers = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric');
  const exchanged = new Map<string, Suspicion>();
  for (const { finding } of found) {
    const a = numbers.find(({ name }) => name === finding.feature);
    if (a === undefined || exchanged.has(a.name)) continue;
    for (const b of numbers) {
      const rows = b === a || exchanged.has(b.name) ? null : areExchanged(a, b);
      if (rows === null) continue;
      const [share, statistic, p] = [rows / a.current.length, finding.statistic ?? 0, finding.p_value ?? 0];
      const detail = `${asPercent(share)} of the rows lie outside all that either ever was, and within what the other always was`;
      for (const each of bothNamed(a.name, b.name, detail, { share, statistic, p, doubt: p }))
        exchanged.set(each.finding.feature, each);
      break;
    }
  }
  return [...found.filter(({ finding }) => !exchanged.has(finding.feature)), ...exchanged.values()];
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
