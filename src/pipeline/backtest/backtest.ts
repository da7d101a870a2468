import { isDeepStrictEqual } from 'node:util';
import { DAY_MS } from '../../core/clock.ts';
import type { ModelSpec } from '../../core/model.ts';
import { plainJson } from '../../core/plain-json.ts';
import { storedHistory } from '../../store/backtest/facts.ts';
import type { Pool } from '../../store/connection/pool.ts';
import {
  countDigested,
  countRetrainRequests,
  countShown,
  countTold,
  type ToldSpan,
} from '../../store/backtest/told-notifications.ts';
import { notReplayable } from './not-replayable.ts';
import { REPLAYED_KINDS, replayDecisions, type Told } from './replay-decisions.ts';

export interface BacktestOptions {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly models: readonly ModelSpec[];
  readonly timezone: string;
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly onProgress: (run: string, evaluations: number, share: number) => void;
}

export interface Backtest {
  readonly span: ToldSpan;
  /** Under the configuration at hand. */
  readonly given: Told;
  /** Under the one that the service runs with. */
  readonly running: Told;
  /** Under the one at hand, had one window been enough. */
  readonly impatient: Told;
  /** What was really decided. */
  readonly sent: Told;
  /** What cannot be told, and why; one sentence each. */
  readonly warnings: readonly string[];
}

/** What is told depends on incidents that were open before: those that began earlier than this are seen late. */
const WARM_UP_MS = 7 * DAY_MS;

/** What people would have been told since an instant under another configuration. Writes nothing. */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { pool, models, timezone, sinceMs, nowMs } = options;
  const history = await storedHistory(
    pool,
    models.map(({ name }) => name),
  );
  const known = new Map(history.map((each) => [each.model, each]));
  const given = models.filter(({ name }) => known.has(name));
  const running = given.flatMap(({ name }) => known.get(name)?.spec ?? []);
  const impatient = given.map((spec) => ({ ...spec, alerts: { ...spec.alerts, forWindows: 1 } }));
  const span = { sinceMs, untilMs: nowMs, timezone, models: given.map(({ name }) => name) };

  const done: { readonly specs: readonly ModelSpec[]; readonly told: Told }[] = [];
  const replay = async (run: string, specs: readonly ModelSpec[]): Promise<Told> => {
    const same = done.find((each) => isDeepStrictEqual(plain(each.specs), plain(specs)));
    if (same !== undefined) return same.told;
    const fromMs = sinceMs - WARM_UP_MS - longestIncidentMs(specs);
    const told = await replayDecisions({
      databaseUrl: options.databaseUrl,
      models: specs,
      span,
      fromMs,
      onProgress: (count, atMs) => options.onProgress(run, count, (atMs - fromMs) / (nowMs - fromMs)),
    });
    done.push({ specs, told });
    return told;
  };

  const sent = {
    messages: await countTold(pool, span),
    digested: await countDigested(pool, span),
    shown: await countShown(pool, span),
    retrainRequests: await countRetrainRequests(pool, span),
  };
  return {
    span,
    given: await replay('this configuration', given),
    running: await replay('the running one', running),
    impatient: await replay('for: 1', impatient),
    sent: { ...sent, messages: sent.messages.filter(({ kind }) => REPLAYED_KINDS.has(kind)) },
    warnings: notReplayable(models, history, span, sent.messages),
  };
}

/** As it is stored: what is absent and what is undefined are one. */
function plain(specs: readonly ModelSpec[]): unknown {
  return JSON.parse(plainJson(specs));
}

/** How long windows may be on their way to an alert. */
function longestIncidentMs(specs: readonly ModelSpec[]): number {
  return Math.max(
    0,
    ...specs.flatMap(({ windows, alerts }) => windows.map(({ sizeMs }) => sizeMs * alerts.forWindows * 2)),
  );
}
