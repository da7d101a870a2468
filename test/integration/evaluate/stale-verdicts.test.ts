/**
 * No verdict stays older than what it is of. Rows and labels commit, windows close and mature, evaluations begin, end,
 * die and are given away, in any order; once nothing is left to be done, every stored verdict says what the events do.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { Performance } from '../../../src/core/findings.ts';
import type { EvaluateMessage } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Table } from '../../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { type EvaluationInput, evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { foldCrowdedWindows } from '../../../src/pipeline/windows/fold-windows.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { finishOutbox } from '../../../src/store/outbox/outbox.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findStaleWindows } from '../../../src/store/windows/windows.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const START = Date.UTC(2026, 2, 1);
const NOW = START + 30 * DAY_MS;
const HOURS = 4;
const FOREVER = { graceMs: 0, acceptLateMs: 3_650 * DAY_MS };
/** Of rows; an hour holds that many alone, or two do. */
const COUNTED = 12;
const SPEC = modelSpec({
  segments: ['country'],
  windows: [
    { sizeMs: HOUR_MS, ...FOREVER },
    { sizeMs: 2 * HOUR_MS, ...FOREVER },
    { sizeMs: HOUR_MS, rows: COUNTED, ...FOREVER },
  ],
  minRows: 1,
  labels: { horizonMs: 3_650 * DAY_MS, matureAfterMs: 2 * HOUR_MS, minLabelled: 1 },
});

interface Row {
  readonly id: string;
  readonly atMs: number;
  readonly approve: boolean;
  /** Of the newest label; null: none has come. */
  label: boolean | null;
}

describeWith(['postgres'], 'verdicts and what they are of', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('stale-verdicts');
    pool = createPool({ connectionString: url, max: 12, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  it('labels that commit between the two evaluations of a window are in both verdicts', async () => {
    const line = await Line.open(pool, 'between');
    await line.send(0, 10);
    await line.label(0, 6);
    await line.passTo(5);
    await line.sweep();
    // Both are due at once, and the queue gives out the matured one first.
    await line.evaluateNow('matured');
    await line.label(0, 10);
    await line.evaluateNow('closed');
    await line.settle();
    await line.expectFresh();
  });

  it('nor are they missed where both are made again', async () => {
    const line = await Line.open(pool, 'while');
    await line.send(0, 10);
    await line.label(0, 6);
    await line.passTo(5);
    await line.settle();
    await line.label(0, 8);
    await line.hourPasses();
    await line.sweep();
    // Asked for again, and again the matured one comes first.
    await line.evaluateNow('matured');
    await line.label(0, 10);
    await line.evaluateNow('closed');
    await line.settle();
    await line.expectFresh();
  });

  it('an evaluation that saw less does not replace one that saw more', async () => {
    const line = await Line.open(pool, 'overtaken');
    await line.send(0, 10);
    await line.passTo(5);
    await line.sweep();
    await line.begin((job) => job.series === 'closed' && job.rows === 10);
    await line.label(0, 10);
    // Given to another process, which is quicker.
    await line.begin((job) => job.series === 'closed' && job.rows === 10);
    await line.finish(1);
    const newer = await line.newest(HOUR_MS, 0, 'closed');
    expect(newer?.performance?.labelled.current).toBe(10);
    await line.finish(0);
    expect((await line.newest(HOUR_MS, 0, 'closed'))?.performance?.labelled.current).toBe(10);
    await line.settle();
    await line.expectFresh();
  });

  const step = fc.record({
    what: fc.constantFrom(
      'send',
      'label',
      'label',
      'pass',
      'sweep',
      'sweep',
      'begin',
      'begin',
      'begin',
      'finish',
      'finish',
      'die',
      'hour',
      'fold',
      'look',
    ),
    hour: fc.nat(HOURS - 1),
    amount: fc.integer({ min: 1, max: 12 }),
  });
  let runs = 0;

  it(
    'whatever happens in whatever order, no stored verdict is older than its parts',
    { timeout: 600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
          runs += 1;
          const line = await Line.open(pool, `v${runs}`);
          for (const { what, hour, amount } of steps) {
            if (what === 'send') await line.send(hour, amount);
            if (what === 'label') await line.label(hour, amount);
            if (what === 'pass') await line.passTo(hour + 2);
            if (what === 'sweep') await line.sweep();
            if (what === 'begin') await line.begin((_job, n, of) => n === amount % of);
            if (what === 'finish') await line.finish(amount);
            if (what === 'die') await line.die(amount);
            if (what === 'hour') await line.hourPasses();
            if (what === 'fold') await foldCrowdedWindows(pool, line.catalog, silentLog);
            if (what === 'look') expect(await line.look()).toBe(0);
          }
          for (const hour of [0, 1, 2, 3]) if (hour % 2 === runs % 2) await line.send(hour, 5);
          await line.passTo(HOURS + 4);
          await line.finishAll();
          await line.settle();
          await line.expectFresh();
          expect(await line.look()).toBe(0);
        }),
        { numRuns: 12, seed: 20_261_126, endOnFailure: true },
      );
    },
  );
});

