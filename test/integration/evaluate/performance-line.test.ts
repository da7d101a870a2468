import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { EvaluationSeries } from '../../../src/core/evaluation-series.ts';
import type { Performance } from '../../../src/core/findings.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { classificationFigures } from '../../../src/stats/performance/classification-figures.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import { classificationSample } from '../../../src/stats/performance/sample-of-table.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

const START = Date.UTC(2026, 2, 1, 12);
const TIMES = {
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
} as const;

/** Everything from an accepted event to a stored verdict, as the service does it, step by step. */
class Line {
  private readonly pool: Pool;
  private readonly catalog: ModelCatalog;
  private readonly accept: ReturnType<typeof createAcceptEvents>;

  private constructor(pool: Pool, catalog: ModelCatalog) {
    this.pool = pool;
    this.catalog = catalog;
    this.accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
  }

  static async open(pool: Pool, model: ModelSpec, training: Table): Promise<Line> {
    await storeBaseline(pool, model, '1', training, { file: 'training.csv' });
    return new Line(pool, await ModelCatalog.open(pool, [model]));
  }

  async take(events: readonly object[]): Promise<void> {
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await this.accept({ body, idempotencyKey: null, receivedAtMs: START + DAY_MS });
    expect(answer).toMatchObject({ ok: true, value: { accepted: events.length, dead_letters: [] } });
  }

  async joinLabels(): Promise<void> {
    const { pool, catalog } = this;
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
  }

  /** Closes what is due and evaluates it, in one series only. */
  async evaluate(series: EvaluationSeries): Promise<void> {
    const { pool, catalog } = this;
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const windows = await pool.query<{ id: string }>(
      `select w.id::text from "window" w join model_version v on v.id = w.model_version_id
       join model m on m.id = v.model_id where m.name = any($1)`,
      [catalog.models.map(({ spec }) => spec.name)],
    );
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    for (const { id } of windows.rows) {
      await evaluate(
        { pool, catalog, compute, clock: { nowMs: () => START }, log: silentLog },
        { kind: 'evaluate', windowId: id, series },
      );
    }
  }

  async performance(series: EvaluationSeries, segment = ''): Promise<Performance> {
    const found = await this.pool.query<{ performance: Performance }>(
      `select d.performance from verdict d join "window" w on w.id = d.window_id
       join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where m.name = any($1) and d.series = $2 and d.segment = $3 order by d.revision desc limit 1`,
      [this.catalog.models.map(({ spec }) => spec.name), series, segment],
    );
    const performance = found.rows[0]?.performance;
    if (performance === undefined) throw new Error(`no ${series} verdict`);
    return performance;
  }

  async verdict(series: EvaluationSeries): Promise<string> {
    const found = await this.pool.query<{ verdict: string }>(
      `select d.verdict from verdict d join "window" w on w.id = d.window_id
       join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where m.name = any($1) and d.series = $2 and d.segment = '' order by d.revision desc limit 1`,
      [this.catalog.models.map(({ spec }) => spec.name), series],
    );
    return found.rows[0]?.verdict ?? 'not judged';
  }

  async storedPredictions(): Promise<{ rows: number; classes: string[] } | undefined> {
    const found = await this.pool.query<{ rows: number; classes: string[] }>(
      `select count(*)::int as rows, array_agg(distinct class order by class) as classes
       from prediction p join model m on m.id = p.model_id where m.name = any($1)`,
      [this.catalog.models.map(({ spec }) => spec.name)],
    );
    return found.rows[0];
  }

  async segments(): Promise<string[]> {
    const found = await this.pool.query<{ segment: string }>(
      `select distinct d.segment from verdict d join "window" w on w.id = d.window_id
       join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where m.name = any($1) order by 1`,
      [this.catalog.models.map(({ spec }) => spec.name)],
    );
    return found.rows.map(({ segment }) => segment);
  }
}

