import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { noProgress } from '../../../src/core/progress.ts';
import type { Table } from '../../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import {
  recompute,
  type Recomputation,
  type RecomputeQuery,
} from '../../../src/pipeline/recompute/recompute.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRandom, type Random } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { versionsOf } from '../../../src/store/read-models/labelled-data.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

export const START = Date.UTC(2026, 2, 2);
const TRAINING_ROWS = 6_000;
const TRAINED_AN_HOUR = 200;
const HOLDOUT_SHARE = 0.1;

export function watchedModel(overrides: Partial<ModelSpec> = {}): ModelSpec {
  return modelSpec({
    name: 'loans',
    segments: ['site'],
    groups: ['site'],
    windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
    labels: { horizonMs: 3_650 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 20 },
    minRows: 50,
    alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['team'] },
    ...overrides,
  });
}

interface Drawn {
  readonly age: number;
  readonly site: string;
  readonly score: number;
  readonly label: string;
}

/** How an hour is other than training. */
export interface Unlike {
  /** Ages are logged in other units. */
  readonly ageTimes?: number;
  /** Share of the rows whose label is `approve`, each class being as it was. */
  readonly approved?: number;
}

function draw(random: Random, mean: number): Drawn {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const age = Math.round((mean + 10 * normal) * 100) / 100;
  const score = 1 / (1 + Math.exp((40 - age) / 10));
  return {
    age,
    score,
    site: `site-${Math.floor(random() * 2)}`,
    label: random() < score ? 'approve' : 'deny',
  };
}

/** What a model was trained on, whose people are so old. */
export function training(mean: number): Table {
  const random = createRandom(3);
  const rows = Array.from({ length: TRAINING_ROWS }, () => draw(random, mean));
  return tableOf(
    [
      numericColumn(
        'age',
        rows.map(({ age }) => age),
      ),
      levelColumn(
        'site',
        rows.map(({ site }) => site),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        rows.map(({ score }) => (score > 0.5 ? 'approve' : 'deny')),
      ),
      score: numericColumn(
        'score',
        rows.map(({ score }) => score),
      ),
      label: levelColumn(
        'label',
        rows.map(({ label }) => label),
      ),
      timestampMs: Float64Array.from(
        rows,
        (_, n) => START - 30 * DAY_MS + Math.floor((n * HOUR_MS) / TRAINED_AN_HOUR),
      ),
    },
  );
}

/** A model that is logged, labelled an hour later, and judged, on a clock by hand. */
export class WatchedLoans {
  readonly pool: Pool;
  readonly url: string;
  readonly #spec: ModelSpec;
  readonly #catalog: ModelCatalog;
  readonly #accept: ReturnType<typeof createAcceptEvents>;
  readonly #random = createRandom(11);
  #next = 0;

  private constructor(pool: Pool, url: string, spec: ModelSpec, catalog: ModelCatalog) {
    this.pool = pool;
    this.url = url;
    this.#spec = spec;
    this.#catalog = catalog;
    this.#accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
  }

  static async open(spec: ModelSpec, trainedOn: number): Promise<WatchedLoans> {
    const { url } = await createDatabase('recompute');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await storeBaseline(pool, spec, '1', training(trainedOn), { file: 'training.csv' });
    return new WatchedLoans(pool, url, spec, await ModelCatalog.open(pool, [spec]));
  }

