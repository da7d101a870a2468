import type { ListDays } from '../../api/api-deps.ts';
import type { Inspections } from '../../api/inspections.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { BaselineReferences } from '../history/baseline-references.ts';
import { FeatureCounts } from './feature-counts.ts';
import { readFeatureCdf, readFeatureDistribution, readFeatureTransformation } from './feature-in-window.ts';
import { readFeatureHistory, readFeatureProfiles, readFeatureRidges } from './feature-over-time.ts';
import { inspectWindow } from './inspect-window.ts';
import { readWindowSample } from './window-sample.ts';

/** What the screens of a window and of a feature are answered. Of a model that is configured no longer as much as is stored. */
export function createInspections(pool: Pool, models: readonly ModelSpec[], listDays: ListDays): Inspections {
  const references = new BaselineReferences(pool);
  const counts = new FeatureCounts(pool, references);
  const specs = new Map(models.map((spec) => [spec.name, spec]));
  const specOf = (model: string): ModelSpec | null => specs.get(model) ?? null;
  const inWindow = { pool, counts, references, specOf };
  const overTime = { db: pool, counts, listDays, specOf };
  return {
    window: async (id) =>
      await inspectWindow({ db: pool, references, minCountOf: (model) => specOf(model)?.minCount }, id),
    sample: async (id) => await readWindowSample(pool, references, specOf, id),
    distribution: async (asked) => await readFeatureDistribution(inWindow, asked),
    cdf: async (asked) => await readFeatureCdf(inWindow, asked),
    transformation: async (asked) => await readFeatureTransformation(inWindow, asked),
    history: async (asked, nowMs) => await readFeatureHistory(overTime, asked, nowMs),
    profiles: async (asked, nowMs) => await readFeatureProfiles(overTime, asked, nowMs),
    ridges: async (asked, nowMs) => await readFeatureRidges(overTime, asked, nowMs),
  };
}
