import { createAcceptEvents } from '../../src/pipeline/intake/accept-events.ts';
import { storeBaseline } from '../../src/cli/baseline/create-baseline.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ModelSpec } from '../../src/core/model.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { evaluateWindow } from '../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../src/pipeline.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { sendReminders } from '../../src/pipeline/messages/reminders.ts';
import { sendDigests } from '../../src/pipeline/messages/send-digests.ts';
import { sweepWindows } from '../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../src/window/segments.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { numericColumn, tableOf } from '../stats/profile/rows.ts';

/** A Monday. */
export const START = Date.UTC(2026, 2, 2);

export interface Hour {
  readonly rows?: number;
  /** Mean age; in training it is 40. */
  readonly age?: number;
  /** Share of the predictions that fail. */
  readonly failing?: number;
}

/** From logged predictions to what people are told, as the service does it, on a clock of its own. */
export interface ToldLine {
  readonly pool: Pool;
  readonly url: string;
  /** Logs what comes in an hour after the start; null: nothing. */
  log(hour: number, what: Hour | null): Promise<void>;
  /** Lets the clock be this many hours after the start: what is due is done. */
  at(hour: number): Promise<void>;
  /** Hour after hour, each looked at when it is over. */
  live(hours: readonly (Hour | null)[]): Promise<void>;
  /** As after a restart with another configuration of the model. */
  reconfigure(spec: ModelSpec): Promise<void>;
}

export async function startToldLine(model: ModelSpec, timezone: string): Promise<ToldLine> {
  const { url } = await createDatabase('told');
  const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  const random = createRandom(7);
  const ages = (count: number, mean: number): number[] =>
    Array.from({ length: count }, () => mean + 10 * gaussian(random));
  await storeBaseline(pool, model, '1', tableOf([numericColumn('age', ages(2_000, 40))]), {
    file: 'training.csv',
  });
  let current = model;
  let catalog = await ModelCatalog.open(pool, [model]);
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 0,
  });
  let next = 0;

  const log: ToldLine['log'] = async (hour, what) => {
    if (what === null) return;
    const { rows = 300, age = 40, failing = 0 } = what;
    const events = ages(rows, age).map((value, row) => ({
      type: 'prediction',
      model: model.name,
      model_version: '1',
      prediction_id: `p${(next += 1)}`,
      timestamp: new Date(START + hour * HOUR_MS + Math.floor((row * HOUR_MS) / rows)).toISOString(),
      features: { age: value },
      prediction: 'approve',
      error: row < failing * rows ? 'timeout' : null,
    }));
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: START + (hour + 1) * HOUR_MS });
    if (!answer.ok || answer.value.accepted !== rows) throw new Error(JSON.stringify(answer));
  };

  const at: ToldLine['at'] = async (hour) => {
    const nowMs = START + hour * HOUR_MS;
    await sendReminders(pool, catalog, nowMs);
    await sendDigests({ pool, models: [current], timezone, log: silentLog }, nowMs);
    await pool.query(`update source_position set progressed_at = '2000-01-01'`);
    await pool.query(`update watermark set seen_at = max_event_at`);
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    for (;;) {
      const idleAfterMs = Date.now() - (nowMs + 5 * MINUTE_MS);
      await sweepWindows({ pool, catalog, logSources: [], idleAfterMs });
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `with due as (update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning id, payload)
         select payload from due order by id`,
      );
      if (due.rows.length === 0) return;
      const clock = { nowMs: () => nowMs };
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock, log: silentLog }, payload);
      }
    }
  };

  return {
    pool,
    url,
    log,
    at,
    async reconfigure(spec) {
      current = spec;
      catalog = await ModelCatalog.open(pool, [spec]);
    },
    async live(hours) {
      // What is told at set times begins when the service does.
      await at(0);
      for (const [hour, what] of hours.entries()) {
        await log(hour, what);
        await at(hour + 1);
      }
    },
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
