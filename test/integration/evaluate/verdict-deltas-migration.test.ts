import { fileURLToPath } from 'node:url';
import { readdirSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import type { EvaluateMessage } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findStaleWindows, requeueDirtyWindows } from '../../../src/store/windows/windows.ts';
import { newInputs, newLabels } from '../../../src/window/part-profiles.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const SPEC = modelSpec({ minRows: 1, labels: { ...modelSpec().labels, minLabelled: 1 } });
const ROWS = 10;
const NOTHING_FOUND: Diagnosis = {
  verdict: 'none',
  types: [],
  not_tested: [],
  confidence: 1,
  evidence: [],
  faults: [],
  summary: '',
  advice: 'none',
  reason: null,
};

interface Before {
  readonly hour: number;
  /** Of the rows' labels those that each verdict has. */
  readonly closed: number;
  readonly matured: number;
  readonly maturedFirst?: boolean;
  readonly dirty?: boolean;
  readonly due?: boolean;
}

/** All hold ten labelled rows. */
const WINDOWS: readonly (Before & { readonly what: string; readonly askedFor: readonly string[] })[] = [
  { what: 'both are right', hour: 0, closed: 10, matured: 10, askedFor: [] },
  { what: 'labels only the closed one has', hour: 1, closed: 10, matured: 6, askedFor: ['matured'] },
  {
    what: 'the same, and a date that nobody looks at',
    hour: 2,
    closed: 10,
    matured: 6,
    due: true,
    askedFor: ['closed', 'matured'],
  },
  {
    what: 'as many labels, some of them revised before the closed one came',
    hour: 3,
    closed: 10,
    matured: 10,
    maturedFirst: true,
    askedFor: ['matured'],
  },
  { what: 'waits', hour: 4, closed: 6, matured: 6, dirty: true, due: true, askedFor: ['closed', 'matured'] },
];

describeWith(
  ['postgres'],
  'windows whose verdicts were stale before there was a number for each series',
  () => {
    it('are evaluated once more, and the others are left alone', async () => {
      const { url } = await createEmptyDatabase('verdict-deltas');
      const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
      atEnd(() => pool.end());
      const before = readdirSync(MIGRATIONS).filter((file) => file < '0025');
      const dbClient = await pool.connect();
      await runner({
        dbClient,
        dir: MIGRATIONS,
        direction: 'up',
        count: before.length,
        migrationsTable: 'shiftwatch_migration',
        log: () => undefined,
      });
      dbClient.release();
      const model = await pool.query<{ id: number }>(
        `insert into model (name, task) values ($1, 'classification') returning id`,
        [SPEC.name],
      );
      const version = await pool.query<{ id: number }>(
        `insert into model_version (model_id, name) values ($1, '1') returning id`,
        [model.rows[0]?.id],
      );
      for (const window of WINDOWS) await store(pool, version.rows[0]?.id ?? 0, window);

      await migrate({ connectionString: url, log: silentLog });
      const catalog = await ModelCatalog.open(pool, [SPEC]);
      const asked = new Map<number, Set<string>>(WINDOWS.map(({ hour }) => [hour, new Set()]));
      for (;;) {
        await requeueDirtyWindows(pool, HOUR_MS);
        const jobs = await pool.query<{ payload: EvaluateMessage; hour: number }>(
          `update outbox o set done_at = now() from "window" w
         where o.kind = 'evaluate' and o.done_at is null and w.id = (o.payload->>'windowId')::bigint
         returning o.payload, (extract(epoch from w.start_at) / 3600)::int as hour`,
        );
        if (jobs.rows.length === 0) break;
        for (const { payload, hour } of jobs.rows) {
          asked.get(hour)?.add(payload.series);
          const compute = async (input: Parameters<typeof evaluateWindow>[0]) => evaluateWindow(input);
          const clock = { nowMs: () => 1_000 * HOUR_MS };
          await evaluate({ pool, catalog, compute, clock, log: silentLog }, payload);
        }
      }
      expect(WINDOWS.map(({ what, hour }) => [what, [...(asked.get(hour) ?? [])].sort()])).toEqual(
        WINDOWS.map(({ what, askedFor }) => [what, askedFor]),
      );
      const labelled = await pool.query(
        `select distinct on (window_id, series) (performance->'labelled'->>'current')::int as n from verdict
       order by window_id, series, revision desc`,
      );
      expect(labelled.rows).toEqual(Array.from({ length: 2 * WINDOWS.length }, () => ({ n: ROWS })));
      expect(await findStaleWindows(pool, 0, 100)).toMatchObject({ found: 0 });
    });
  },
);

async function store(
  pool: Pool,
  versionId: number,
  { hour, closed, matured, maturedFirst, dirty, due }: Before,
): Promise<void> {
  const made = await pool.query<{ id: number }>(
    `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, state, closed_at, matured_at,
       closed_revision, matured_revision, dirty, evaluation_due_at)
     values ($1, $2, $3, $4, 0, 'matured', now(), now(), 1, 1, $5, case when $6 then now() end) returning id`,
    [
      versionId,
      HOUR_MS,
      new Date(hour * HOUR_MS),
      new Date((hour + 1) * HOUR_MS),
      dirty === true,
      due === true,
    ],
  );
  const id = made.rows[0]?.id ?? 0;
  const labels = newLabels('', null, SPEC.task);
  for (let row = 0; row < ROWS; row += 1) labels.add('approve', 'approve', 0.7, 1, null);
  for (const [kind, delta] of [
    ['input', inputs()],
    ['label', labels.encode()],
  ] as const) {
    await pool.query(
      `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
       values ($1, '', $2, 'http', 0, 1, 2, $3, $4)`,
      [id, kind, ROWS, Buffer.from(delta)],
    );
  }
  const verdicts = [
    ['closed', closed, maturedFirst === true ? 2 : 1] as const,
    ['matured', matured, maturedFirst === true ? 1 : 2] as const,
  ];
  for (const [series, of, at] of verdicts) {
    await pool.query(
      `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, rows, diagnosis,
         performance, created_at)
       values ($1, $2, '', 1, 'none', '{}', '{}', 1, 'none', '', $3, $6, $4, $5)`,
      [
        id,
        series,
        ROWS,
        JSON.stringify({ labelled: { reference: 0, current: of, share: 1 }, metrics: {} }),
        new Date((900 + at) * HOUR_MS),
        JSON.stringify(NOTHING_FOUND),
      ],
    );
  }
}

/** The counts of so many rows without features. */
function inputs(): Uint8Array {
  const profile = newInputs('', null, SPEC.task);
  for (let row = 0; row < ROWS; row += 1) profile.addPrediction({ prediction: 'approve', score: 0.7 }, 1);
  return profile.encode();
}