interface Job extends EvaluateMessage {
  readonly outboxId: string;
  readonly rows: number;
}

interface Running {
  readonly outboxId: string;
  readonly release: (error?: Error) => void;
  readonly ended: Promise<void>;
}

/** One version of a model on its way through the line; evaluations are held between reading and writing. */
class Line {
  readonly catalog: ModelCatalog;
  readonly #pool: Pool;
  readonly #version: string;
  readonly #accept: ReturnType<typeof createAcceptEvents>;
  readonly #rows: Row[] = [];
  readonly #running: Running[] = [];
  readonly #random = createRandom(7);
  #labelMs = START;

  private constructor(pool: Pool, catalog: ModelCatalog, version: string) {
    this.#pool = pool;
    this.catalog = catalog;
    this.#version = version;
    this.#accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: HOUR_MS,
    });
  }

  /** Each with a model of its own: time is a model's. */
  static async open(pool: Pool, version: string): Promise<Line> {
    const spec = { ...SPEC, name: `model-${version}` };
    await storeBaseline(pool, spec, version, training(), {});
    return new Line(pool, await ModelCatalog.open(pool, [spec]), version);
  }

  async send(hour: number, count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, n): Row => {
      const id = `${this.#version}-${this.#rows.length + n}`;
      const atMs = START + hour * HOUR_MS + Math.floor(this.#random() * HOUR_MS);
      return { id, atMs, approve: this.#random() < 0.5, label: null };
    });
    this.#rows.push(...rows);
    await this.#post(rows.map((row) => this.#prediction(row, this.#version)));
  }

  /** The first so many rows of an hour get a label, or another one. */
  async label(hour: number, count: number): Promise<void> {
    const from = START + hour * HOUR_MS;
    const rows = this.#rows.filter(({ atMs }) => atMs >= from && atMs < from + HOUR_MS).slice(0, count);
    if (rows.length === 0) return;
    this.#labelMs += MINUTE_MS;
    for (const row of rows) row.label = this.#random() < 0.5;
    await this.#post(
      rows.map(({ id, label }) => ({
        type: 'label',
        model: this.#model,
        prediction_id: id,
        timestamp: this.#labelMs,
        label: label === true ? 'approve' : 'deny',
      })),
    );
    const { catalog } = this;
    const sweep = { pool: this.#pool, catalog, reevaluateAfterMs: HOUR_MS, log: silentLog };
    while ((await sweepLabels(sweep)).taken > 0);
  }

  /** A row of another version says that time has come so far. */
  async passTo(hour: number): Promise<void> {
    const row = { id: `clock-${this.#version}-${hour}`, atMs: START + hour * HOUR_MS, approve: true };
    await this.#post([this.#prediction({ ...row, label: null }, 'clock')]);
  }

  async sweep(): Promise<void> {
    const { catalog } = this;
    await sweepWindows({ pool: this.#pool, catalog, logSources: [], idleAfterMs: 3_650 * DAY_MS });
  }

  /** An hour passes on the wall. */
  async hourPasses(): Promise<void> {
    await this.#pool.query(
      `update "window" set evaluation_due_at = now() where evaluation_due_at is not null
         and model_version_id = (select id from model_version where name = $1)`,
      [this.#version],
    );
  }

  /** Looks for windows whose verdicts are older than their parts. */
  async look(): Promise<number> {
    let found = 0;
    for (let afterId = 0; ;) {
      const page = await findStaleWindows(this.#pool, afterId, 3);
      found += page.found;
      if (page.lastId === null) return found;
      afterId = page.lastId;
    }
  }

  async jobs(): Promise<Job[]> {
    const found = await this.#pool.query<{ id: string; payload: EvaluateMessage; rows: number }>(
      `select o.id::text, o.payload, (
         select coalesce(sum(rows), 0)::int from window_content c
         where c.whole_id = w.id and c.segment = '' and c.kind = 'input' and w.size_ms = $2
       ) as rows
       from outbox o join "window" w on w.id = (o.payload->>'windowId')::bigint
       join model_version v on v.id = w.model_version_id
       join model m on m.id = v.model_id
       where o.kind = 'evaluate' and o.done_at is null and m.name = $1 order by o.id`,
      [this.#model, HOUR_MS],
    );
    return found.rows.map(({ id, payload, rows }) => ({ ...payload, outboxId: id, rows }));
  }

  /** One job is taken and has read what there is. One that another process has may be given out again. */
  async begin(which: (job: Job, n: number, of: number) => boolean): Promise<void> {
    const jobs = await this.jobs();
    const job = jobs.find((each, n) => which(each, n, jobs.length));
    if (job === undefined) return;
    const gate = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    const ended = this.#evaluate(job, async (input) => {
      read.resolve();
      await gate.promise;
      return evaluateWindow(input);
    });
    this.#running.push({
      outboxId: job.outboxId,
      release: (error) => (error === undefined ? gate.resolve() : gate.reject(error)),
      ended,
    });
    await Promise.race([read.promise, ended]);
  }

  /** A series of the first hour, whoever asked for it and when. */
  async evaluateNow(series: EvaluateMessage['series']): Promise<void> {
    const window = (await this.#windows()).find(({ size_ms: size }) => size === HOUR_MS);
    const options = { pool: this.#pool, catalog: this.catalog, clock: { nowMs: () => NOW }, log: silentLog };
    const message = { kind: 'evaluate' as const, windowId: String(window?.id), series };
    await evaluate({ ...options, compute: async (input) => evaluateWindow(input) }, message);
  }

  async finish(nth: number): Promise<void> {
    const [running] = this.#running.splice(nth % Math.max(1, this.#running.length), 1);
    running?.release();
    await running?.ended;
  }

  /** The process that evaluates ends; its job is still to be done. */
  async die(nth: number): Promise<void> {
    const [running] = this.#running.splice(nth % Math.max(1, this.#running.length), 1);
    running?.release(new Killed());
    await running?.ended;
  }

  async finishAll(): Promise<void> {
    while (this.#running.length > 0) await this.finish(0);
  }

  /** Hours pass, and all that is asked for is done, until nothing is asked for any more. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 50; turns += 1) {
      await this.hourPasses();
      await this.sweep();
      const jobs = await this.jobs();
      if (jobs.length === 0) return;
      for (const job of jobs) await this.#evaluate(job, async (input) => evaluateWindow(input));
    }
    throw new Error('evaluations follow from evaluations without an end');
  }

  async newest(sizeMs: number, hour: number, series: EvaluateMessage['series']) {
    const windows = await this.#windows();
    const window = windows.find(
      ({ size_ms, start_at }) => size_ms === sizeMs && start_at.getTime() === START + hour * HOUR_MS,
    );
    return window === undefined ? null : await this.#verdict(window.id, series, '');
  }

  /** Every verdict of every window says what was sent. */
  async expectFresh(): Promise<void> {
    const windows = await this.#windows();
    expect(windows.length).toBeGreaterThan(0);
    for (const window of windows) {
      const rows = this.#rows.filter(
        ({ atMs }) => atMs >= window.start_at.getTime() && atMs < window.end_at.getTime(),
      );
      const about = { size: window.size_ms, hour: (window.start_at.getTime() - START) / HOUR_MS };
      const estimates = [];
      for (const series of ['closed', 'matured'] as const) {
        if (series === 'matured' && window.state !== 'matured') continue;
        for (const [segment, of] of [['', rows] as const, [`country=DE`, rows.filter(isGerman)] as const]) {
          const verdict = await this.#verdict(window.id, series, segment);
          if (verdict === null && of.length === 0) continue;
          const labelled = of.filter(({ label }) => label !== null);
          const right = labelled.filter(({ approve, label }) => approve === label).length;
          expect({ ...about, series, segment, ...said(verdict) }).toEqual({
            ...about,
            series,
            segment,
            rows: of.length,
            labelled: labelled.length,
            right,
          });
          // A matured verdict without labels has nothing to hold against what was expected of them.
          if (segment === '' && labelled.length > 0) {
            estimates.push(verdict?.performance?.estimated?.['accuracy']?.rows ?? null);
          }
        }
      }
      // What labels say is held against what the closed verdict expected of them.
      const [closed, matured] = estimates;
      if (matured !== undefined) expect({ ...about, matured }).toEqual({ ...about, matured: closed });
    }
  }

  get #model(): string {
    return `model-${this.#version}`;
  }

  async #post(events: readonly object[]): Promise<void> {
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await this.#accept({ body, idempotencyKey: null, receivedAtMs: NOW });
    expect(answer).toMatchObject({ ok: true, value: { late: 0, dead_letters: [] } });
  }

  #prediction(row: Row, version: string): object {
    return {
      type: 'prediction',
      model: this.#model,
      model_version: version,
      prediction_id: row.id,
      timestamp: row.atMs,
      features: { x: row.atMs % 10, country: isGerman(row) ? 'DE' : 'FR' },
      prediction: row.approve ? 'approve' : 'deny',
      score: row.approve ? 0.7 : 0.3,
    };
  }

  async #evaluate(
    job: Job,
    compute: (input: EvaluationInput) => ReturnType<Parameters<typeof evaluate>[0]['compute']>,
  ) {
    const clock = { nowMs: () => NOW };
    try {
      const options = { pool: this.#pool, catalog: this.catalog, compute, clock, log: silentLog };
      await evaluate(options, { kind: 'evaluate', windowId: job.windowId, series: job.series });
    } catch (error) {
      if (error instanceof Killed) return;
      throw error;
    }
    await finishOutbox(this.#pool, job.outboxId, 'evaluated', NOW);
  }

  async #windows() {
    const found = await this.#pool.query<{
      id: number;
      size_ms: number;
      start_at: Date;
      end_at: Date;
      state: string;
    }>(
      `select w.id, w.size_ms, w.start_at, w.end_at, w.state from "window" w
       join model_version v on v.id = w.model_version_id
       where v.name = $1 and w.state <> 'open' and not w.pane_only order by w.id`,
      [this.#version],
    );
    return found.rows;
  }

  async #verdict(windowId: number, series: EvaluateMessage['series'], segment: string) {
    const found = await this.#pool.query<{ rows: number; performance: Performance | null }>(
      `select rows, performance from verdict where window_id = $1 and series = $2 and segment = $3
       order by revision desc, id desc limit 1`,
      [windowId, series, segment],
    );
    return found.rows[0] ?? null;
  }
}