describeWith(['postgres'], 'performance through the service', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('performance');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('of a binary model: estimated first, then measured, on the hold-out, by group, and revised', async () => {
    const model = modelSpec({
      name: 'retention',
      positiveClass: 'leaves',
      segments: ['country'],
      groups: ['sex'],
      ...TIMES,
    });
    const line = await Line.open(pool, model, customersAsTable(customers(4_000, 1)));
    const rows = customers(3_000, 2);
    // In so many parts that the first evaluation folds them.
    for (const part of partsOf(rows, 10)) await line.take(part.map(asPrediction));
    await line.evaluate('closed');

    const expected = await line.performance('closed');
    expect(expected.metrics).toEqual({});
    // Of all rows, not of the 2,000 sampled.
    expect(expected.estimated?.['accuracy']).toMatchObject({ method: 'cbpe', valid: true, rows: 3_000 });
    expect(expected.estimated_labels?.map(({ method }) => method)).toEqual(['bbse', 'em']);
    const selection = expected.groups?.find(({ group }) => group === 'f')?.rates;
    const women = rows.filter(({ sex }) => sex === 'f');
    expect(selection?.selection_rate?.value).toBeCloseTo(shareOf(women, isSelected), 12);
    expect(Object.keys(selection ?? {})).toEqual(['selection_rate']);

    // Whom the model pointed out got a call, and half of them stayed; of the hold-out nobody was called.
    const called = (row: Customer, at: number): boolean =>
      !row.holdout && row.prediction === 'leaves' && at % 2 === 0;
    const labels = rows.map((row, at) => asLabel(row, called(row, at) ? 'stays' : row.truth));
    for (const part of partsOf(labels, 3)) {
      await line.take(part);
      await line.joinLabels();
    }
    await line.evaluate('matured');
    // The others' labels alone would look like another concept.
    expect(await line.verdict('matured')).toBe('none');

    const held = rows.filter(({ holdout }) => holdout);
    const right = (row: Customer): boolean => row.prediction === row.truth;
    const matured = await line.performance('matured');
    expect(matured.labelled).toEqual({ reference: 4_000, current: held.length, share: 1 });
    expect(matured.metrics['accuracy']?.current).toBeCloseTo(shareOf(held, right), 12);
    expect(matured.holdout?.labelled).toEqual({
      holdout: held.length,
      influenced: rows.length - held.length,
    });
    expect(matured.holdout?.metrics['accuracy']?.influenced).toBeLessThan(
      matured.metrics['accuracy']?.current ?? 0,
    );
    expect(matured.holdout?.metrics['accuracy']?.p_value).toBeLessThan(1e-6);
    for (const name of ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'ece', 'precision', 'recall', 'f1']) {
      expect(matured.metrics[name]?.current, name).toBeTypeOf('number');
      expect(matured.metrics[name]?.p_value, name).toBeGreaterThan(1e-4);
    }
    // What was expected stays beside what came.
    expect(matured.estimated).toEqual(expected.estimated);
    const [low = 1, high = 0] = matured.estimated?.['accuracy']?.interval ?? [];
    expect(low).toBeLessThan(matured.metrics['accuracy']?.current ?? 0);
    expect(high).toBeGreaterThan(matured.metrics['accuracy']?.current ?? 1);
    const group = matured.groups?.find((each) => each.group === 'f');
    expect(group?.labelled).toBe(women.length);
    expect(group?.rates.true_positive_rate?.difference_interval).toHaveLength(2);
    expect(await line.segments()).toEqual(['', 'country=DE', 'country=FR']);
    const ofSegment = await line.performance('matured', 'country=DE');
    expect(ofSegment.metrics['accuracy']?.current).toBeCloseTo(
      shareOf(
        held.filter(({ country }) => country === 'DE'),
        right,
      ),
      12,
    );

    // A corrected label takes the old one out of every count.
    const wrong = held.find((row) => !right(row));
    if (wrong === undefined) throw new Error('the model is never wrong');
    await line.take([asLabel(wrong, wrong.prediction, 1)]);
    await line.joinLabels();
    await line.evaluate('matured');
    const revised = await line.performance('matured');
    expect(revised.labelled).toEqual(matured.labelled);
    expect(revised.metrics['accuracy']?.current).toBeCloseTo(shareOf(held, right) + 1 / held.length, 12);
    expect(revised.metrics['brier']?.current).toBeLessThan(matured.metrics['brier']?.current ?? 0);
  });

  test('of a regression: errors expected from features, then measured, and revised', async () => {
    const model = modelSpec({ name: 'fare', task: 'regression', positiveClass: null, ...TIMES });
    const line = await Line.open(pool, model, ridesAsTable(rides(3_000, 1, 0)));
    // Longer rides, on which the model has always erred more.
    const rows = rides(2_000, 2, 5);
    await line.take(rows.map(asFare));
    await line.evaluate('closed');
    const expected = (await line.performance('closed')).estimated ?? {};
    expect(expected['mae']).toMatchObject({ method: 'dle' });
    expect(expected['mae']?.value).toBeGreaterThan(1.2 * (expected['mae']?.reference ?? Infinity));

    await line.take(rows.map((row) => asLabel({ ...row, at: row.at }, row.truth)));
    await line.joinLabels();
    await line.evaluate('matured');
    const { metrics, estimated } = await line.performance('matured');
    const mean = (of: (row: Ride) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    const mae = mean(({ prediction, truth }) => Math.abs(prediction - truth));
    expect(metrics['mae']?.current).toBeCloseTo(mae, 9);
    expect(metrics['mape']?.current).toBeCloseTo(
      mean(({ prediction, truth }) => Math.abs((prediction - truth) / truth)),
      9,
    );
    const centre = mean(({ truth }) => truth);
    const squares = (of: (row: Ride) => number): number => mean((row) => of(row) ** 2);
    expect(metrics['r2']?.current).toBeCloseTo(
      1 - squares(({ prediction, truth }) => prediction - truth) / squares(({ truth }) => truth - centre),
      9,
    );
    expect(Object.keys(metrics).toSorted()).toEqual(['bias', 'mae', 'mape', 'r2', 'rmse']);
    expect(estimated?.['mae']?.value).toBe(expected['mae']?.value);

    const [first] = rows;
    if (first === undefined) throw new Error('no rides');
    await line.take([asLabel(first, first.prediction, 1)]);
    await line.joinLabels();
    await line.evaluate('matured');
    const revised = await line.performance('matured');
    expect(revised.metrics['mae']?.current).toBeCloseTo(
      mae - Math.abs(first.prediction - first.truth) / rows.length,
      9,
    );
  });

  test('of several classes: probabilities are expected to come true, and then measured', async () => {
    const model = modelSpec({ name: 'trip', positiveClass: null, ...TIMES });
    const line = await Line.open(pool, model, tripsAsTable(trips(3_000, 1)));
    const rows = trips(2_000, 2);
    await line.take(rows.map(asTrip));
    await line.evaluate('closed');
    const expected = await line.performance('closed');
    expect(expected.estimated?.['accuracy']).toMatchObject({ method: 'cbpe', valid: true });
    expect(expected.estimated_labels?.map(({ method }) => method)).toEqual(['bbse', 'em']);

    await line.take(rows.map((row) => asLabel(row, row.truth)));
    await line.joinLabels();
    await line.evaluate('matured');
    const { metrics, estimated, classes } = await line.performance('matured');
    const loss = rows.reduce((sum, { p, truth }) => sum - Math.log(p[truth] ?? 0), 0) / rows.length;
    expect(metrics['log_loss']?.current).toBeCloseTo(loss, 9);
    const brier = rows.reduce(
      (sum, { p, truth }) =>
        sum + WAYS.reduce((s, name) => s + ((p[name] ?? 0) - (name === truth ? 1 : 0)) ** 2, 0),
      0,
    );
    expect(metrics['brier']?.current).toBeCloseTo(brier / rows.length, 12);
    const exact = classificationSample(tripsAsTable(rows), null);
    const area = exact === null ? undefined : classificationFigures(exact).get('roc_auc');
    const { current = null, bound = 0 } = metrics['roc_auc'] ?? {};
    expect(Math.abs((current ?? 0) - (isMeasured(area) ? area.value : 1))).toBeLessThan(bound);
    expect(bound).toBeLessThan(0.01);
    for (const name of ['accuracy', 'f1_macro', 'roc_auc', 'log_loss', 'brier']) {
      expect(metrics[name]?.reference, name).toBeTypeOf('number');
      expect(metrics[name]?.p_value, name).toBeGreaterThan(1e-4);
    }
    expect(classes).toHaveLength(3);
    expect(estimated?.['accuracy']).toEqual(expected.estimated?.['accuracy']);

    // A wrong correction, and its correction: every figure is what it was, to the last bit.
    const [first] = rows;
    if (first === undefined) throw new Error('no trips');
    const other = WAYS.find((name) => name !== first.truth) ?? '';
    await line.take([asLabel(first, other, 1)]);
    await line.joinLabels();
    await line.evaluate('matured');
    const wrong = await line.performance('matured');
    expect(wrong.metrics['log_loss']?.current).not.toBe(metrics['log_loss']?.current);
    await line.take([asLabel(first, first.truth, 2)]);
    await line.joinLabels();
    await line.evaluate('matured');
    expect((await line.performance('matured')).metrics).toEqual(metrics);
    // What people read the packs by knows of both kinds.
    expect(await line.storedPredictions()).toEqual({ rows: 2_000, classes: [...WAYS] });
  });

  test('of several classes, expected also where no prediction is kept, or features come apart', async () => {
    const training = tripsAsTable(trips(3_000, 1));
    const unkept = modelSpec({ name: 'tour', positiveClass: null, storePredictions: false, ...TIMES });
    const line = await Line.open(pool, unkept, training);
    const rows = trips(2_000, 3);
    await line.take(rows.map((row) => asTrip({ ...row, model: 'tour' })));
    await line.evaluate('closed');
    const { estimated = {} } = await line.performance('closed');
    const right = rows.filter(({ prediction, truth }) => prediction === truth).length / rows.length;
    expect(estimated['accuracy']).toMatchObject({ method: 'cbpe', valid: true });
    expect(Math.abs((estimated['accuracy']?.value ?? 0) - right)).toBeLessThan(0.03);

    const apart = modelSpec({ name: 'journey', positiveClass: null, featuresFrom: 'features', ...TIMES });
    const other = await Line.open(pool, apart, training);
    const events = rows.map((row) => asTrip({ ...row, model: 'journey' }));
    await other.take(events);
    await other.take(events.map((event) => ({ ...event, type: 'features' })));
    await other.evaluate('closed');
    // The same rows, whichever way they were kept.
    const { estimated: expected } = await other.performance('closed');
    expect(expected?.['accuracy']?.value).toBeCloseTo(estimated['accuracy']?.value ?? 0, 12);
  });
});

