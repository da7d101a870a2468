import type { AlertCause, Incident } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import type { JoinedVerdict } from '../../core/alerts/joined-verdict.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { laterKinds } from '../../decide/later-kinds.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import type { JudgedWindow } from '../../store/evaluation/evaluations.ts';

export interface SeriesContext {
  readonly key: AlertSeriesKey;
  readonly model: ModelSpec;
  readonly versionName: string;
  readonly nowMs: number;
  /** Nobody is told, and no retraining asked for. */
  readonly isQuiet?: boolean;
}

/** What a message says of a window; features and performance only where the incident is about the data. */
export function describeWindow(
  { key, model, versionName }: SeriesContext,
  window: JudgedWindow,
  features: readonly FeatureComparison[],
  incident: { readonly id: string; readonly cause: AlertCause },
): Omit<
  IncidentNews,
  'kind' | 'firedVerdict' | 'sinceMs' | 'windowsInARow' | 'decisionReason' | 'nextReminderAtMs' | 'retrain'
> {
  return {
    about: 'incident',
    incidentId: incident.id,
    cause: incident.cause,
    model: model.name,
    modelVersion: versionName,
    segment: key.segment,
    series: key.series,
    windowId: window.windowId,
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
    rows: window.rows,
    diagnosis: window.diagnosis,
    features,
    performance: incident.cause === 'shift' ? window.performance : null,
    operational: window.operational ?? null,
  };
}

/** Which windows a message's verdict is on, where it is not the newest one alone. */
export function judgedOn(joined: JoinedVerdict | null): Pick<IncidentNews, 'judged'> {
  if (joined === null) return {};
  const { sinceMs, windows, rows, isNewest } = joined;
  return { judged: { sinceMs, windows, rows, ...(isNewest === true && { isNewest }) } };
}

/** What of it began later than the incident; `joined` of the series at hand. */
export function laterIn(
  incident: Pick<Incident, 'alert' | 'views'>,
  series: EvaluationSeries,
  joined: JoinedVerdict | null,
): Pick<IncidentNews, 'later'> {
  const isWhole = series === 'matured' && joined !== null && joined.isNewest !== true;
  const later = laterKinds(incident, isWhole ? joined.sinceMs : null);
  return later === null ? {} : { later };
}
