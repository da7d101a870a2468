import { quantileReached } from '../../../stats/quantiles.ts';
import { sortedPresent } from '../../samples/row-samples.ts';
import type { NumericCells, RowSamples } from '../../samples/row-samples.ts';
import { asPercent } from '../../wording.ts';
import { ofNewLevel, saidOfNewLevel } from '../new-level.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault } from '../suspicion.ts';
import { unitChange, unitFacts } from '../units/unit-change.ts';
import { unitOfPart } from '../units/unit-part.ts';

const MIN_ROWS = 100;
const MIN_POSITIVE = 0.95;
/** A world in which everything became ten times as much by one factor, as closely as before, is none. */
const CLAIMED_RATE = 9.5;
/** The ratio must be as narrow as it was. */
const AS_NARROW = 1.6;

/**
 * A number that labels are logged in another unit of: beside the model's predictions, which were made from the same features, the labels are
 * one and the same factor larger or smaller than they were. ln(label / prediction) moved by at least ln 9.5 and is as narrow as before
 * (interquartile range at most 1.6 times). Null otherwise. O(rows log rows).
 */
export function labelUnit({ label, prediction }: RowSamples): LabelFault | null {
  if (label?.kind !== 'numeric' || prediction?.kind !== 'numeric') return null;
  const before = logRatios(label.reference, prediction.reference);
  const now = logRatios(label.current, prediction.current);
  if (before === null || now === null) return null;
  const factor = quantileReached(now, 0.5) - quantileReached(before, 0.5);
  const width = (ratios: Float64Array): number =>
    quantileReached(ratios, 0.75) - quantileReached(ratios, 0.25);
  if (Math.abs(factor) < Math.log(CLAIMED_RATE) || width(now) > AS_NARROW * width(before)) return null;
  const times =
    factor > 0 ? `${Math.exp(factor).toPrecision(3)} times` : `1/${Math.exp(-factor).toPrecision(3)} of`;
  return {
    suspicion: suspicion('unit_change', label.name, {
      detail: `labels are ${times} what they were beside the predictions, and lie as closely to them as before: another unit`,
      share: 1,
      statistic: Math.exp(factor),
      p: null,
      doubt: 0,
    }),
    repaired: null,
  };
}

const MIN_PART = 0.05;
const MIN_PART_ROWS = 50;
/** Rows between those that are what they were and those in another unit: with more of them it is a tail. */
const MOST_BETWEEN = 0.02;

/**
 * The same of some of the rows: beside the predictions, one in twenty of the labels at least (50 rows) are one factor of 9.5 or more away, as closely
 * together as all were, and hardly any (2 %) between. A reading where they are of a level that is new. Null otherwise.
 */
export function labelUnitInPart({ label, prediction, features }: RowSamples): LabelFault | null {
  if (label?.kind !== 'numeric' || prediction?.kind !== 'numeric') return null;
  const before = logRatios(label.reference, prediction.reference);
  const now = logRatios(label.current, prediction.current);
  if (before === null || now === null) return null;
  const middle = quantileReached(before, 0.5);
  const width = quantileReached(before, 0.75) - quantileReached(before, 0.25);
  const half = Math.log(CLAIMED_RATE) / 2;
  for (const side of [1, -1]) {
    const isFar = (ratio: number): boolean => side * (ratio - middle) > half;
    const far = now.filter(isFar);
    if (far.length < Math.max(MIN_PART_ROWS, MIN_PART * now.length)) continue;
    const factor = quantileReached(far, 0.5) - middle;
    const isApart = (ratio: number): boolean =>
      side * (ratio - middle) > half / 2 && side * (ratio - middle) < side * factor - half / 2;
    const spread = quantileReached(far, 0.75) - quantileReached(far, 0.25);
    if (Math.abs(factor) < Math.log(CLAIMED_RATE) || spread > AS_NARROW * width) continue;
    if (now.filter(isApart).length > MOST_BETWEEN * now.length) continue;
    const rows = [...label.current.keys()].filter((row) =>
      isFar(Math.log(label.current[row]! / prediction.current[row]!)),
    );
    const newcomer = ofNewLevel(rows, features);
    const times =
      factor > 0 ? `${Math.exp(factor).toPrecision(3)} times` : `1/${Math.exp(-factor).toPrecision(3)} of`;
    const share = far.length / now.length;
    return {
      suspicion: suspicion('unit_change', label.name, {
        detail: `${asPercent(share)} of the labels are ${times} what they were beside the predictions, as closely as before, and hardly any lie between: another unit`,
        share,
        statistic: Math.exp(factor),
        p: null,
        doubt: 0,
        ...(newcomer !== null && { otherwise: saidOfNewLevel(newcomer) }),
      }),
      repaired: null,
    };
  }
  return null;
}

/** The model knows nothing of the new unit, so its errors grow at least so much. */
const ERRORS_GREW = 2;

/**
 * What the values of the labels tell by themselves, as those of a column do: a comb, an offset, digits. Claims only, and where predictions followed
 * the labels (median error below twice the old one) none: the world moved both.
 */
export function labelUnitByValues({ label, prediction }: RowSamples): LabelFault | null {
  if (label?.kind !== 'numeric' || (prediction?.kind === 'numeric' && areFollowed(label, prediction)))
    return null;
  const [reference, current] = [sortedPresent(label.reference), sortedPresent(label.current)];
  const facts = unitFacts({ name: label.name, reference, current });
  const found = facts && (unitChange(facts, 1) ?? unitOfPart(facts, 1));
  return found === null || found.otherwise !== undefined ? null : { suspicion: found, repaired: null };
}

function areFollowed(label: NumericCells, prediction: NumericCells): boolean {
  const error = (side: 'reference' | 'current'): number =>
    quantileReached(
      sortedPresent(label[side].map((value, row) => Math.abs(value - prediction[side][row]!))),
      0.5,
    );
  return error('current') < ERRORS_GREW * error('reference');
}

/** Ascending; null where too few of both are positive. */
function logRatios(label: Float64Array, prediction: Float64Array): Float64Array | null {
  const ratios = label.map((value, row) => Math.log(value / prediction[row]!)).filter(Number.isFinite);
  return ratios.length < Math.max(MIN_ROWS, MIN_POSITIVE * label.length) ? null : ratios.sort();
}
