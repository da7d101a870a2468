import { runNews } from '../../act/retrain/run-news.ts';
import { comparePerformance } from '../../compare/performance.ts';
import type { Performance, PerformanceMetric } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import { DEFAULT_JUDGE_FOR_MS, type ModelSpec } from '../../core/model.ts';
import type { OutcomeFigure, RetrainOutcome, RetrainOutcomeKind } from '../../core/retrain/retrain.ts';
import { isWorthAnotherLook, judgeRetrain, type ComparedOutcomes } from '../../decide/judge-retrain.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { loadNewestBaselineProfile } from '../../store/evaluation/baselines.ts';
import { activateVersion, announceVersion } from '../../store/windows/models.ts';
import { inTransaction, type Pool, type Queryable, type Tx } from '../../store/connection/pool.ts';
import {
  keepFingerprint,
  labelsFingerprint,
  listRunsToJudge,
  lockRunToJudge,
  onlyVersionSince,
  saveOutcome,
  type RunToJudge,
} from '../../store/retrain/outcomes.ts';
import { loadFullRun, type FullRun } from '../../store/retrain/runs.ts';
import { shortestWindows } from '../../store/evaluation/version-windows.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import { loadOutcomes, type OutcomesOfBoth, type VersionOutcome } from './outcome-labels.ts';

export interface JudgeOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly log: Log;
}

/**
 * Looks at every run whose new version is being watched beside the old, and says what became of it once that is certain.
 * One transaction a run, so that it is said once whoever looks.
 */
export async function judgeRetrains({ pool, catalog, log }: JudgeOptions, nowMs: number): Promise<void> {
  for (const id of await listRunsToJudge(pool)) {
    const outcome = await inTransaction(pool, async (tx) => await judgeRun(tx, catalog, id, nowMs));
    if (outcome === null || outcome.outcome === 'too_early') continue;
    log.info({ runId: id, outcome: outcome.outcome, reason: outcome.reason }, 'a retraining was judged');
  }
}

/** Null: nothing to say that was not said before. */
async function judgeRun(
  tx: Tx,
  catalog: ModelCatalog,
  id: string,
  nowMs: number,
): Promise<RetrainOutcome | null> {
  const toJudge = await lockRunToJudge(tx, id);
  const run = toJudge === null ? null : await loadFullRun(tx, id);
  const spec = run === null ? null : (catalog.model(run.modelName)?.spec ?? null);
  if (toJudge === null || run === null || spec === null) return null;
  const giveUpAtMs = toJudge.closedAtMs + (spec.retrain?.judgeForMs ?? DEFAULT_JUDGE_FOR_MS);
  const newVersion = run.newVersion ?? (await onlyVersionSince(tx, toJudge.modelId, run.requestedAtMs));
  const watched = await watch(tx, spec, run, toJudge, newVersion);
  const isLast = nowMs >= giveUpAtMs;
  const { seen } = toJudge;
  if (seen !== null && seen.fingerprint === watched.fingerprint && !isLast) return null;
  const labelled = watched.outcomes?.new.labelled ?? null;
  const isEnough = labelled !== null && labelled >= spec.labels.minLabelled;
  if (isEnough && !isWorthAnotherLook(seen?.labelled ?? null, labelled) && !isLast) {
    await keepFingerprint(tx, id, watched.fingerprint);
    return null;
  }
  const outcome = judgeRetrain(
    {
      trigger: run.trigger,
      drop: dropOf(spec, watched.compared?.metric ?? null),
      minLabelled: spec.labels.minLabelled,
      oldVersion: run.versionName,
      newVersion,
      newWindows: watched.newWindows,
      compared: watched.compared,
      labelledWithoutFigure: watched.outcomes !== null && watched.compared === null,
      giveUpAtMs,
    },
    nowMs,
  );
  const now = { fingerprint: watched.fingerprint, labelled: isEnough ? labelled : null };
  await saveOutcome(tx, id, outcome, newVersion, now, nowMs);
  if (outcome.outcome !== 'too_early') await tell(tx, spec, run, { outcome, newVersion, nowMs });
  return outcome;
}

interface Watched {
  readonly fingerprint: string;
  readonly newWindows: number;
  readonly outcomes: OutcomesOfBoth | null;
  readonly compared: ComparedOutcomes | null;
}

