import { quantileReached } from '../../../stats/quantiles.ts';
import type { RowSamples } from '../../samples/row-samples.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault } from '../suspicion.ts';

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

/** Ascending; null where too few of both are positive. */
function logRatios(label: Float64Array, prediction: Float64Array): Float64Array | null {
  const ratios = label.map((value, row) => Math.log(value / prediction[row]!)).filter(Number.isFinite);
  return ratios.length < Math.max(MIN_ROWS, MIN_POSITIVE * label.length) ? null : ratios.sort();
}
