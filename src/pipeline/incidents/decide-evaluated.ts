import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { ModelSpec } from '../../core/model.ts';
import { lockIncidents, seriesSegments } from '../../store/alerts/alerts.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { correctVerdict } from './correct-verdict.ts';
import { decideSeries } from './decide-series.ts';
import type { Decided } from './decided.ts';

/** One evaluation of a window that has just been stored. */
export interface Evaluated {
  readonly windowId: string;
  readonly modelVersionId: number;
  readonly versionName: string;
  readonly sizeMs: number;
  readonly series: EvaluationSeries;
  readonly revision: number;
  readonly segments: readonly string[];
}

/** Everything that is decided because a window was evaluated, in the transaction that stores the verdicts. */
export async function decideEvaluated(
  tx: Tx,
  evaluated: Evaluated,
  model: ModelSpec,
  nowMs: number,
): Promise<Decided[]> {
  const { windowId, modelVersionId, versionName, sizeMs, series, revision, segments } = evaluated;
  await lockIncidents(tx, modelVersionId);
  // Segments without rows in this window too: they may wait for it to go on.
  const known = await seriesSegments(tx, { modelVersionId, sizeMs, series });
  const decided: Decided[] = [];
  for (const segment of new Set(['', ...segments, ...known])) {
    const context = { key: { modelVersionId, sizeMs, segment, series }, model, versionName, nowMs };
    if (revision > 1) decided.push(...(await correctVerdict(tx, context, windowId)));
    decided.push(...(await decideSeries(tx, context)));
  }
  return decided;
}