/** What there is to see of both versions since the windows that the run was asked for. */
async function watch(
  tx: Tx,
  spec: ModelSpec,
  run: FullRun,
  { windowSizeMs, windowStartMs }: RunToJudge,
  newVersion: string | null,
): Promise<Watched> {
  const nothing = { newWindows: 0, outcomes: null, compared: null };
  if (newVersion === null || newVersion === run.versionName)
    return { ...nothing, fingerprint: newVersion ?? '' };
  const { id: newId } = await announceVersion(tx, run.modelVersionId, newVersion);
  await activateVersion(tx, newId);
  const oldId = run.modelVersionId;
  const sizeMs = windowSizeMs ?? (await shortestWindows(tx, [oldId, newId]))?.sizeMs ?? null;
  if (sizeMs === null) return { ...nothing, fingerprint: newVersion };
  const asked = { oldId, newId, sizeMs, fromMs: windowStartMs ?? run.request.window?.startMs ?? 0 };
  const { fingerprint, windows } = await labelsFingerprint(tx, asked);
  const outcomes = windows === 0 ? null : await loadOutcomes(tx, spec, asked);
  const compared = outcomes === null ? null : await compare(tx, spec, run, newVersion, outcomes);
  return { fingerprint: `${newVersion} ${fingerprint}`, newWindows: windows, outcomes, compared };
}

/** Which figure decides: the one that triggers, else the usual one. Calibration and bias have no side that is better. */
function metricsOf({ task, retrain }: ModelSpec): string[] {
  const configured = retrain?.performance?.metric ?? null;
  const usual = task === 'classification' ? 'accuracy' : 'rmse';
  return configured === null || configured === 'ece' || configured === 'bias' ? [usual] : [configured, usual];
}

function dropOf({ retrain }: ModelSpec, metric: string | null): number | null {
  const rule = retrain?.performance ?? null;
  return rule !== null && rule.metric === metric ? rule.drop : null;
}

async function compare(
  db: Queryable,
  spec: ModelSpec,
  run: FullRun,
  newVersion: string,
  outcomes: OutcomesOfBoth,
): Promise<ComparedOutcomes | null> {
  const { positiveClass } = spec;
  const profile = await loadNewestBaselineProfile(db, run.modelVersionId);
  const trained = profile === null ? null : decodeReference(profile).performance;
  const { old } = outcomes;
  const beside = figures(old?.counts ?? null, outcomes.new.counts, positiveClass);
  const before = old === null ? null : figures(trained, old.counts, positiveClass);
  const onTraining = trained === null ? null : figures(null, trained, positiveClass);
  for (const metric of metricsOf(spec)) {
    const now = beside[metric];
    if (now === undefined || now.current === null) continue;
    const then = before?.[metric];
    const oldValue = then?.current ?? null;
    return {
      metric,
      basis: outcomes.basis,
      new: figureOf(newVersion, now.current, now.interval, outcomes.new),
      old:
        old === null || oldValue === null
          ? null
          : figureOf(run.versionName, oldValue, then?.interval ?? null, old),
      reference: onTraining?.[metric]?.current ?? null,
      oldAgainstReferenceP: then?.p_value ?? null,
      difference:
        now.reference === null
          ? null
          : {
              value: now.current - now.reference,
              interval: now.difference_interval ?? null,
              p_value: now.p_value,
            },
    };
  }
  return null;
}

type CountsOrNull = Parameters<typeof comparePerformance>[0];

function figures(
  before: CountsOrNull,
  now: CountsOrNull,
  positiveClass: string | null,
): Performance['metrics'] {
  const labelled = { reference: before?.n ?? 0, current: now?.n ?? 0 };
  return comparePerformance(before, now, labelled, labelled.current, true, positiveClass)?.metrics ?? {};
}

function figureOf(
  version: string,
  value: number,
  interval: PerformanceMetric['interval'],
  { labelled, windows }: VersionOutcome,
): OutcomeFigure {
  return { version, value, interval, labelled, windows };
}

const NEXT: Partial<Record<RetrainOutcomeKind, string>> = {
  not_fixed:
    'Look at what the new version was trained on: does it hold the time since the change, with mature labels and without faulty rows? The old version’s trigger may ask again after the cooldown.',
  worse: 'Go back to the old version, or keep the new one from more traffic, until it is known why.',
  undecided: 'Compare the versions by hand: `shiftwatch versions` puts them side by side.',
};

async function tell(
  tx: Tx,
  spec: ModelSpec,
  run: FullRun,
  {
    outcome,
    newVersion,
    nowMs,
  }: { readonly outcome: RetrainOutcome; readonly newVersion: string | null; readonly nowMs: number },
): Promise<void> {
  const news = runNews(run.request, {
    kind: 'retrain_outcome',
    retrain: { state: outcome.outcome, reason: outcome.reason },
    run: {
      id: run.id,
      says: outcome.summary,
      next: NEXT[outcome.outcome] ?? null,
      newVersion,
      outcome: outcome.outcome,
    },
  });
  // What the run was asked for is behind it: its figures would be read as the new version's.
  await notifyChannels(tx, spec, { ...news, performance: null, evidence: outcome.evidence }, nowMs);
}
