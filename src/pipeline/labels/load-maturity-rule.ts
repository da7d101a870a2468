import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { MaturityRule } from '../../labels/maturity.ts';
import { DELAY_EDGES_MS } from '../../stats/delay-bins.ts';
import { type DelayCurve, fitDelayCurve } from '../../stats/delay-curve.ts';
import { loadDelayCohorts } from '../../store/labels/label-delays.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { windowPlan } from '../../window/panes.ts';

/** How far back delays are looked at: labels of twice the horizon ago still say how they come today. */
const HORIZONS_BACK = 2;

/**
 * Reads how labels of a version have come, up to the model's present. That is event time, like the ages of its windows:
 * a log of last year is judged as it was then. A new version has no history of its own: until it has, labels are taken
 * to come as they did for the model's other versions.
 */
export async function loadMaturityRule(
  db: Queryable,
  window: { readonly modelVersionId: number; readonly startMs: number; readonly endMs: number },
  series: EvaluationSeries,
  model: ModelSpec,
  nowMs: number,
): Promise<MaturityRule> {
  const { matureAfterMs, matureEarly = false } = model.labels;
  let curve: DelayCurve | null = null;
  if (model.storePredictions) {
    curve = await loadCurve(db, window.modelVersionId, 'version', model, nowMs);
    if (curve.reachMs < matureAfterMs) {
      curve = await loadCurve(db, window.modelVersionId, 'model', model, nowMs);
    }
  }
  return {
    youngestMs: nowMs - window.endMs,
    oldestMs: nowMs - window.startMs,
    matureAfterMs,
    matureEarly,
    matured: series === 'matured',
    curve,
  };
}

async function loadCurve(
  db: Queryable,
  modelVersionId: number,
  scope: 'version' | 'model',
  model: ModelSpec,
  nowMs: number,
): Promise<DelayCurve> {
  const sizeMs = Math.min(...windowPlan(model).map((size) => size.sizeMs));
  const lookBackMs = HORIZONS_BACK * Math.max(model.labels.horizonMs, model.labels.matureAfterMs);
  const cohorts = await loadDelayCohorts(
    db,
    { modelVersionId, scope, sizeMs, nowMs, lookBackMs },
    DELAY_EDGES_MS,
  );
  return fitDelayCurve(cohorts);
}
