import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { versionsReport } from '../../../src/cli/versions/report.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_OPERATIONAL } from '../../../src/core/operational.ts';
import type { Operational } from '../../../src/core/operational.ts';
import type { Table } from '../../../src/core/table.ts';
import type { VersionComparison } from '../../../src/core/version-comparison.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { compareStoredVersions } from '../../../src/pipeline/evaluate/compare-versions.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { findVerdict, listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const START = Date.UTC(2026, 2, 1);
const ROWS = 500;
const HOURS = 6;
const MODEL = modelSpec({
  name: 'risk',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
  operational: {
    ...DEFAULT_OPERATIONAL,
    limits: { latency_p95_ms: { max: 120 }, error_rate: { max: 0.02 } },
    maxSizeBytes: 400e6,
    baselineWindows: 3,
  },
  versionSizes: { full: 480e6 },
});

interface Hour {
  readonly version: string;
  readonly hour: number;
  /** Mean latency in milliseconds; exponential. */
  readonly latency: number;
  readonly right: number;
  readonly cost: number;
  readonly failing?: number;
}

describeWith(['postgres'], 'operational metrics', () => {
  let pool: Pool;
  let catalog: ModelCatalog;

  beforeAll(async () => {
    const { url } = await createDatabase('operational');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    await storeBaseline(
      pool,
      MODEL,
      'quantised',
      training(createRandom(1)),
      { file: 't.csv' },
      { sizeBytes: 120e6 },
    );
    catalog = await ModelCatalog.open(pool, [MODEL]);
    const random = createRandom(7);
    // The fast one becomes slow, and then fails.
    const quantised = Array.from({ length: HOURS }, (_, hour) => ({
      version: 'quantised',
      hour,
      latency: hour === 4 ? 30 : 20,
      right: 0.85,
      cost: 0.0002,
      failing: hour === 5 ? 0.2 : 0,
    }));
    const full = Array.from({ length: HOURS }, (_, hour) => ({
      version: 'full',
      hour,
      latency: 60,
      right: 0.86,
      cost: 0.001,
    }));
    for (const hour of [...full, ...quantised]) await post(logsOf(hour, random));
    await work();
  });
  afterAll(async () => await pool.end());

  test('are stored with each verdict, against the first healthy windows and the limits', async () => {
    const found = await operationals('quantised');
    const references = found.map(({ latency_ms: latency }) => latency?.p50.reference);
    expect(references.slice(0, 3)).toEqual([null, null, null]);
    for (const reference of references.slice(3)) expect(reference).toBeCloseTo(14, -1);
    expect(found.map(({ breaches }) => breaches.map(({ kind, metric }) => `${kind} ${metric}`))).toEqual([
      [],
      [],
      [],
      [],
      ['drift latency_p50_ms', 'drift latency_p95_ms', 'drift latency_mean_ms'],
      ['threshold error_rate', 'drift error_rate'],
    ]);
    const last = found.at(-1);
    expect(last?.throughput_per_s?.current).toBeCloseTo(ROWS / 3_600, 12);
    expect(last?.cost?.mean.current).toBeCloseTo(0.0002, 12);
    expect(last?.errors?.[0]?.error).toBe('out of memory');
    expect(last?.error_rate?.interval?.[0]).toBeGreaterThan(0.02);
  });

  test('that are beyond limits in the newest window are there for Prometheus', async () => {
    const { breaches } = await pipelineFacts(pool);
    expect(breaches.map(({ version, metric, kind }) => `${version} ${kind} ${metric}`)).toEqual([
      'quantised drift error_rate',
      'quantised threshold error_rate',
      'full threshold latency_p95_ms',
    ]);
  });

  test('of versions stand side by side', async () => {
    // Before it failed.
    const { versions, ...rest } = await compared('full', START, START + 5 * HOUR_MS);
    expect(rest).toMatchObject({ base: 'full', optimizing: 'accuracy', best: 'quantised', as_good: [] });
    const [quantised, full] = versions;
    expect([full?.version, full?.rows, full?.labelled, full?.windows]).toEqual(['full', 2_500, 2_500, 5]);
    expect(full?.metrics.size_bytes?.value).toBe(480e6);
    expect(quantised?.metrics.size_bytes?.value).toBe(120e6);
    expect(full?.violated.map(({ metric }) => metric)).toEqual(['latency_p95_ms', 'size_bytes']);
    expect(full?.differences).toBeUndefined();
    expect(quantised?.metrics.accuracy?.value).toBeCloseTo(0.85, 1);
    expect(quantised?.metrics.accuracy?.interval).toHaveLength(2);
    const { latency_p95_ms: slower, cost_per_prediction: cost, accuracy } = quantised?.differences ?? {};
    expect(slower?.p_value).toBeLessThan(1e-9);
    expect(slower?.interval?.[1]).toBeLessThan(0);
    expect(cost?.difference).toBeCloseTo(-0.0008, 9);
    expect(accuracy?.p_value).toBeGreaterThan(0.001);
    const all = await compared(null);
    expect([all.base, all.best]).toEqual(['quantised', null]);
    expect(all.versions[0]?.violated.map(({ metric }) => metric)).toEqual(['error_rate']);
  });

  test('are compared within a stretch of time, to another base, and are printed', async () => {
    const within = await compared('quantised', START, START + 2 * HOUR_MS);
    expect(within.versions.map(({ rows }) => rows)).toEqual([1_000, 1_000]);
    expect(within.base).toBe('quantised');
    const text = versionsReport(within);
    expect(text).toContain('quantised (base)');
    const document = readFileSync(join(import.meta.dirname, '../../../docs/operational-metrics.md'), 'utf8');
    expect(document).toContain(versionsReport(await compared('full', START, START + 5 * HOUR_MS)));
    expect(text).toMatch(/size +120 MB +480 MB/);
    expect(text).toContain('full is beyond its limit: size 480 MB, allowed 400 MB');
    expect(text).toContain('Within the limits, best by accuracy: quantised');
    const unknown = await compareStoredVersions(pool, MODEL, { fromMs: null, toMs: null, base: 'tiny' });
    expect(unknown).toMatchObject({ ok: false, error: { reason: 'unknown_version' } });
  });

  async function compared(base: string | null, fromMs: number | null = null, toMs: number | null = null) {
    const found = await compareStoredVersions(pool, MODEL, { fromMs, toMs, base });
    if (!found.ok) throw new Error(found.error.detail);
    return found.value satisfies VersionComparison;
  }

  async function operationals(version: string): Promise<Operational[]> {
    const filter = { model: 'risk', version, series: 'closed', segment: '', superseded: false } as const;
    const { items } = await listVerdicts(pool, filter, { limit: 50, after: null });
    const sorted = items.toSorted((a, b) => a.start.localeCompare(b.start));
    const details = await Promise.all(sorted.map(({ id }) => findVerdict(pool, id)));
    return details.flatMap((detail) => detail?.operational ?? []);
  }

  async function post(lines: readonly string[]): Promise<void> {
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const answer = await accept({
      body: Buffer.from(lines.join('\n')),
      idempotencyKey: null,
      receivedAtMs: START + 30 * DAY_MS,
    });
    expect(answer).toMatchObject({ ok: true, value: { accepted: lines.length, dead_letters: [] } });
  }

  /** Closes windows, joins labels and evaluates everything, in order of time. */
  async function work(): Promise<void> {
    const labels = { pool, catalog, reevaluateAfterMs: 0, log: silentLog };
    while ((await sweepLabels(labels)).taken > 0);
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    // A closed evaluation asks for the matured one.
    for (;;) {
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `with due as (
           update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning id, payload
         )
         select payload from due o join "window" w on w.id = (o.payload ->> 'windowId')::bigint
         order by w.start_at, o.id`,
      );
      if (due.rows.length === 0) return;
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock: { nowMs: () => START }, log: silentLog }, payload);
      }
    }
  }
});