interface Trip {
  readonly model: string;
  readonly id: string;
  readonly at: number;
  readonly prediction: string;
  readonly truth: string;
  readonly p: Readonly<Record<string, number>>;
}

const WAYS = ['bus', 'train', 'walk'] as const;

/** Each way is as likely as its probability says. */
function trips(count: number, seed: number): Trip[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const weights = WAYS.map(() => 0.05 + random() ** 3);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = weights.map((weight) => weight / total);
    const draw = random();
    const truth = draw < (shares[0] ?? 0) ? 0 : draw < (shares[0] ?? 0) + (shares[1] ?? 0) ? 1 : 2;
    return {
      model: 'trip',
      id: `t${at}`,
      at,
      prediction: WAYS[shares.indexOf(Math.max(...shares))] ?? 'bus',
      truth: WAYS[truth] ?? 'bus',
      p: Object.fromEntries(WAYS.map((name, k) => [name, shares[k] ?? 0])),
    };
  });
}

function tripsAsTable(rows: readonly Trip[]): Table {
  return tableOf(
    [
      numericColumn(
        'km',
        rows.map(() => 1),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        rows.map(({ prediction }) => prediction),
      ),
      label: levelColumn(
        'label',
        rows.map(({ truth }) => truth),
      ),
      probabilities: new Map(
        WAYS.map((name) => [
          name,
          numericColumn(
            name,
            rows.map(({ p }) => p[name] ?? 0),
          ),
        ]),
      ),
    },
  );
}

