import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec, Task } from '../../../src/core/model.ts';
import { noProgress } from '../../../src/core/progress.ts';
import { compareFiles } from '../../../src/files/compare/files.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { CLINIC } from '../../../src/simulate/families/clinic.ts';
import type { ShiftRequest } from '../../../src/simulate/plan.ts';
import { planShift } from '../../../src/simulate/plan-shift.ts';
import { outputsOf } from '../../../src/simulate/outputs.ts';
import type { Outputs } from '../../../src/simulate/outputs.ts';
import { simulate } from '../../../src/simulate/world.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith, jsonLines } from '../../ingest/table/files.ts';
import { Service } from './time-series.ts';

const START = Date.UTC(2026, 2, 1, 12);
const ROWS = 1_500;

interface Row extends Outputs {
  readonly features: Readonly<Record<string, unknown>>;
  readonly timestampMs: number;
  readonly holdout?: boolean;
}

interface Played {
  readonly reference: readonly Row[];
  readonly current: readonly Row[];
}

/** A known shift; `told` changes what is sent of a row of the window. */
function played(
  task: Task,
  request: ShiftRequest,
  told: (row: Row, at: number) => Row = (row) => row,
): Played {
  const { change } = planShift(CLINIC, task, request, 5);
  const rows = simulate(
    CLINIC,
    { seed: 5, task, model: 'calibrated', rows: { reference: 4_000, current: ROWS } },
    change,
  );
  const asRow = (row: (typeof rows.current)[number], timestampMs: number): Row => ({
    ...outputsOf(CLINIC, task, row),
    features: row.fed,
    timestampMs,
  });
  return {
    reference: rows.reference.map((row) => asRow(row, row.timestampMs)),
    current: rows.current.map((row, at) => told(asRow(row, START + at * 2_000), at)),
  };
}

type Verdicts = ReadonlyMap<string, Diagnosis | undefined>;

interface Files {
  readonly training: string;
  readonly current: string;
}

/** Training rows without times: with them files also allow for how far windows of the reference spread. */
function filesOf({ reference, current }: Played): Files {
  const line = ({ features, prediction, score, label, holdout }: Row): object => ({
    ...features,
    prediction,
    score,
    label,
    ...(holdout !== undefined && { holdout }),
  });
  const timed = (row: Row): object => ({ ...line(row), timestamp: new Date(row.timestampMs).toISOString() });
  return {
    training: fileWith('training.jsonl', jsonLines(reference.map(line))),
    current: fileWith('current.jsonl', jsonLines(current.map(timed))),
  };
}

function readAs({ task, positiveClass }: ModelSpec) {
  return { task, ...(positiveClass !== null && { positiveClass }) };
}

/** Twelve digits of what one window says of itself; what many windows show together is told elsewhere. */
function ofWhole(verdicts: Verdicts): unknown {
  const { time_pattern: _, ...own } = verdicts.get('') ?? {};
  return JSON.parse(JSON.stringify(own), (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );
}

/** A stored window is counted on the grid of the whole baseline, a file on the segment's own: figures differ a little. */
function ofSegment(verdicts: Verdicts, segment: string): unknown {
  const { verdict, types, not_tested, advice, reason, faults = [] } = verdicts.get(segment) ?? {};
  return {
    verdict,
    types,
    not_tested,
    advice,
    reason,
    faults: faults.map(({ fault, feature, since }) => ({ fault, feature, since })),
  };
}

describeWith(['postgres'], 'the same rows, by the service and by files', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('service_and_files');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  async function byFiles(model: ModelSpec, { training, current }: Files): Promise<Verdicts> {
    const { comparison } = await compareFiles(
      training,
      current,
      {
        read: readAs(model),
        segments: model.segments,
        groups: [],
        windowMs: HOUR_MS,
        season: null,
        preset: null,
        multivariate: false,
        threads: null,
      },
      noProgress,
    );
    if (!('windows' in comparison)) throw new Error('windows were asked for');
    const [window] = comparison.windows;
    const { diagnosis, segments = [] } = window ?? {};
    return new Map([['', diagnosis], ...segments.map((each) => [each.segment, each.diagnosis] as const)]);
  }

  async function byService(model: ModelSpec, { training }: Files, rows: readonly Row[]): Promise<Verdicts> {
    const { table, rowKeys } = await readTable(training, readAs(model));
    await storeBaseline(pool, model, '1', table, { file: 'training.jsonl' }, { rowKeys });
    const service = await Service.open(pool, model);
    await service.sendEvents(
      rows.flatMap(({ features, timestampMs, label, ...outputs }, at) => {
        const common = { model: model.name, prediction_id: `p${at}`, timestamp: timestampMs };
        const labelled = label === null ? [] : [{ type: 'label', ...common, label }];
        return [{ type: 'prediction', ...common, model_version: '1', features, ...outputs }, ...labelled];
      }),
      START + DAY_MS,
    );
    // A closed evaluation asks for the matured one.
    for (const _ of ['closed', 'matured']) await service.evaluateDue(START + DAY_MS);
    const found = await pool.query<{ segment: string; diagnosis: Diagnosis }>(
      `select v.segment, v.diagnosis from verdict v join "window" w on w.id = v.window_id
       join model_version mv on mv.id = w.model_version_id join model m on m.id = mv.model_id
       where m.name = $1 and v.series = 'matured'`,
      [model.name],
    );
    return new Map(found.rows.map(({ segment, diagnosis }) => [segment, diagnosis]));
  }

  test.each<[string, Task, string, ShiftRequest, ((row: Row, at: number) => Row)?]>([
    [
      'a concept that moved for the young',
      'classification',
      'concept_drift',
      { kind: 'concept_drift', form: 'local', feature: 'age', end: 'low', share: 0.3, size: -2 },
    ],
    [
      'a regression whose inputs moved',
      'regression',
      'covariate_shift',
      { kind: 'covariate_shift', size: 0.5 },
    ],
    [
      'a column that breaks half way',
      'classification',
      'data_fault',
      { kind: 'missing_spike', feature: 'card_months', share: 0.6, begins: 0.5 },
    ],
    [
      'a score that is no longer given',
      'classification',
      'data_fault',
      { kind: 'none' },
      (row) => ({ ...row, score: null }),
    ],
    [
      'labels that came for the old first',
      'classification',
      'covariate_shift',
      { kind: 'covariate_shift', form: 'mean', feature: 'bmi', size: 0.6 },
      (row) => (Number(row.features['age']) < 55 ? { ...row, label: null } : row),
    ],
    [
      'a hold-out, and labels that the advice has changed',
      'classification',
      'covariate_shift',
      { kind: 'covariate_shift', form: 'mean', feature: 'bmi', size: 0.6 },
      (row, at) =>
        at % 2 === 0 ? { ...row, holdout: true } : { ...row, holdout: false, label: CLINIC.classes[0] },
    ],
  ])('%s is one diagnosis', { timeout: 600_000 }, async (name, task, verdict, request, told) => {
    const model = modelSpec({
      name,
      task,
      positiveClass: task === 'regression' ? null : CLINIC.classes[0],
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
      segments: ['smoker'],
    });
    const rows = played(task, request, told);
    const files = filesOf(rows);
    const [service, compared] = [await byService(model, files, rows.current), await byFiles(model, files)];
    expect(service.get('')?.verdict).toBe(verdict);
    expect(ofWhole(service)).toEqual(ofWhole(compared));
    for (const segment of ['smoker=no', 'smoker=yes']) {
      expect(ofSegment(service, segment)).toEqual(ofSegment(compared, segment));
    }
  });
});