/** One hour of a version's predictions, and their labels. */
function logsOf({ version, hour, latency, right, cost, failing = 0 }: Hour, random: () => number): string[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const common = {
      model: 'risk',
      prediction_id: `${version}-${hour}-${row}`,
      timestamp: START + hour * HOUR_MS + row * 1_000,
    };
    const predicted = random() < 0.5 ? 'yes' : 'no';
    const other = predicted === 'yes' ? 'no' : 'yes';
    const prediction = {
      type: 'prediction',
      ...common,
      model_version: version,
      features: { x: random() },
      prediction: predicted,
      latency_ms: -latency * Math.log(1 - random()),
      cost,
      error: random() < failing ? 'out of memory' : null,
    };
    const label = { type: 'label', ...common, label: random() < right ? predicted : other };
    return [prediction, label].map((event) => JSON.stringify(event));
  }).flat();
}

function training(random: () => number): Table {
  const rows = 2_000;
  const classes = {
    kind: 'categorical' as const,
    levels: ['yes', 'no'],
    codes: Int32Array.from({ length: rows }, () => (random() < 0.5 ? 0 : 1)),
    invalid: 0,
  };
  return {
    rows,
    features: [
      { name: 'x', kind: 'numeric', values: Float64Array.from({ length: rows }, random), invalid: 0 },
    ],
    prediction: { name: 'prediction', ...classes },
    score: null,
    label: { name: 'label', ...classes },
    timestampMs: null,
    predictionId: null,
  };
}