function asTrip({ model, id, at, prediction, p }: Trip): object {
  return {
    type: 'prediction',
    model,
    model_version: '1',
    prediction_id: id,
    timestamp: START + at * 1_000,
    features: { km: 1 },
    prediction,
    probabilities: p,
  };
}

interface Customer {
  readonly id: string;
  readonly at: number;
  readonly usage: number;
  readonly country: string;
  readonly sex: string;
  readonly score: number;
  readonly prediction: string;
  readonly truth: string;
  readonly holdout: boolean;
}

function customers(count: number, seed: number): Customer[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const usage = random();
    const score = 0.05 + 0.9 * usage;
    return {
      id: `c${at}`,
      at,
      usage,
      country: random() < 0.5 ? 'DE' : 'FR',
      sex: random() < 0.4 ? 'f' : 'm',
      score,
      prediction: score > 0.5 ? 'leaves' : 'stays',
      truth: random() < score ? 'leaves' : 'stays',
      holdout: random() < 0.3,
    };
  });
}

function customersAsTable(rows: readonly Customer[]): Table {
  return tableOf(
    [
      numericColumn(
        'usage',
        rows.map(({ usage }) => usage),
      ),
      levelColumn(
        'country',
        rows.map(({ country }) => country),
      ),
      levelColumn(
        'sex',
        rows.map(({ sex }) => sex),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        rows.map(({ prediction }) => prediction),
      ),
      score: numericColumn(
        'score',
        rows.map(({ score }) => score),
      ),
      label: levelColumn(
        'label',
        rows.map(({ truth }) => truth),
      ),
    },
  );
}

