/** Real data with a model's output: some published with it, some scored here by a model trained on the earliest rows. */
import { join } from 'node:path';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import type { Table } from '../../src/core/table.ts';
import { readTable } from '../../src/ingest/table/read-table.ts';
import { binFeatures } from '../../src/stats/multivariate/binned-features.ts';
import { boostTrees, scoreRows } from '../../src/stats/multivariate/boosted-trees.ts';
import { shuffle } from '../../src/stats/multivariate/pick-rows.ts';
import { poolSamples } from '../../src/stats/multivariate/pooled-sample.ts';
import { createRandom } from '../../src/stats/random.ts';

export interface DataSet {
  readonly name: string;
  readonly positiveClass: string;
  readonly reference: Table;
  readonly chunks: readonly Table[];
}

const MODEL_OUTPUT = { prediction: 'y_pred', score: 'y_pred_proba', timestamp: 'timestamp' };

export async function carLoan(folder: string): Promise<DataSet> {
  const read = async (file: string): Promise<Table> =>
    (
      await readTable(join(folder, 'nannyml_car_loan', file), {
        columns: { ...MODEL_OUTPUT, label: 'repaid' },
      })
    ).table;
  const reference = await read('reference.csv.gz');
  return {
    name: 'car loan',
    positiveClass: '1',
    reference,
    chunks: inChunks(await read('monitoring.csv.gz'), 10),
  };
}

export async function californiaHousing(folder: string): Promise<DataSet> {
  const at = (part: string): string =>
    join(folder, 'nannyml_california_housing', `california_housing_${part}.csv.gz`);
  const columns = { ...MODEL_OUTPUT, label: 'clf_target', predictionId: 'id' };
  const { table: reference } = await readTable(at('reference'), { columns });
  const { table: rows } = await readTable(at('analysis'), {
    columns: { ...MODEL_OUTPUT, predictionId: 'id' },
  });
  const { table: labels } = await readTable(at('analysis_gt'), {
    columns: { label: 'clf_target', predictionId: 'id' },
  });
  const order = rows.predictionId?.every((id, row) => id === labels.predictionId?.[row]) ?? false;
  if (!order) throw new Error('the labels are not in the order of the predictions');
  return {
    name: 'California housing',
    positiveClass: '1',
    reference,
    chunks: inChunks({ ...rows, label: labels.label }, 10),
  };
}

/** Trained on half of the people of some schooling, watched among those of other: covariate shift. */
export async function adult(folder: string): Promise<DataSet> {
  const { table } = await readTable(join(folder, 'adult_uci', 'adult.csv.gz'), {
    columns: { label: 'class' },
  });
  const education = table.features.find(({ name }) => name === 'education');
  if (education === undefined || education.kind === 'numeric') throw new Error('education is missing');
  const moved = new Set(['Some-college', 'HS-grad', 'Bachelors']);
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const isMoved = (row: number): boolean => moved.has(education.levels[education.codes[row] ?? -1] ?? '');
  const before = rows.filter((row) => !isMoved(row));
  shuffle(before, createRandom(7));
  const half = before.length >> 1;
  return scoredSet('adult, other schooling', '>50K', table, {
    train: before.slice(0, half),
    reference: before.slice(half),
    current: rows.filter(isMoved),
  });
}

/** Trained on the first 5,000 half hours, watched in time: prices whose cause changes. */
export async function electricity(folder: string): Promise<DataSet> {
  const { table } = await readTable(join(folder, 'elec2', 'electricity.csv.gz'), {
    columns: { label: 'class' },
    exclude: ['date'],
  });
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  return scoredSet('electricity, in time', 'UP', table, {
    train: rows.slice(0, 5_000),
    reference: rows.slice(5_000, 15_000),
    current: rows.slice(15_000),
  });
}

interface Parts {
  readonly train: Int32Array;
  readonly reference: Int32Array;
  readonly current: Int32Array;
}

function scoredSet(name: string, positiveClass: string, table: Table, parts: Parts): DataSet {
  const { label } = table;
  if (label === null || label.kind === 'numeric') throw new Error('the label is missing');
  const isPositive = Uint8Array.from(label.codes, (code) => (label.levels[code] === positiveClass ? 1 : 0));
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const bins = binFeatures(poolSamples(table, table, all, new Int32Array(0)));
  const model = boostTrees(bins, isPositive, parts.train, {
    trees: 300,
    leaves: 31,
    learningRate: 0.1,
    minLeafRows: 10,
    ridgeRows: 1,
  });
  const odds = scoreRows(model, bins, isPositive, all, new Float64Array(bins.features));
  const score = odds.map((x) => 1 / (1 + Math.exp(-x)));
  const negative = label.levels.find((level) => level !== positiveClass) ?? '';
  const scored: Table = {
    ...table,
    score: { name: 'score', kind: 'numeric', values: score, invalid: 0 },
    prediction: {
      name: 'prediction',
      kind: 'categorical',
      codes: Int32Array.from(score, (p) => (p >= 0.5 ? 1 : 0)),
      levels: [negative, positiveClass],
      invalid: 0,
    },
  };
  return {
    name,
    positiveClass,
    reference: takeRows(scored, parts.reference),
    chunks: inChunks(takeRows(scored, parts.current), 10),
  };
}

function inChunks(table: Table, chunks: number): Table[] {
  const size = Math.floor(table.rows / chunks);
  return Array.from({ length: chunks }, (_, chunk) => {
    const from = chunk * size;
    const end = chunk === chunks - 1 ? table.rows : from + size;
    return takeRows(
      table,
      Int32Array.from({ length: end - from }, (_row, at) => from + at),
    );
  });
}
