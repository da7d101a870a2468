import { comparePerformance } from '../../compare/performance.ts';
import type { ModelSpec } from '../../core/model.ts';
import { lowerIsBetter } from '../../core/metric-direction.ts';
import type { RetrainTarget } from '../../core/retrain/retrain.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { loadNewestBaselineProfile } from '../../store/evaluation/baselines.ts';
import type { Queryable } from '../../store/connection/pool.ts';

/**
 * What a run's curve is measured against: as configured, else what the old version reached on its training data in the
 * first reported metric that is one of a model's. Null: nothing to measure against.
 */
export async function retrainTarget(
  db: Queryable,
  spec: ModelSpec,
  modelVersionId: number,
  reported: readonly string[],
): Promise<RetrainTarget | null> {
  const configured = spec.retrain?.target ?? null;
  if (configured !== null) return { ...configured, source: 'config' };
  const values = await baselineFigures(db, spec, modelVersionId);
  for (const metric of reported) {
    const value = values[metric];
    if (value !== undefined)
      return { metric, value, lowerIsBetter: lowerIsBetter(metric), source: 'baseline' };
  }
  return null;
}

async function baselineFigures(
  db: Queryable,
  { positiveClass }: ModelSpec,
  modelVersionId: number,
): Promise<Readonly<Record<string, number>>> {
  const profile = await loadNewestBaselineProfile(db, modelVersionId);
  const counts = profile === null ? null : decodeReference(profile).performance;
  const rows = counts?.n ?? 0;
  const figures = comparePerformance(
    null,
    counts,
    { reference: 0, current: rows },
    rows,
    true,
    positiveClass,
  );
  return Object.fromEntries(
    Object.entries(figures?.metrics ?? {}).flatMap(([name, { current }]) =>
      current === null ? [] : [[name, current] as const],
    ),
  );
}
