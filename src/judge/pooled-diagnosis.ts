import type { Diagnosis, Evidence, FeatureComparison } from '../core/findings.ts';
import type { PooledTest } from '../core/columns/pooled-figures.ts';
import { mostSure } from '../diagnose/samples/weights.ts';
import type { UndeterminedReason } from '../diagnose/verdict.ts';
import { isExplained } from './known-events.ts';
import { movedTogether } from './pool-windows.ts';

const MOVED: Readonly<Record<PooledTest, string>> = {
  shift: 'moved along its range',
  spread: 'became wider or narrower',
  cells: 'changed its shares',
};

/** Whether others beside it may show what the window does not: it shows nothing, or is too small to. */
export function mayBePartOfMore({ verdict, reason }: Pick<Diagnosis, 'verdict' | 'reason'>): boolean {
  return (
    (verdict === 'none' && !isExplained({ reason })) ||
    reason === ('too_few_rows' satisfies UndeterminedReason)
  );
}

/** Of a window that is too small to be judged by itself: whether there were enough before it to judge its inputs. */
export function saysWithOthers(
  { reason }: Pick<Diagnosis, 'reason'>,
  features: readonly Pick<FeatureComparison, 'pooled'>[],
): boolean {
  return (
    reason === ('too_few_rows' satisfies UndeterminedReason) &&
    features.some(({ pooled }) => pooled !== undefined)
  );
}

/**
 * What a window is part of: where its own rows show nothing and those of the last windows together show a covariate shift, the
 * diagnosis says so. Of every other window it is the window's own.
 */
export function pooledDiagnosis(own: Diagnosis, features: readonly FeatureComparison[]): Diagnosis {
  if (!mayBePartOfMore(own)) return own;
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
    // Of a window of too few rows nothing was, and of several together the inputs were.
    not_tested: own.not_tested.filter((kind) => kind !== 'covariate_shift'),
    // The rule is wrong once in a thousand windows; that inputs move for a reason no rule knows is the larger doubt.
    confidence: mostSure('covariate_shift'),
    evidence: moved.map(evidenceOf),
    faults: [],
    summary: `${first.name} ${MOVED[first.pooled.test]} a little: the last ${windows} windows together (${rows} rows) are ${away}, away from the training data, which one window is too small to show.${others}`,
    advice: 'watch',
    reason: null,
  };
}

/**
 * Of all rows of an incident; where these say that nothing moved, what the windows showed together when it was told: a little may be less than is
 * worth a name, and an incident that says "no shift" is none.
 */
export function diagnosisOfIncident(
  all: Diagnosis,
  told: { readonly diagnosis: Diagnosis; readonly features: readonly FeatureComparison[] },
): Diagnosis {
  return all.verdict === 'none' ? pooledDiagnosis(told.diagnosis, told.features) : all;
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
