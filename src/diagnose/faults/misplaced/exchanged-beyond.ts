import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import { sameShareTest } from '../../../stats/significance/same-share-test.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import type { Suspicion } from '../suspicion.ts';
import { bothNamed } from './misplaced.ts';

/** Of the rows where either column is out of its range: both are, and each within the other's. */
const NEARLY_ALL = 0.95;

/**
 * Two columns that are out of range in the same rows, each by values the other always had: exchanged there.
 *
 * Asked of a column of which something was found already (out of range, by a factor of another unit), beside every other, and of all that lie beyond the least or largest
 * value of the reference in a fiftieth of the rows and more, where chance leaves so many in less than 1e-4 over the columns: at least 95 % of the rows beyond
 * are beyond in both, and within the other's. Returned in the place of what was found of either. O(found · columns · rows).
 */
export function exchangedBeyond(
  found: readonly Suspicion[],
  columns: readonly ColumnCells[],
  features: number,
): Suspicion[] {
  const numbers = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric');
  const said = new Map(found.map(({ finding }) => [finding.feature, finding]));
  const exchanged = new Map<string, Suspicion>();
  const asked = numbers.filter((pair) => said.has(pair.name) || isOften(pair, features));
  for (const a of asked) {
    if (exchanged.has(a.name)) continue;
    for (const b of said.has(a.name) ? numbers : asked) {
      const rows = b === a || exchanged.has(b.name) ? null : areExchanged(a, b);
      if (rows === null) continue;
      const test = sameShareTest(0, a.reference.length, rows, a.current.length);
      const { statistic, p_value: p } = said.get(a.name) ?? test;
      const facts = { share: rows / a.current.length, statistic: statistic ?? 0, p: p ?? 0, doubt: p ?? 0 };
      const detail = `${asPercent(facts.share)} of the rows lie outside all that either ever was, and within what the other always was`;
      for (const each of bothNamed(a.name, b.name, detail, facts)) exchanged.set(each.finding.feature, each);
      break;
    }
  }
  return [...found.filter(({ finding }) => !exchanged.has(finding.feature)), ...exchanged.values()];
}

/** Whether more of its rows than chance allows lie beyond all that was. */
function isOften(pair: NumericCells, features: number): boolean {
  const range = rangeOf(pair);
  const off = pair.current.reduce((sum, value) => (isOutside(value, range) ? sum + 1 : sum), 0);
  if (off < MIN_FAULT_SHARE * pair.current.length) return false;
  return sameShareTest(0, pair.reference.length, off, pair.current.length).p_value < FAULT_ALPHA / features;
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