  async trainedOn(mean: number): Promise<void> {
    await storeBaseline(this.pool, this.#spec, '1', training(mean), { file: 'other.csv' });
  }

  /** An hour of people so old, with their labels, and what is due after it. */
  async hour(hour: number, mean: number, rows = 200, unlike: Unlike = {}): Promise<void> {
    await this.log(hour, mean, rows, unlike);
    await this.due(hour + 2);
  }

  async log(hour: number, mean: number, rows = 200, { ageTimes = 1, approved }: Unlike = {}): Promise<void> {
    const predictions: object[] = [];
    const labels: object[] = [];
    for (let n = 0; n < rows; n += 1) {
      const wanted = approved === undefined ? null : this.#random() < approved ? 'approve' : 'deny';
      let drawn = draw(this.#random, mean);
      while (wanted !== null && drawn.label !== wanted) drawn = draw(this.#random, mean);
      const { site, score, label } = drawn;
      const age = drawn.age * ageTimes;
      const named = { model: this.#spec.name, prediction_id: `p${(this.#next += 1)}` };
      const timestamp = START + hour * HOUR_MS + Math.floor((n * HOUR_MS) / rows);
      predictions.push({
        type: 'prediction',
        ...named,
        model_version: '1',
        timestamp,
        features: { age, site, unknown: n },
        prediction: score > 0.5 ? 'approve' : 'deny',
        score,
        latency_ms: 5 + (n % 7),
        holdout: this.#random() < HOLDOUT_SHARE,
        error: n % 50 === 0 ? 'timeout' : null,
      });
      labels.push({ type: 'label', ...named, timestamp: timestamp + HOUR_MS, label });
    }
    await this.#post(predictions, hour);
    await this.#post(labels, hour);
  }

  async #post(events: readonly object[], hour: number): Promise<void> {
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const receivedAtMs = START + (hour + 3) * HOUR_MS;
    const answer = await this.#accept({ body, idempotencyKey: null, receivedAtMs });
    if (!answer.ok || answer.value.dead_letters.length > 0) throw new Error(JSON.stringify(answer));
  }

  async due(hour: number): Promise<void> {
    await evaluateDue({ pool: this.pool, catalog: this.#catalog }, START + hour * HOUR_MS + MINUTE_MS);
  }

  /** By a process of its own, as the command does it. */
  async recompute(query: Partial<RecomputeQuery> = {}, spec = this.#spec): Promise<Recomputation> {
    const { pool } = this;
    const known = (await versionsOf(pool, spec.name, null))!;
    const model = { id: known.modelId, spec };
    const catalog = await ModelCatalog.ofKnown(pool, [model]);
    const clock = { nowMs: () => START + 30 * DAY_MS };
    return await recompute(
      {
        pool,
        catalog,
        evaluator: { pool, catalog, compute: async (input) => evaluateWindow(input), clock, log: silentLog },
        progress: noProgress,
      },
      {
        model,
        versionIds: [...known.versions.keys()],
        fromMs: null,
        toMs: null,
        keepsBaseline: false,
        note: 'the wrong file',
        notifies: false,
        isDry: false,
        ...query,
      },
    );
  }

  /** What every window says by now, and rests on. */
  async said(): Promise<unknown[]> {
    const found = await this.pool.query(
      `select w.size_ms::float8 as size, w.start_at, v.series, v.segment, v.verdict, v.types, v.confidence, v.summary, v.rows,
         v.diagnosis - 'time_pattern' as diagnosis, v.performance - 'maturity' as performance, v.operational,
         (select jsonb_agg(to_jsonb(m) - 'window_id' - 'revision' order by m.subject, m.name) from measurement m
          where m.window_id = w.id and m.series = v.series and m.segment = v.segment) as measured
       from "window" w join verdict v on v.window_id = w.id
       where v.revision = (select max(l.revision) from verdict l where l.window_id = v.window_id and l.series = v.series and l.segment = v.segment)
       order by w.size_ms, w.start_at, v.series, v.segment`,
    );
    // Sums of numbers that were added in another order differ in their last bits.
    return JSON.parse(JSON.stringify(found.rows), (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(11)) : value,
    ) as unknown[];
  }

  async kinds(): Promise<string[]> {
    const found = await this.pool.query<{ kind: string }>(
      `select payload->'notification'->>'kind' as kind from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ kind }) => kind);
  }

  async incidents(): Promise<string[]> {
    const found = await this.pool.query<{ story: string }>(
      `select a.state || ': ' || (select string_agg(e.kind || ' ' || e.reason, ', ' order by e.id) from alert_event e
         where e.alert_id = a.id and e.kind in ('firing', 'resolved', 'withdrawn', 'corrected', 'not_told')) as story
       from alert a where a.segment = '' and a.fired_at is not null order by a.id`,
    );
    return found.rows.map(({ story }) => story);
  }
}
