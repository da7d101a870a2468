import { afterAll, beforeAll, expect, test } from 'vitest';
import { verdictDetail } from '../../../src/store/rows.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Table } from '../../../src/core/table.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { decodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findVerdict, listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { partsOf } from '../../harness/database/window-parts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import {
  fetched,
  LOG_SOURCE,
  partitionConsumer,
  predictionLine,
  readToEnd,
  type TestLog,
} from '../partition-log.ts';

const DAY = Date.UTC(2026, 2, 1);
const FOREVER = { graceMs: 0, acceptLateMs: 1e12 };
const MODEL = modelSpec({
  windows: [
    { sizeMs: HOUR_MS, ...FOREVER },
    { sizeMs: DAY_MS, ...FOREVER },
  ],
  segments: ['country'],
  storePredictions: false,
});
const ROWS = 7_500;

describeWith(['postgres'], 'the rows that a window keeps', () => {
  let pool: Pool;
  let catalog: ModelCatalog;
  beforeAll(async () => {
    const { url } = await createDatabase('window_rows');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    await storeBaseline(pool, MODEL, '1', training(), { file: 'training.csv' });
    catalog = await ModelCatalog.open(pool, [MODEL]);
  });
  afterAll(async () => await pool.end());

  test('name a unit change in half of them, whoever read them, though no prediction is stored', async () => {
    const rows = Array.from({ length: ROWS }, (_, row) => logged(row));
    const logs = [0, 1, 2].map((partition): TestLog => ({
      partition,
      values: rows.flatMap(({ line }, row) => (row % 3 === partition ? line : [])),
    }));
    const [dying, reader] = [await consumer(), await consumer()];
    // One of them reads two of the partitions by turns, stores now and then, and dies with something in hand.
    for (let from = 0; from < 1_800; from += 300) {
      for (const log of logs.slice(0, 2)) await dying.onRecords(fetched(log, from, from + 300));
      if (from % 600 === 0) await dying.checkpointAll();
    }
    for (const log of logs) {
      const { rows: stored } = await pool.query<{ next_offset: string }>(
        'select next_offset::text from source_position where partition = $1',
        [log.partition],
      );
      await readToEnd(reader, log, Number(stored[0]?.next_offset ?? 0), 700);
    }

    const expected = rows.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, 2_000);
    const [hour, day] = await windowsOf();
    expect(await sampleOf(hour)).toEqual(expected.map(({ hash, income }) => [hash, income]));
    expect(await sampleOf(day)).toEqual(await sampleOf(hour));
    const { rows: written } = await pool.query<{ kind: string; rows: number; windows: number }>(
      `select kind, sum(rows)::int as rows, count(distinct window_id)::int as windows
       from window_part where segment = '' group by kind order by kind`,
    );
    expect(written).toMatchObject([
      { kind: 'input', rows: ROWS, windows: 1 },
      { kind: 'rows', windows: 1 },
    ]);
    // Fewer than 2,000 each of the ten checkpoints: what is stored already leaves most of them out.
    expect(written[1]?.rows).toBeLessThan(8_000);

    await evaluateDue(reader, logs);
    for (const segment of ['', 'country=DE', 'country=FR']) {
      const verdicts = await verdictsOf(segment);
      expect(new Set(verdicts.map(({ size_ms: sizeMs }) => sizeMs))).toEqual(new Set([HOUR_MS, DAY_MS]));
      for (const { diagnosis, multivariate } of verdicts) {
        expect(diagnosis.faults).toMatchObject([{ fault: 'unit_change', feature: 'income' }]);
        expect(diagnosis.faults[0]?.share).toBeGreaterThan(0.3);
        // The sample has one row in four: it began within a few seconds of where it says.
        const sinceMs = Date.parse(diagnosis.faults[0]?.since ?? '');
        expect(Math.abs(sinceMs - timeOf(ROWS / 2))).toBeLessThan(30_000);
        if (segment !== '') expect(multivariate).toBeNull();
        else {
          expect(multivariate).toMatchObject({ rows: { reference: 2_000, current: 2_000 } });
          expect(multivariate?.domain_classifier?.contributions[0]?.feature).toBe('income');
          expect(multivariate?.domain_classifier?.p_value).toBeLessThan(1e-6);
        }
      }
    }
    // The evaluation has put the sum in the parts' place.
    const { rows: left } = await pool.query(`select 1 from window_part where window_id = $1`, [hour]);
    expect(left.length).toBeLessThan(8);
    expect(await sampleOf(hour)).toEqual(expected.map(({ hash, income }) => [hash, income]));
    const { rows: kept } = await pool.query('select 1 from prediction limit 1');
    expect(kept).toEqual([]);
  });

  async function consumer(): Promise<PartitionConsumer> {
    return await partitionConsumer(pool, { specs: [MODEL] });
  }

  /** The hour of the rows, and its day. */
  async function windowsOf(): Promise<[number, number]> {
    const { rows } = await pool.query<{ id: number }>(
      'select id from "window" where start_at <= $1 and end_at > $1 order by size_ms',
      [new Date(DAY + 12 * HOUR_MS)],
    );
    return [rows[0]?.id ?? 0, rows[1]?.id ?? 0];
  }

  async function sampleOf(windowId: number): Promise<[bigint, unknown][]> {
    const { rows } = await pool.query<{ id: number }>('select id from baseline');
    const reference = await catalog.reference(rows[0]?.id ?? 0);
    const sum = new RowSample(reference);
    for (const { kind, delta } of await partsOf(pool, windowId)) {
      if (kind === 'rows') sum.merge(decodeRowSample(delta, reference));
    }
    const income = reference.features.findIndex(({ name }) => name === 'income');
    return sum.rows.map(([hash, { values }]) => [hash, values?.[income]]);
  }

  /** Two days later on every partition, so that the day closes. */
  async function evaluateDue(reader: PartitionConsumer, logs: readonly TestLog[]): Promise<void> {
    const timestampMs = DAY + 2 * DAY_MS;
    for (const { partition, values } of logs) {
      const later = predictionLine(`later-${partition}`, '1', { timestamp: timestampMs });
      const batch = fetched({ partition, values: [...values, later] }, values.length);
      await reader.onRecords({
        ...batch,
        records: [...batch.records].map((record) => ({ ...record, timestampMs })),
      });
    }
    await reader.checkpointAll();
    await sweepWindows({ pool, catalog, logSources: [LOG_SOURCE], idleAfterMs: 1e12 });
    const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
      `update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning payload`,
    );
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    for (const { payload } of due.rows) {
      await evaluate({ pool, catalog, compute, clock: { nowMs: () => DAY }, log: silentLog }, payload);
    }
  }

  async function verdictsOf(segment: string) {
    const { items } = await listVerdicts(
      pool,
      { segment, series: 'closed', superseded: false },
      { limit: 10, after: null },
    );
    const found = await Promise.all(items.map(async ({ id }) => await findVerdict(pool, id)));
    // As the API answers.
    return found.flatMap((each) => (each === null ? [] : verdictDetail.parse(each)));
  }
});