function asPrediction({ id, at, usage, country, sex, score, prediction, holdout }: Customer): object {
  return {
    type: 'prediction',
    model: 'retention',
    model_version: '1',
    prediction_id: id,
    timestamp: START + at * 1_000,
    features: { usage, country, sex },
    prediction,
    score,
    holdout,
  };
}

function asLabel(
  row: Pick<Customer, 'id' | 'at'> & { readonly model?: string },
  label: string | number,
  laterMs = 0,
): object {
  return {
    type: 'label',
    model: row.model ?? 'retention',
    prediction_id: row.id,
    timestamp: START + row.at * 1_000 + laterMs,
    label,
  };
}

function partsOf<T>(list: readonly T[], parts: number): T[][] {
  const size = Math.ceil(list.length / parts);
  return Array.from({ length: parts }, (_, part) => list.slice(part * size, (part + 1) * size));
}

function isSelected({ prediction }: Customer): boolean {
  return prediction === 'leaves';
}

function shareOf(rows: readonly Customer[], is: (row: Customer) => boolean): number {
  return rows.filter(is).length / rows.length;
}

interface Ride {
  readonly model: string;
  readonly id: string;
  readonly at: number;
  readonly km: number;
  readonly prediction: number;
  readonly truth: number;
}

/** The further, the less sure: the error grows with the distance. */
function rides(count: number, seed: number, furtherKm: number): Ride[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const km = 1 + furtherKm * random() + 9 * random();
    const prediction = 3 + 2 * km;
    return {
      model: 'fare',
      id: `r${at}`,
      at,
      km,
      prediction,
      truth: prediction + (random() - 0.5) * km * 0.4,
    };
  });
}

function ridesAsTable(rows: readonly Ride[]): Table {
  return tableOf(
    [
      numericColumn(
        'km',
        rows.map(({ km }) => km),
      ),
    ],
    {
      prediction: numericColumn(
        'prediction',
        rows.map(({ prediction }) => prediction),
      ),
      label: numericColumn(
        'label',
        rows.map(({ truth }) => truth),
      ),
    },
  );
}

function asFare({ id, at, km, prediction }: Ride): object {
  return {
    type: 'prediction',
    model: 'fare',
    model_version: '1',
    prediction_id: id,
    timestamp: START + at * 1_000,
    features: { km },
    prediction,
  };
}
