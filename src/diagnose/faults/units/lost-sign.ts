import { ksPValue, ksStatisticSorted } from '../../../stats/significance/ks.ts';
import { correlationOfKnown } from '../../relation/least-squares.ts';
import { selectCells, sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, sameDistance } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { distanceWithin } from '../resolution.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 50;
/** Of the reference's values, on the rarer side. */
const MIN_SIDE = 0.05;
const MIN_NEARER = 3;
/** What another column has to do with this one, or it says nothing of who came. */
const MIN_TOGETHER = 0.25;
const MANY_ROWS = 200;

/**
 * A sign that got lost: all values are above zero, or below, and without their signs they are what they were.
 *
 * That only rows above zero came is refuted where values of these would be others (distance three times as large), or where another column (|r| ≥ 0.25) that would
 * have followed them (p < 1e-4) did not, by two thirds; a reading elsewhere. Null where the reference has less than a twentieth on the rarer side. O(columns · n log n).
 */
export function lostSign(
  pair: NumericCells,
  columns: readonly ColumnCells[],
  features: number,
): Suspicion | null {
  const [reference, current] = [sortedPresent(pair.reference), sortedPresent(pair.current)];
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  const sign = current[0]! >= 0 ? 1 : current.at(-1)! <= 0 ? -1 : 0;
  const gone = reference.filter((value) => value * sign < 0).length / reference.length;
  const kept = reference.filter((value) => value * sign > 0);
  if (sign === 0 || gone < MIN_SIDE || kept.length < Math.max(MIN_ROWS, MIN_SIDE * reference.length))
    return null;
  const p = (1 - gone) ** current.length;
  if (p >= FAULT_ALPHA / features) return null;
  const sizes = current.map(Math.abs).sort();
  const distance = distanceWithin(sizes, reference.map(Math.abs).sort(), 0);
  if (distance > sameDistance(reference.length, current.length)) return null;
  const ofKept = distanceWithin(sizes, kept.map(Math.abs).sort(), 0);
  const isOther =
    ofKept >= MIN_NEARER * distance && ksPValue(ofKept, kept.length, current.length) < FAULT_ALPHA / features;
  const witness = isOther ? null : notFollowing(pair, sign, columns);
  const otherwise =
    isOther || witness !== null
      ? {}
      : { otherwise: `only rows with ${pair.name} ${sign > 0 ? 'above' : 'below'} zero came` };
  const why = isOther
    ? `values of rows ${sign > 0 ? 'above' : 'below'} zero were others (distance ${ofKept.toFixed(3)})`
    : witness !== null
      ? `of such rows ${witness} would be another, and it is not`
      : 'so may rows of one sign';
  return suspicion('sign_flip', pair.name, {
    detail: `no value is ${sign > 0 ? 'below' : 'above'} zero, of ${asPercent(gone)}; without their signs they are what they were (distance ${distance.toFixed(3)}): ${why}`,
    share: gone,
    statistic: gone,
    p,
    doubt: 0,
    ...otherwise,
  });
}

/** A column that would have followed if only rows of this sign had come, and is as it was. */
function notFollowing(pair: NumericCells, sign: number, columns: readonly ColumnCells[]): string | null {
  const rows = Int32Array.from(pair.reference.keys()).filter((row) => pair.reference[row]! * sign > 0);
  for (const other of columns) {
    if (other.kind !== 'numeric' || other.name === pair.name) continue;
    if (Math.abs(correlationOfKnown(pair.reference, other.reference)) < MIN_TOGETHER) continue;
    const [all, chosen] = [sortedPresent(other.reference), sortedPresent(selectCells(other.reference, rows))];
    const now = sortedPresent(other.current);
    if (Math.min(chosen.length, now.length) < MANY_ROWS) continue;
    const followed = ksStatisticSorted(chosen, now);
    if (ksPValue(followed, chosen.length, now.length) >= FAULT_ALPHA) continue;
    if (followed >= MIN_NEARER * ksStatisticSorted(all, now)) return other.name;
  }
  return null;
}
