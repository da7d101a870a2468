import type { EvaluationSeries } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import type { MaturityRule } from '../labels/maturity.ts';
import { DELAY_EDGES_MS } from '../stats/delays/delay-bins.ts';
import { fitDelayCurve } from '../stats/delays/delay-curve.ts';
import { loadDelayCohorts } from '../store/label-delays.ts';
import type { Queryable } from '../store/pool.ts';
import { windowPlan } from '../window/panes.ts';

/** How far back delays are looked at: labels of twice the horizon ago still say how they come today. */
const HORIZONS_BACK = 2;

/**
 * Reads how labels of a version have come, up to the model's present. That is event time, like the ages of its windows:
 * a log of last year is judged as it was then.
 */
export async function loadMaturityRule(
  db: Queryable,
  window: { readonly modelVersionId: number; readonly startMs: number; readonly endMs: number },
  series: EvaluationSeries,
  model: ModelSpec,
  nowMs: number,
): Promise<MaturityRule> {
  const { horizonMs, matureAfterMs, matureEarly = false } = model.labels;
  const cohorts = model.storePredictions
    ? await loadDelayCohorts(
        db,
        {
          modelVersionId: window.modelVersionId,
          sizeMs: Math.min(...windowPlan(model).map(({ sizeMs }) => sizeMs)),
          nowMs,
          lookBackMs: HORIZONS_BACK * Math.max(horizonMs, matureAfterMs),
        },
        DELAY_EDGES_MS,
      )
    : [];
  return {
    youngestMs: nowMs - window.endMs,
    oldestMs: nowMs - window.startMs,
    matureAfterMs,
    matureEarly,
    matured: series === 'matured',
    curve: cohorts.length === 0 ? null : fitDelayCurve(cohorts),
  };
}
