import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import type { FigureTimeline, IncidentNews } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { metricLoss } from '../../decide/performance-drop.ts';
import {
  loadFeaturePoints,
  loadLeadingFeature,
  loadMetricPoints,
  type TimelineWindows,
} from '../../store/alerts/figure-timeline.ts';
import type { Queryable } from '../../store/connection/pool.ts';

/** As many as a picture on a phone can show. */
const MOST_WINDOWS = 48;

/**
 * How the figure that leads the incident came to where it is: performance where the relation between features and labels
 * moved, else the feature that moved most. Null where there is nothing to draw.
 */
export async function loadFigureTimeline(
  db: Queryable,
  model: ModelSpec,
  notification: IncidentNews,
): Promise<FigureTimeline | null> {
  const { windowId, series, segment, sinceMs } = notification;
  const windows = { windowId, series, segment, limit: MOST_WINDOWS };
  const metric = leadingMetric(model, notification);
  const found =
    (metric === null ? null : await metricTimeline(db, windows, model, notification, metric)) ??
    (await featureTimeline(db, windows, sinceMs));
  return found !== null && found.points.filter(({ value }) => value !== null).length > 1 ? found : null;
}

/** The metric that triggers retraining, else the one everybody knows. Inputs alone are not about performance. */
function leadingMetric(model: ModelSpec, { series, performance, diagnosis, firedVerdict }: IncidentNews) {
  if (series !== 'matured' || performance === null) return null;
  const verdict = firedVerdict ?? diagnosis.verdict;
  if (verdict !== 'concept_drift' && verdict !== 'mixed') return null;
  const wanted = model.retrain?.performance?.metric;
  const usual = model.task === 'regression' ? 'mae' : 'accuracy';
  return (
    [wanted, usual].find((name) => name !== undefined && Object.hasOwn(performance.metrics, name)) ?? null
  );
}

async function metricTimeline(
  db: Queryable,
  windows: TimelineWindows,
  model: ModelSpec,
  { performance }: IncidentNews,
  name: string,
): Promise<FigureTimeline> {
  // Where figures stand beside those of the same hours, each point has a reference of its own, and there is no line.
  const reference = performance?.cycle === undefined ? (performance?.metrics[name]?.reference ?? null) : null;
  const trigger = model.retrain?.performance;
  return {
    name,
    measure: 'metric',
    reference,
    limit: trigger?.metric === name && reference !== null ? limitOf(name, reference, trigger.drop) : null,
    points: await loadMetricPoints(db, windows, name),
  };
}

/** A bias is worse on both sides, which one line cannot show. */
function limitOf(metric: string, reference: number, drop: number): number | null {
  if (metric === 'bias') return null;
  return metricLoss(metric, 0, 1) > 0 ? reference + drop : reference - drop;
}

async function featureTimeline(
  db: Queryable,
  windows: TimelineWindows,
  sinceMs: number,
): Promise<FigureTimeline | null> {
  const leading = await loadLeadingFeature(db, windows, sinceMs);
  if (leading === null) return null;
  const { name, isMissing, missingReference, psiThreshold } = leading;
  const measure = isMissing ? 'missing' : 'psi';
  return {
    name,
    measure,
    reference: isMissing ? missingReference : null,
    limit: isMissing ? null : Math.max(psiThreshold ?? 0, DEFAULT_COMPARE_OPTIONS.floors.info),
    points: await loadFeaturePoints(db, windows, name, measure),
  };
}
