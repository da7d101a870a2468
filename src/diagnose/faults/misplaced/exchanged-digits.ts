import { decimalStep, distanceWithin } from '../resolution.ts';
import type { SortedPair } from '../sorted-pair.ts';
import type { Suspicion } from '../suspicion.ts';
import { asPercent } from '../../wording.ts';
import { bothNamed } from './misplaced.ts';
import { forEachPair } from './sketch.ts';
import type { Sketch } from './sketch.ts';

const MIN_ROWS = 50;
/** Of the values of the finer column, not on the grid of the coarser one. */
const MIN_FINER = 0.2;
const AS_MANY = 0.1;
/** Exchanged back the two are nearer to what they were, together, by this factor. */
const MIN_NEARER = 2;

interface Digits extends Sketch {
  readonly step: number;
}

/**
 * Two columns of which each has the other's digits now, whatever season it is: days were whole and rates were not (a fifth of them at least); now
 * all rates are whole and days are not, as many as rates were (within ten points), and exchanged back both are nearer to what they were, in sum by half.
 */
export function exchangedDigits(columns: readonly Sketch[]): Suspicion[] {
  const found: Suspicion[] = [];
  const known = columns
    .filter(({ reference, current }) => Math.min(reference.length, current.length) >= MIN_ROWS)
    .map((column): Digits => ({ ...column, step: decimalStep(column.reference) }));
  forEachPair(known, (one, other) => {
    const [coarse, fine] = one.step > other.step ? [one, other] : [other, one];
    if (found.length > 0 || coarse.step <= fine.step) return;
    const before = shareOff(fine.reference, coarse.step);
    const now = shareOff(coarse.current, coarse.step);
    if (before < MIN_FINER || Math.abs(now - before) > AS_MANY) return;
    if (shareOff(fine.current, coarse.step) > 0 || !isNearerExchanged(coarse, fine)) return;
    const detail = `${fine.name} is a multiple of ${coarse.step} in every row, as ${coarse.name} always was, and ${asPercent(now)} of ${coarse.name} are not, as ${asPercent(before)} of ${fine.name} were`;
    found.push(
      ...bothNamed(one.name, other.name, detail, {
        share: 1,
        statistic: now,
        p: (1 - before) ** fine.current.length,
        doubt: 1e-3,
      }),
    );
  });
  return found;
}

function shareOff(values: Float64Array, step: number): number {
  const isOff = (value: number): boolean => Math.abs(value / step - Math.round(value / step)) > 1e-6;
  return values.reduce((count, value) => (isOff(value) ? count + 1 : count), 0) / values.length;
}

function isNearerExchanged(a: SortedPair, b: SortedPair): boolean {
  const away = (of: SortedPair, to: SortedPair): number => distanceWithin(of.current, to.reference, 0);
  return MIN_NEARER * (away(a, b) + away(b, a)) <= away(a, a) + away(b, b);
}
