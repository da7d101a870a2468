import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Diagnosis } from '../../core/findings.ts';
import type { ModelSpec } from '../../core/model.ts';
import { appendAlertEvent, lockIncidents, seriesSegments } from '../../store/alerts/alerts.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { noteRecomputed } from '../../store/evaluation/recomputed-windows.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { judgeWindow } from '../evaluate/judge-window.ts';
import { type EvaluatorOptions, loadWindow } from '../evaluate/load-window.ts';
import { type Decide, storeVerdict } from '../evaluate/store-verdict.ts';
import { keepingUp } from '../windows/keep-up.ts';
import { correctVerdict } from '../incidents/correct-verdict.ts';
import type { Evaluated } from '../incidents/decide-evaluated.ts';
import type { Decided } from '../incidents/decided.ts';
import { CORRECTED } from './rewalk-incidents.ts';

export interface HowJudgedAgain {
  /** Nothing is written. */
  readonly isDry: boolean;
  /** What somebody gave as the reason. */
  readonly note: string | null;
  /** People are told, and retrainings asked for, as if it were news. */
  readonly notifies: boolean;
}

interface SeriesToJudge {
  readonly windowId: string;
  readonly series: EvaluationSeries;
  /** The window's matured series is judged next: nobody else has to. */
  readonly isBeforeMatured: boolean;
}

interface JudgedAgain {
  /** Of all rows. */
  readonly diagnosis: Diagnosis;
  /** Incidents that ended with it, since none of their windows shows them any more. */
  readonly withdrawn: readonly string[];
}

/** One series of a window, as a new revision with its reason. Null: the window is gone, or more has come to it meanwhile. */
export async function judgeAgain(
  options: EvaluatorOptions,
  of: SeriesToJudge,
  query: HowJudgedAgain,
): Promise<JudgedAgain | null> {
  return await keepingUp(options.catalog, async () => await judgeOnce(options, of, query));
}

async function judgeOnce(
  options: EvaluatorOptions,
  of: SeriesToJudge,
  query: HowJudgedAgain,
): Promise<JudgedAgain | null> {
  const loaded = await loadWindow(options, of);
  if (!loaded.ok) return null;
  const verdict = await judgeWindow(options, loaded.value);
  const diagnosis = verdict.segments.find(({ segment }) => segment === WHOLE)?.diagnosis;
  if (diagnosis === undefined) return null;
  if (query.isDry) return { diagnosis, withdrawn: [] };
  const withdrawn: string[] = [];
  const decide: Decide = async (tx, evaluated, model, nowMs) => {
    await noteRecomputed(tx, evaluated, query.note);
    const decided = await correct(tx, evaluated, { model, nowMs, isQuiet: !query.notifies });
    for (const { kind, alertId, series, windowId } of decided) {
      if (kind !== 'withdrawn' || alertId === null) continue;
      withdrawn.push(alertId);
      await appendAlertEvent(tx, alertId, {
        atMs: nowMs,
        ...CORRECTED,
        windowId,
        series,
        details: { note: query.note },
      });
    }
    return decided;
  };
  const { isBeforeMatured: isNext } = of;
  const outcome = await storeVerdict(options, loaded.value, verdict, decide, { asksForMatured: !isNext });
  return outcome === 'overtaken' ? null : { diagnosis, withdrawn };
}

/** What the window was decided on before is put right; what follows from it now is walked through when all are judged. */
async function correct(
  tx: Tx,
  evaluated: Evaluated,
  how: { readonly model: ModelSpec; readonly nowMs: number; readonly isQuiet: boolean },
): Promise<Decided[]> {
  const { windowId, modelVersionId, versionName, sizeMs, series, segments } = evaluated;
  await lockIncidents(tx, modelVersionId);
  const known = await seriesSegments(tx, { modelVersionId, sizeMs, series });
  const decided: Decided[] = [];
  for (const segment of new Set([WHOLE, ...segments, ...known])) {
    const key = { modelVersionId, sizeMs, segment, series };
    decided.push(...(await correctVerdict(tx, { key, versionName, ...how }, windowId)));
  }
  return decided;
}
