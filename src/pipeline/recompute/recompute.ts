import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Diagnosis } from '../../core/findings.ts';
import type { Progress } from '../../core/progress.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { loadDecided } from '../../store/evaluation/evaluations.ts';
import {
  type WindowToRecompute,
  windowsToRecompute,
  windowsTouching,
} from '../../store/evaluation/recomputed-windows.ts';
import type { EvaluatorOptions } from '../evaluate/load-window.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';
import {
  areFree,
  howToRecompute,
  largestOfSameCounts,
  type NotRecomputable,
  sharingCounts,
} from './recomputable.ts';
import { recountWindows } from './recount-windows.ts';
import { type HowJudgedAgain, judgeAgain } from './judge-again.ts';
import { rewalkIncidents } from './rewalk-incidents.ts';

/** What windows are judged again, and how. */
export interface RecomputeQuery extends HowJudgedAgain {
  readonly model: CatalogModel;
  readonly versionIds: readonly number[];
  /** Windows that begin in [fromMs, toMs). Null: from the first, up to the last. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Windows of another baseline than the newest are judged by their own. */
  readonly keepsBaseline: boolean;
}

/** What one series of a window said and says. */
export interface Recomputed {
  readonly window: WindowToRecompute;
  readonly series: EvaluationSeries;
  readonly isRecounted: boolean;
  /** Null: nothing was said yet. */
  readonly before: Diagnosis | null;
  /** Null: it would be counted again first, and is not judged in a dry run. */
  readonly after: Diagnosis | null;
}

export interface Recomputation {
  readonly windows: number;
  readonly recomputed: readonly Recomputed[];
  readonly left: readonly { readonly window: WindowToRecompute; readonly why: NotRecomputable }[];
  /** Incidents that no window shows any more. */
  readonly corrected: readonly string[];
  /** Incidents that begin in the stretch by what windows say now. */
  readonly opened: readonly string[];
}

export interface RecomputeOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly evaluator: EvaluatorOptions;
  readonly progress: Progress;
}

/**
 * Judges the closed windows of a stretch of time again, in order, by the configuration, baseline and rules of today, from what is stored
 * of them; then walks through their incidents with what they say now. Each window is a transaction of its own, so that it can be
 * stopped at any time, and started again: what was judged before is judged once more, and says the same.
 */
export async function recompute(options: RecomputeOptions, query: RecomputeQuery): Promise<Recomputation> {
  const { pool, progress } = options;
  const windows = await windowsToRecompute(pool, query.versionIds, query);
  const recomputed: Recomputed[] = [];
  const left: { window: WindowToRecompute; why: NotRecomputable }[] = [];
  const featuresApart = query.model.spec.featuresFrom === 'features';
  const withdrawn = new Set<string>();
  const recounted = new Recounted(options, query);
  for (const [n, window] of windows.entries()) {
    progress.show(new Date(window.startMs).toISOString(), n / windows.length);
    const first = howToRecompute(window, { keepsBaseline: query.keepsBaseline, featuresApart });
    const how = first === 'recount' ? await recounted.of(window) : first;
    if (how !== 'judge' && how !== 'recount') left.push({ window, why: how });
    else recomputed.push(...(await judgeSeries(options, query, window, how === 'recount', withdrawn)));
  }
  progress.end();
  const { corrected, opened } = query.isDry
    ? { corrected: [], opened: [] }
    : await rewalkIncidents(
        {
          pool,
          model: query.model.spec,
          note: query.note,
          isQuiet: !query.notifies,
          nowMs: options.evaluator.clock.nowMs(),
        },
        windows,
      );
  return { windows: windows.length, recomputed, left, corrected: [...withdrawn, ...corrected], opened };
}

async function judgeSeries(
  { pool, evaluator }: RecomputeOptions,
  query: RecomputeQuery,
  window: WindowToRecompute,
  isRecounted: boolean,
  withdrawn: Set<string>,
): Promise<Recomputed[]> {
  const said: Recomputed[] = [];
  for (const series of ['closed', 'matured'] as const) {
    // What was never judged is on its way, and not ours.
    if ((series === 'closed' ? window.closedRevision : window.maturedRevision) === 0) continue;
    const windowId = String(window.id);
    const before = await loadDecided(pool, windowId, { segment: '', series });
    const isBeforeMatured = series === 'closed' && window.maturedRevision > 0;
    const cannotTry = query.isDry && isRecounted;
    const again = cannotTry
      ? null
      : await judgeAgain(evaluator, { windowId, series, isBeforeMatured }, query);
    if (again === null && !cannotTry) continue;
    for (const id of again?.withdrawn ?? []) withdrawn.add(id);
    said.push({
      window,
      series,
      isRecounted,
      before: before?.diagnosis ?? null,
      after: again?.diagnosis ?? null,
    });
  }
  return said;
}

/** Windows that share counts are counted again together, when the first of them is met. */
class Recounted {
  readonly #options: RecomputeOptions;
  readonly #query: RecomputeQuery;
  readonly #done = new Map<number, 'recount' | NotRecomputable>();

  constructor(options: RecomputeOptions, query: RecomputeQuery) {
    this.#options = options;
    this.#query = query;
  }

  async of(window: WindowToRecompute): Promise<'recount' | NotRecomputable> {
    const known = this.#done.get(window.id);
    if (known !== undefined) return known;
    const { pool, catalog } = this.#options;
    const { model, isDry } = this.#query;
    const { modelVersionId, newestBaselineId: baselineId } = window;
    if (baselineId === null) return 'no_baseline';
    const around = await windowsTouching(pool, modelVersionId, window);
    const largest = largestOfSameCounts(window, around);
    const windows = sharingCounts(largest, await windowsTouching(pool, modelVersionId, largest));
    const outcome = !areFree(windows, this.#query)
      ? 'shares_counts'
      : await recountWindows(pool, catalog, { model, windows, baselineId, isDry });
    const how = outcome === 'recounted' ? 'recount' : outcome;
    for (const { id } of windows) this.#done.set(id, how);
    return how;
  }
}
