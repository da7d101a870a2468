/** Every shared data set in order of time, with what is known of it. */
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { Task } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { takeRows } from '../../../src/stats/table/sample-rows.ts';
import { SHARED_SETS, joined, timed } from './real-sets.ts';

export interface Course {
  readonly name: string;
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly reference: Table;
  readonly current: Table;
  readonly windowMs: number;
  /** How a window is called: `week`, `1,000 rows`. */
  readonly window: string;
  /** What is known, from when on; null: nothing. */
  readonly known: { readonly fromMs: number; readonly what: string } | null;
}

type CourseReader = (folder: string) => Promise<Course>;

const WEEK_MS = 7 * DAY_MS;
/** Rows without times get one a minute. */
const START_MS = Date.UTC(2020, 0, 6);

async function read(path: string, options: ReadTableOptions): Promise<Table> {
  return (await readTable(path, options)).table;
}

function rowsBetween(table: Table, from: number, to: number): Table {
  return takeRows(
    table,
    Int32Array.from({ length: Math.min(to, table.rows) - from }, (_, row) => from + row),
  );
}

const MODEL_OUTPUT = { prediction: 'y_pred', score: 'y_pred_proba', timestamp: 'timestamp' };

async function carLoan(folder: string): Promise<Course> {
  const columns = { ...MODEL_OUTPUT, label: 'repaid' };
  const at = (file: string): string => join(folder, 'nannyml_car_loan', file);
  return {
    name: 'car loan',
    task: 'classification',
    positiveClass: '1',
    reference: await read(at('reference.csv.gz'), { columns }),
    current: await read(at('monitoring.csv.gz'), { columns }),
    windowMs: WEEK_MS,
    window: 'week',
    known: { fromMs: Date.UTC(2019, 2, 31), what: 'inputs and relation move' },
  };
}

async function housing(folder: string): Promise<Course> {
  const at = (part: string): string =>
    join(folder, 'nannyml_california_housing', `california_housing_${part}.csv.gz`);
  const columns = { ...MODEL_OUTPUT, label: 'clf_target', predictionId: 'id' };
  const rows = await read(at('analysis'), { columns: { ...MODEL_OUTPUT, predictionId: 'id' } });
  const labels = await read(at('analysis_gt'), { columns: { label: 'clf_target', predictionId: 'id' } });
  return {
    name: 'California housing',
    task: 'classification',
    positiveClass: '1',
    reference: await read(at('reference'), { columns }),
    current: { ...rows, label: labels.label },
    windowMs: 2 * WEEK_MS,
    window: 'two weeks',
    known: null,
  };
}

async function sampleDrift(folder: string): Promise<Course> {
  const table = await read(join(folder, 'nannyml_sample_drift_data', 'sample_drift_data.csv'), {
    columns: { timestamp: 'timestamp' },
    exclude: ['period'],
  });
  const changedMs = table.timestampMs?.[15_120] ?? 0;
  return {
    name: 'sample drift',
    task: 'classification',
    positiveClass: null,
    reference: rowsBetween(table, 0, 10_080),
    current: rowsBetween(table, 10_080, table.rows),
    windowMs: WEEK_MS,
    window: 'week',
    known: { fromMs: changedMs, what: 'f1 to f4 move' },
  };
}

/** Of the sets that worlds are made of: the first rows are the reference, the rest follows. */
function fromSet(
  name: string,
  title: string,
  referenceRows: number,
  windowMs: number,
  window: string,
): CourseReader {
  return async (folder) => {
    const set = SHARED_SETS.find((each) => each.name === name);
    if (set === undefined) throw new Error(`there is no set ${name}`);
    const whole = await set.read(folder);
    const table = whole.timestampMs === null ? timed(whole, START_MS, MINUTE_MS) : whole;
    const [from, to] = set.quiet;
    return {
      name: title,
      task: 'classification',
      positiveClass: set.classes[0],
      reference: rowsBetween(table, from, from + referenceRows),
      current: rowsBetween(table, from + referenceRows, to),
      windowMs,
      window,
      known: null,
    };
  };
}

/** A stream with a known moment: the first rows are the reference. */
function stream(path: string, rows: number, changesAt: number, until: number, size: number): CourseReader {
  return async (folder) => {
    const name = path.split('/')[0] ?? path;
    const file = path.split('/')[1] ?? '';
    const whole = await read(join(folder, path), { columns: { label: 'class' } });
    const table = timed(whole, START_MS, MINUTE_MS);
    const classes = whole.label !== null && whole.label.kind !== 'numeric' ? whole.label.levels : [];
    return {
      name: name === 'harvard_synthetic' ? file.replace(/_.*/, '') : name.replace(/_.*/, ''),
      task: 'classification',
      positiveClass: classes.at(-1) ?? null,
      reference: rowsBetween(table, 0, rows),
      current: rowsBetween(table, rows, until),
      windowMs: size * MINUTE_MS,
      window: `${size.toLocaleString('en')} rows`,
      known: { fromMs: START_MS + changesAt * MINUTE_MS, what: 'the concept changes' },
    };
  };
}

/** Evidently's split: people of some schooling against the rest. */
async function adultBySchooling(folder: string): Promise<Course> {
  const table = await read(join(folder, 'adult_uci', 'adult.csv.gz'), { columns: { label: 'class' } });
  const education = table.features.find(({ name }) => name === 'education');
  if (education === undefined || education.kind === 'numeric') throw new Error('education is missing');
  const moved = new Set(['Some-college', 'HS-grad', 'Bachelors']);
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const isMoved = (row: number): boolean => moved.has(education.levels[education.codes[row] ?? -1] ?? '');
  const quiet = rows.filter((row) => !isMoved(row));
  const half = quiet.length >> 1;
  const after = joined(
    takeRows(table, quiet.slice(half)),
    takeRows(table, rows.filter(isMoved).slice(0, half)),
  );
  return {
    name: 'adult, by schooling',
    task: 'classification',
    positiveClass: '>50K',
    reference: takeRows(table, quiet.slice(0, half)),
    current: timed(after, START_MS, MINUTE_MS),
    windowMs: 1_000 * MINUTE_MS,
    window: '1,000 rows',
    known: {
      fromMs: START_MS + (quiet.length - half) * MINUTE_MS,
      what: 'other schooling',
    },
  };
}

export const COURSES: readonly CourseReader[] = [
  carLoan,
  housing,
  sampleDrift,
  fromSet('electricity', 'electricity', 4_032, WEEK_MS, 'week'),
  fromSet('weather', 'weather', 2_190, 365 * DAY_MS, '365 days'),
  fromSet('ozone', 'ozone', 1_000, 240 * DAY_MS, '240 days'),
  fromSet('wine', 'wine', 2_500, 8 * HOUR_MS, '480 rows'),
  adultBySchooling,
  stream('sea_street_kim/sea.csv.gz', 6_000, 12_500, 25_000, 1_000),
  stream('tornado/sine1_w_50_n_0.1_101.csv.gz', 8_000, 20_000, 40_000, 1_000),
  stream('harvard_synthetic/sea_0123_abrupto_noise_0.2.csv.gz', 4_000, 10_000, 20_000, 1_000),
  stream('harvard_synthetic/mixed_0101_abrupto.csv.gz', 4_000, 10_000, 20_000, 1_000),
  stream('harvard_synthetic/sine_0123_abrupto.csv.gz', 4_000, 10_000, 20_000, 1_000),
];
