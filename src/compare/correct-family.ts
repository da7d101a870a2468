import { setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSetting, SetAside } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { Severity } from '../core/alerts/severity.ts';
import { CORRECTIONS } from '../stats/corrections.ts';
import type { ComparisonReason } from './assess.ts';
import { movedTo } from './direction.ts';
import { effectOf } from './effect.ts';
import type { CompareOptions } from './options.ts';

/**
 * Judges a family of features together, in place: q-values over all that have a p-value, then for those with enough
 * rows status, severity and reason. A drift is a rejection whose effect reaches the floor. Give it the features of
 * all segments of a window at once to control false alarms over the whole set; judging again replaces the judgement.
 * Features that somebody set aside are in no family: that they move costs the others nothing.
 */
export function correctFamily(features: readonly FeatureComparison[], options: CompareOptions): void {
  const tested: FeatureComparison[] = [];
  for (const feature of features) {
    const aside = setAside(options.features?.get(feature.name));
    if (aside !== null) putAside(feature, aside);
    else if (feature.p_value !== null) tested.push(feature);
  }
  const qValues = CORRECTIONS[options.correction](tested.map((feature) => feature.p_value ?? 1));
  for (const [i, feature] of tested.entries()) {
    feature.q_value = qValues[i] ?? null;
    if (feature.status === 'insufficient' || feature.reason === ('constant' satisfies ComparisonReason))
      continue;
    judge(feature, options, options.features?.get(feature.name) ?? {});
  }
}

/** Measured as all are, and no more than that. */
function putAside(feature: FeatureComparison, reason: SetAside): void {
  feature.status = 'ok';
  feature.reason = reason satisfies ComparisonReason;
  feature.q_value = null;
  feature.drifted = false;
  feature.severity = 'none';
}

function judge(feature: FeatureComparison, options: CompareOptions, setting: FeatureSetting): void {
  const effect = effectOf(feature) ?? 0;
  const rejected = feature.q_value !== null && feature.q_value <= options.q;
  const reason: ComparisonReason = !rejected
    ? 'not_significant'
    : effect < (setting.minEffect ?? options.floors.info)
      ? 'effect_below_floor'
      : isAskedFor(feature, setting)
        ? 'shifted'
        : 'other_direction';
  feature.reason = reason;
  feature.drifted = reason === 'shifted';
  feature.status = feature.drifted ? 'drift' : 'ok';
  feature.severity = feature.drifted ? weighed(severityOf(effect, options.floors), setting) : 'none';
}

function isAskedFor(feature: FeatureComparison, { direction = 'both' }: FeatureSetting): boolean {
  return direction === 'both' || movedTo(feature) === direction;
}

function severityOf(effect: number, floors: CompareOptions['floors']): Severity {
  if (effect >= floors.critical) return 'critical';
  return effect >= floors.warning ? 'warning' : 'info';
}

/** What matters little is never more than `info`, what matters much one step more than it is. */
function weighed(severity: Severity, { importance = 'normal' }: FeatureSetting): Severity {
  if (importance === 'low') return 'info';
  if (importance === 'normal') return severity;
  return severity === 'info' ? 'warning' : 'critical';
}
