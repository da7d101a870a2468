import type { FeatureComparison, Severity } from '../core/findings.ts';
import { CORRECTIONS } from '../stats/corrections.ts';
import type { ComparisonReason } from './assess.ts';
import { effectOf } from './effect.ts';
import type { CompareOptions } from './options.ts';

/**
 * Judges a family of features together, in place: q-values over all that have a p-value, then for those with enough
 * rows status, severity and reason. A drift is a rejection whose effect reaches the floor. Give it the features of
 * all segments of a window at once to control false alarms over the whole set; judging again replaces the judgement.
 */
export function correctFamily(features: readonly FeatureComparison[], options: CompareOptions): void {
  const tested = features.filter((feature) => feature.p_value !== null);
  const qValues = CORRECTIONS[options.correction](tested.map((feature) => feature.p_value ?? 1));
  for (const [i, feature] of tested.entries()) {
    feature.q_value = qValues[i] ?? null;
    if (feature.status === 'insufficient' || feature.reason === ('constant' satisfies ComparisonReason))
      continue;
    judge(feature, options);
  }
}

function judge(feature: FeatureComparison, options: CompareOptions): void {
  const effect = effectOf(feature) ?? 0;
  const rejected = feature.q_value !== null && feature.q_value <= options.q;
  const reason: ComparisonReason = !rejected
    ? 'not_significant'
    : effect < options.floors.notice
      ? 'effect_below_floor'
      : 'shifted';
  feature.reason = reason;
  feature.drifted = reason === 'shifted';
  feature.status = feature.drifted ? 'drift' : 'ok';
  feature.severity = feature.drifted ? severityOf(effect, options.floors) : 'none';
}

function severityOf(effect: number, floors: CompareOptions['floors']): Severity {
  if (effect >= floors.alarm) return 'alarm';
  return effect >= floors.warn ? 'warn' : 'notice';
}