class Killed extends Error {}

function said(verdict: { rows: number; performance: Performance | null } | null) {
  const labelled = verdict?.performance?.labelled.current ?? 0;
  const accuracy = verdict?.performance?.metrics['accuracy']?.current ?? 0;
  return { rows: verdict?.rows ?? 0, labelled, right: Math.round(accuracy * labelled) };
}

function isGerman({ atMs }: Pick<Row, 'atMs'>): boolean {
  return atMs % 3 === 0;
}

function training(): Table {
  const rows = 100;
  const codes = Int32Array.from({ length: rows }, (_, n) => n % 2);
  const classes = { kind: 'categorical' as const, codes, invalid: 0 };
  const x = Float64Array.from({ length: rows }, (_, n) => n % 10);
  const score = Float64Array.from({ length: rows }, (_, n) => (n % 2 === 0 ? 0.7 : 0.3));
  return {
    rows,
    features: [
      { name: 'country', levels: ['DE', 'FR'], ...classes },
      { name: 'x', kind: 'numeric', values: x, invalid: 0 },
    ],
    prediction: { name: 'prediction', levels: ['approve', 'deny'], ...classes },
    score: { name: 'score', kind: 'numeric', values: score, invalid: 0 },
    label: { name: 'label', levels: ['approve', 'deny'], ...classes },
    timestampMs: null,
    predictionId: null,
  };
}
