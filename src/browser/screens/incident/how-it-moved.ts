import type { FeatureComparison } from '../../../core/findings.ts';

interface Bin {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

const HOW_FAR = { none: '', info: ' a little', warning: ' clearly', critical: ' far' } as const;

/**
 * How far a feature moved, and where the rows are now that were elsewhere in training: what its statistics mean.
 *
 * @example howItMoved({ drifted: true, severity: 'critical' }, [{ label: '> 9', reference: 0.1, current: 0.28 }]) // { how: 'moved far', where: 'most of all more rows with > 9: 10.0 % in training, 28.0 % now' }
 */
export function howItMoved(
  { drifted, severity }: Pick<FeatureComparison, 'drifted' | 'severity'>,
  bins: readonly Bin[],
): { readonly how: string; readonly where: string | null } {
  const [most] = bins.toSorted(
    (a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference),
  );
  const how = drifted ? `moved${HOW_FAR[severity]}` : 'is not as in training';
  if (most === undefined || most.current === most.reference) return { how, where: null };
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const word = most.current > most.reference ? 'more' : 'fewer';
  return {
    how,
    where: `most of all ${word} rows with ${most.label}: ${share(most.reference)} in training, ${share(most.current)} now`,
  };
}
