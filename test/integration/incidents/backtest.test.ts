import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { DEFAULT_PAGE } from '../../../src/core/alerts/consequence.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../../src/core/operational.ts';
import { replayDecisions, type Told } from '../../../src/pipeline/backtest/replay-decisions.ts';
import {
  countDigested,
  countRetrainRequests,
  countShown,
  countTold,
} from '../../../src/store/backtest/told-notifications.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { START, startToldLine, type Hour, type ToldLine } from '../told-line.ts';

const MODEL = modelSpec({
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  minRows: 100,
  multivariate: false,
  alerts: {
    forWindows: 2,
    remindEveryMs: 3 * HOUR_MS,
    channels: ['mail', 'pager'],
    page: DEFAULT_PAGE,
    digest: { cron: '0 8 * * *', channels: ['mail'] },
    noData: true,
  },
  operational: { ...DEFAULT_OPERATIONAL, limits: { error_rate: { max: 0.1 } } },
  retrain: {
    webhook: 'train',
    schedule: '0 6 * * *',
    performance: null,
    drift: ['covariate_shift'],
    cooldownMs: HOUR_MS,
  },
});
const quiet: Hour = {};
const moved: Hour = { age: 55 };
const failing: Hour = { failing: 0.5 };

/** A drift that waits for the digest, with a reminder, and its end. */
const DRIFT = [quiet, quiet, moved, moved, moved, moved, moved, moved, quiet, quiet];
/** One window of drift: nobody hears of it, unless one is enough. */
const FLICKER = [moved, quiet, quiet];
/** Errors beyond the limit, and silence: both are told at once. */
const OUTAGE = [failing, failing, quiet, quiet, null, null, null, quiet, quiet];
const RELAPSE = [moved, moved, quiet, moved, quiet, quiet, quiet];
const STORY: readonly (Hour | null)[] = [...DRIFT, ...FLICKER, ...OUTAGE, ...RELAPSE];
const SPAN = {
  sinceMs: START - DAY_MS,
  untilMs: START + 40 * HOUR_MS,
  timezone: 'Europe/Berlin',
  models: [MODEL.name],
};

describeWith(['postgres'], 'what a configuration would have sent', () => {
  test('is what was sent, when it is the configuration that was in force; and more with for: 1', async () => {
    const line = await startToldLine(MODEL, SPAN.timezone);
    await line.live(STORY);
    // Late rows turn a window clean that people were told of.
    await line.log(23, { rows: 12_000 });
    for (let hour = STORY.length + 1; hour <= 40; hour += 1) await line.at(hour);
    const sent = await toldIn(line);
    const before = await contents(line);

    const replayed = await replay(line, MODEL);
    expect(replayed).toEqual(sent);
    const kinds = [...new Set(sent.messages.map(({ kind, urgency }) => `${urgency} ${kind}`))].sort();
    expect(kinds).toEqual(['digest digest', 'page firing', 'page reminder', 'page resolved']);
    expect([...new Set(sent.digested.map(({ kind }) => kind))].sort()).toEqual([
      'corrected',
      'firing',
      'reminder',
      'resolved',
    ]);
    expect(sent.retrainRequests).toBe(1);

    const nervous = await replay(line, { ...MODEL, alerts: { ...MODEL.alerts, forWindows: 1 } });
    expect(total(nervous)).toBeGreaterThan(total(sent));
    const loud = await replay(line, { ...MODEL, alerts: { ...MODEL.alerts, page: 'all' } });
    expect(loud.digested).toEqual([]);
    const silent = await replay(line, { ...MODEL, alerts: { ...MODEL.alerts, digest: null } });
    // Where there is no digest to name both channels in, every notification is one.
    expect(silent.shown).toBe(total({ ...sent, messages: [] }));
    expect(await contents(line)).toEqual(before);
  });
});

async function replay({ url }: ToldLine, model: ModelSpec): Promise<Told> {
  return await replayDecisions({
    databaseUrl: url,
    models: [model],
    span: SPAN,
    fromMs: START,
    onProgress: () => {},
  });
}

async function toldIn({ pool }: ToldLine): Promise<Told> {
  return {
    messages: await countTold(pool, SPAN),
    digested: await countDigested(pool, SPAN),
    shown: await countShown(pool, SPAN),
    retrainRequests: await countRetrainRequests(pool, SPAN),
  };
}

function total({ messages, digested }: Told): number {
  return [...messages, ...digested].reduce((sum, each) => sum + each.messages, 0);
}

/** A backtest leaves no trace. */
async function contents({ pool }: ToldLine): Promise<unknown[]> {
  const found = await pool.query(
    `select (select count(*) from alert) as alerts, (select count(*) from alert_event) as events,
       (select count(*) from outbox) as outbox, (select count(*) from digest_entry) as entries,
       (select count(*) from retrain_run) as runs, (select sum(closed_revision) from "window") as revisions`,
  );
  return found.rows;
}