const draw = createRandom(20_260_301);

/** Income in cents from the middle on; nothing else moves. */
function logged(row: number): { line: string; hash: bigint; income: number } {
  const id = `r${row}`;
  const income = incomeOf() * (row < ROWS / 2 ? 1 : 100);
  const line = predictionLine(id, '1', {
    timestamp: timeOf(row),
    features: { income, age: ageOf(), country: draw() < 0.6 ? 'DE' : 'FR' },
    prediction: draw() < 0.7 ? 'approve' : 'deny',
    score: draw(),
  });
  return { line, hash: idHash(id), income };
}

function timeOf(row: number): number {
  return DAY + 12 * HOUR_MS + Math.floor((row * HOUR_MS) / ROWS);
}

function incomeOf(): number {
  return Math.round(100 * 2_000 * (0.2 + draw() + draw())) / 100;
}

function ageOf(): number {
  return 20 + Math.floor(50 * draw());
}

function training(): Table {
  const rows = 3_000;
  const numbers = (make: () => number) => Float64Array.from({ length: rows }, make);
  const codes = (share: number) => Int32Array.from({ length: rows }, () => (draw() < share ? 0 : 1));
  return {
    rows,
    features: [
      { name: 'income', kind: 'numeric', values: numbers(incomeOf), invalid: 0 },
      { name: 'age', kind: 'numeric', values: numbers(ageOf), invalid: 0 },
      { name: 'country', kind: 'categorical', codes: codes(0.6), levels: ['DE', 'FR'], invalid: 0 },
    ],
    prediction: {
      name: 'prediction',
      kind: 'categorical',
      codes: codes(0.7),
      levels: ['approve', 'deny'],
      invalid: 0,
    },
    score: { name: 'score', kind: 'numeric', values: numbers(draw), invalid: 0 },
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}
