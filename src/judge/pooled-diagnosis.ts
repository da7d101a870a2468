import type { Diagnosis, Evidence, FeatureComparison } from '../core/findings.ts';
import type { PooledTest } from '../core/columns/pooled-figures.ts';
import { movedTogether } from './pool-windows.ts';

/** As sure as a rule is that is wrong once in a thousand windows; more is claimed of nothing. */
const CONFIDENCE = 0.99;

const MOVED: Readonly<Record<PooledTest, string>> = {
  shift: 'moved along its range',
  spread: 'became wider or narrower',
  cells: 'changed its shares',
};

/**
 * What a window is part of: where its own rows show nothing and those of the last windows together show a covariate shift, the
 * diagnosis says so. Of every other window it is the window's own.
 */
export function pooledDiagnosis(own: Diagnosis, features: readonly FeatureComparison[]): Diagnosis {
  if (own.verdict !== 'none') return own;
  const moved = movedTogether(features).toSorted(
    (one, other) => (one.pooled?.p_value ?? 1) - (other.pooled?.p_value ?? 1),
  );
  const [first] = moved;
  if (first?.pooled === undefined) return own;
  const { windows, rows, size } = first.pooled;
  const others = moved.length === 1 ? '' : ` So did ${moved.length - 1} more.`;
  const away = `${size.estimate.toFixed(2)} standard deviations, at most ${size.upper.toFixed(2)}`;
  return {
    verdict: 'covariate_shift',
    types: ['covariate_shift'],
    not_tested: own.not_tested,
    confidence: CONFIDENCE,
    evidence: moved.map(evidenceOf),
    faults: [],
    summary: `${first.name} ${MOVED[first.pooled.test]} a little: the last ${windows} windows together (${rows} rows) are ${away}, away from the training data, which one window is too small to show.${others}`,
    advice: 'watch',
    reason: null,
  };
}

function evidenceOf({ name, pooled }: FeatureComparison): Evidence {
  const { windows, test, size, p_value } = pooled!;
  return {
    claim: `${name} ${MOVED[test]}, over ${windows} windows together`,
    statistic: 'standard deviations',
    value: size.estimate,
    p_value,
  };
}
