import { silentLog } from '../../core/log.ts';
import { INCIDENT_KINDS } from '../../core/alerts/alert.ts';
import type { NotificationKind } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { scheduleDue } from '../../decide/schedule-due.ts';
import { inTransaction } from '../../store/connection/pool.ts';
import { Rehearsal, type StoredEvaluation } from '../../store/backtest/rehearsal.ts';
import {
  countDigested,
  countRetrainRequests,
  countShown,
  countTold,
  type ToldCount,
  type ToldSpan,
} from '../../store/backtest/told-notifications.ts';
import { decideEvaluated } from '../incidents/decide-evaluated.ts';
import { ModelCatalog } from '../windows/model-catalog.ts';
import { releaseHeld } from '../messages/release-held.ts';
import { sendReminders } from '../messages/reminders.ts';
import { requestScheduledRetrains } from '../retrain/scheduled-retrains.ts';
import { digestRounds, sendDigests } from '../messages/send-digests.ts';

/** Kinds that follow from verdicts and the clock. */
export const REPLAYED_KINDS: ReadonlySet<NotificationKind> = new Set([...INCIDENT_KINDS, 'digest']);

export interface Told {
  /** Pages and digests, as they are sent. */
  readonly messages: readonly ToldCount[];
  /** Notifications that digests tell of. */
  readonly digested: readonly ToldCount[];
  readonly shown: number;
  readonly retrainRequests: number;
}

export interface ReplayOptions {
  readonly databaseUrl: string;
  /** Only those that are known to the database. */
  readonly models: readonly ModelSpec[];
  readonly span: ToldSpan;
  /** Decisions before the span are taken too, so that it begins with the incidents that were open then. */
  readonly fromMs: number;
  readonly onProgress: (evaluations: number, atMs: number) => void;
}

const PAGE = 500;
const STATEMENT_TIMEOUT_MS = 120_000;

/** Decides again on every stored evaluation, at the time at which it was made, and counts what people are told. */
export async function replayDecisions(options: ReplayOptions): Promise<Told> {
  const { databaseUrl, fromMs, span } = options;
  const connection = {
    connectionString: databaseUrl,
    applicationName: 'shiftwatch backtest',
    log: silentLog,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  const rehearsal = await Rehearsal.open(connection, fromMs);
  try {
    const catalog = await ModelCatalog.open(rehearsal.pool, options.models);
    const calendar = createCalendar(rehearsal, catalog, options);
    await calendar.begin(fromMs);
    await walk(rehearsal, catalog, options, calendar.runUntil);
    await calendar.runUntil(span.untilMs);
    return {
      messages: (await countTold(rehearsal.pool, span)).filter(({ kind }) => REPLAYED_KINDS.has(kind)),
      digested: await countDigested(rehearsal.pool, span),
      shown: await countShown(rehearsal.pool, span),
      retrainRequests: await countRetrainRequests(rehearsal.pool, span),
    };
  } finally {
    await rehearsal.close();
  }
}

async function walk(
  rehearsal: Rehearsal,
  catalog: ModelCatalog,
  { models, span, onProgress }: ReplayOptions,
  runUntil: (nowMs: number) => Promise<void>,
): Promise<void> {
  const names = models.map(({ name }) => name);
  let afterId = 0;
  let done = 0;
  for (;;) {
    const page = await rehearsal.evaluations(names, afterId, PAGE);
    for (const evaluation of page) {
      if (evaluation.atMs >= span.untilMs) continue;
      await runUntil(evaluation.atMs);
      await decide(rehearsal, catalog, evaluation);
      onProgress((done += 1), evaluation.atMs);
    }
    afterId = page.at(-1)?.id ?? afterId;
    if (page.length < PAGE) return;
  }
}

async function decide(
  rehearsal: Rehearsal,
  catalog: ModelCatalog,
  evaluation: StoredEvaluation,
): Promise<void> {
  const spec = catalog.model(evaluation.modelName)?.spec;
  // Windows of a size that this configuration does not have would not be there.
  if (spec === undefined || !seriesSizesMs(spec).includes(evaluation.sizeMs)) return;
  await inTransaction(rehearsal.pool, async (tx) => {
    const segments = await rehearsal.take(tx, evaluation, spec.segments);
    await rehearsal.endRuns(tx, evaluation.atMs);
    await decideEvaluated(tx, { ...evaluation, segments }, spec, evaluation.atMs);
  });
}

/** As series are named: windows of so many rows go by the negative of their number. */
export function seriesSizesMs({ windows }: Pick<ModelSpec, 'windows'>): number[] {
  return windows.map(({ rows, sizeMs }) => (rows === undefined ? sizeMs : -rows));
}

interface Calendar {
  begin(nowMs: number): Promise<void>;
  /** Everything that falls due up to an instant, in order, each at its time. */
  runUntil(untilMs: number): Promise<void>;
}

/** The clock of the replay: reminders, digests and scheduled retrainings happen when they fall due, not when looked at. */
function createCalendar(rehearsal: Rehearsal, catalog: ModelCatalog, options: ReplayOptions): Calendar {
  const { pool } = rehearsal;
  const { models, span } = options;
  const { timezone } = span;
  const crons = new Set([
    ...digestRounds(models).map(({ cron }) => cron),
    ...models.flatMap(({ retrain }) => (retrain?.schedule == null ? [] : [retrain.schedule])),
  ]);
  let nowMs = options.fromMs;

  const keepSchedules = async (atMs: number): Promise<void> => {
    await sendDigests({ pool, models, timezone, log: silentLog }, atMs);
    await inTransaction(pool, async (tx) => await rehearsal.endRuns(tx, atMs));
    await requestScheduledRetrains({ pool, catalog, timezone, log: silentLog }, atMs);
  };
  const nextScheduledMs = (): number => {
    const next = [...crons].flatMap((cron) => {
      const due = scheduleDue(cron, nowMs, nowMs, timezone);
      return due.ok && due.value.nextDueMs !== null ? [due.value.nextDueMs] : [];
    });
    return Math.min(Infinity, ...next);
  };
  let scheduledMs = nextScheduledMs();

  return {
    // A schedule that is seen for the first time begins then.
    begin: keepSchedules,
    async runUntil(untilMs) {
      for (;;) {
        const reminderMs = (await rehearsal.nextReminderMs()) ?? Infinity;
        const releaseMs = (await rehearsal.nextHoldEndMs(nowMs)) ?? Infinity;
        const nextMs = Math.min(reminderMs, scheduledMs, releaseMs);
        if (nextMs > untilMs) break;
        nowMs = Math.max(nowMs, nextMs);
        if (releaseMs <= nowMs) await releaseHeld(pool, catalog, silentLog, nowMs);
        if (reminderMs <= nowMs) await sendReminders(pool, catalog, nowMs);
        if (scheduledMs > nowMs) continue;
        await keepSchedules(nowMs);
        scheduledMs = nextScheduledMs();
      }
      nowMs = Math.max(nowMs, untilMs);
      // Holds of which nobody knows when they end are looked at again and again.
      await releaseHeld(pool, catalog, silentLog, nowMs);
    },
  };
}
