/** Columns are compared in a thread as they are in this one, and it says what it could not do. */
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import { compareColumn } from '../../src/files/compare/column.ts';
import type { ColumnPlan, ReadColumns } from '../../src/files/compare/column.ts';
import { Comparer } from '../../src/files/compare/comparer.ts';
import { cutRows } from '../../src/files/compare/cut.ts';
import { EMPTY_ROWS } from '../../src/ingest/table/row-set.ts';
import { NumberPool } from '../../src/stats/table/number-pool.ts';
import { draws } from '../../src/simulate/draws.ts';
import { testFolder } from '../ingest/table/files.ts';

const ROWS = 5000;

function planIn(samplesFolder: string, preset: string | null = null): ColumnPlan {
  const cut = cutRows({
    rows: { reference: ROWS, current: ROWS },
    keys: { reference: Float64Array.from({ length: ROWS }, (_, i) => i), current: new Float64Array(ROWS) },
    labelled: null,
    features: 1,
    referenceMs: null,
    currentMs: null,
    segments: [],
    windowed: null,
  });
  return { cut, options: DEFAULT_COMPARE_OPTIONS, preset, referenceChunks: null, samplesFolder };
}

function columns(): ReadColumns {
  const d = draws(3);
  const side = (mean: number): ReadColumns['before'] => ({
    column: {
      name: 'x',
      kind: 'numeric',
      values: Float64Array.from({ length: ROWS }, () => mean + d.normal()),
      invalid: 0,
    },
    invalidRows: EMPTY_ROWS,
  });
  return { before: side(0), now: side(0.1) };
}

function started(plan: ColumnPlan): Comparer {
  const comparer = new Comparer();
  onTestFinished(async () => await comparer.close());
  comparer.begin(plan);
  return comparer;
}

test('a thread finds what this one finds, takes the memory of the columns, and gives it back', async () => {
  const plan = planIn(testFolder());
  const given = columns();
  const bytes = 8 * ROWS;
  const here = compareColumn(columns(), plan, new NumberPool());
  const comparer = started(plan);
  const { found, columns: back } = await comparer.compare(given);
  expect(found.comparisons).toEqual(here.comparisons);
  expect(found.comparisons[0]?.[0]?.metrics.ks?.statistic).toBeGreaterThan(0.02);
  const cellsOf = ({ before: { column } }: ReadColumns): ArrayBufferLike =>
    column.kind === 'numeric' ? column.values.buffer : column.codes.buffer;
  expect(cellsOf(given).byteLength).toBe(0);
  expect(cellsOf(back).byteLength).toBe(bytes);
  expect((await comparer.compare(columns())).found.comparisons).toEqual(here.comparisons);
});

test('a thread says why it could not compare', async () => {
  const comparer = started(planIn(testFolder(), 'nobody:knows'));
  await expect(comparer.compare(columns())).rejects.toThrow('nobody');
});

test('nobody waits for a thread that has ended', async () => {
  const comparer = started(planIn(testFolder()));
  await comparer.close();
  await expect(comparer.compare(columns())).rejects.toThrow('a thread ended before its work was done');
});
