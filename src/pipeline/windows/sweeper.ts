import type { Pool } from '../../store/connection/pool.ts';
import { loadModelProgress } from '../../store/log/watermarks.ts';
import { assembleCountWindows, type CountWindowSpec } from '../../store/windows/count-windows.ts';
import { closeDueWindows, requeueDirtyWindows } from '../../store/windows/windows.ts';
import { silentUntil } from '../../window/silence.ts';
import { modelWatermark } from '../../window/watermark.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { type ModelMoment, openWindowsOfSilence } from './open-silent-windows.ts';
import { REEVALUATE_AFTER_MS } from './reevaluation.ts';

export interface SweeperOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  /** `kafka:<topic>` of every configured topic. */
  readonly logSources: readonly string[];
  readonly idleAfterMs: number;
}

/** Reads how far time has come for every model, and remembers it in the catalog. */
export async function refreshWatermarks(options: SweeperOptions): Promise<ModelMoment[]> {
  const { pool, catalog, logSources, idleAfterMs } = options;
  const models = catalog.models;
  const { nowMs, byModel } = await loadModelProgress(
    pool,
    models.map((model) => model.id),
    logSources,
  );
  const times: ModelMoment[] = [];
  for (const { id, spec } of models) {
    const partitions = byModel.get(id) ?? [];
    const watermarkMs = modelWatermark(partitions, nowMs, idleAfterMs);
    if (watermarkMs === null) continue;
    catalog.setWatermark(id, watermarkMs);
    times.push({
      modelId: id,
      watermarkMs,
      matureAfterMs: spec.labels.matureAfterMs,
      silentUntilMs: silentUntil(partitions, watermarkMs, nowMs),
    });
  }
  return times;
}

function countWindowsOf(catalog: ModelCatalog): CountWindowSpec[] {
  return catalog.models.flatMap(({ id, spec }) =>
    spec.windows.flatMap(({ rows, sizeMs }) =>
      rows === undefined ? [] : { modelId: id, rows, paneMs: sizeMs },
    ),
  );
}

/**
 * One look at the clock: closes and matures the windows that time has passed and asks for the evaluation of
 * those that changed since. Safe in any number of processes: a window is taken by one of them.
 */
export async function sweepWindows(options: SweeperOptions): Promise<number> {
  const times = await refreshWatermarks(options);
  await openWindowsOfSilence(options.pool, options.catalog, times);
  const changed = await closeDueWindows(options.pool, times);
  const made = await assembleCountWindows(options.pool, countWindowsOf(options.catalog));
  return changed + made + (await requeueDirtyWindows(options.pool, REEVALUATE_AFTER_MS));
}
