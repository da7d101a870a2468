import type { FaultFinding } from '../../core/faults.ts';
import { toldTransformation } from '../../diagnose/faults/units/told-transformation.ts';
import type { FeatureReference } from '../../stats/profile/feature-reference.ts';
import { quantileOfWeighted, weightedValues } from '../../stats/profile/grids/weighted-values.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import type { FeatureTransformation } from '../../store/rows/feature-screen.ts';

type Described = Omit<FeatureTransformation, 'window'>;

/** Fewer say nothing of a distribution. */
const FEWEST_ROWS = 20;
const SHARES = Array.from({ length: 99 }, (_, n) => (n + 1) / 100);
/** Of a fault of some rows: what lies within these quantiles of training may be as it was. */
const ORDINARY = [0.005, 0.995] as const;

/**
 * Values before, now, and now turned back by what a fault's finding says was done to them. `values` are those of the
 * window's stored sample; null: this is not asked of it.
 */
export function describeTransformation(
  faults: readonly FaultFinding[],
  reference: FeatureReference | null,
  values: readonly number[],
): Described {
  const told = faults.map((fault) => ({ fault, transformation: toldTransformation(fault) }));
  const { fault = null, transformation = null } =
    told.find((each) => each.transformation !== null) ?? told[0] ?? {};
  const without = (reason: string): Described => ({
    fault,
    name: transformation?.name ?? null,
    reason,
    rows: 0,
    quantiles: [],
  });
  if (fault === null) return without('No fault of this feature was found in this window.');
  if (transformation === null) return without('This fault is none that a formula turns back.');
  if (reference?.kind !== 'numeric' || reference.n === 0)
    return without('There are no training values to hold it against.');
  if (values.length < FEWEST_ROWS) return without('The rows of this window are kept no longer.');
  const before = weightedValues(reference);
  const ordinary = ORDINARY.map((p) => quantileOfWeighted(before, p) ?? 0) as [number, number];
  const isOrdinary = (value: number): boolean => value >= ordinary[0] && value <= ordinary[1];
  const isWhole = fault.share >= 0.99;
  const turned = values.map((value) => {
    const back = transformation.undo(value);
    return isWhole || (!isOrdinary(value) && isOrdinary(back)) ? back : value;
  });
  const [now, back] = [values, turned].map((of) => Float64Array.from(of.filter(Number.isFinite)).sort());
  const quantiles = SHARES.map((p) => ({
    p,
    before: quantileOfWeighted(before, p) ?? 0,
    now: quantileReached(now ?? [], p),
    back: quantileReached(back ?? [], p),
  }));
  return { fault, name: transformation.name, reason: null, rows: values.length, quantiles };
}
