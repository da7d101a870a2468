/** What a relation costs is bounded by looking at fewer rows: at those of the window last. */
import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { tableOf } from '../tables.ts';

const COLUMNS = 60;
const CLASSES = ['heard', 'adjourned', 'settled'];

/** `slope` of the second class along the first column. */
function hearings(seed: number, rows: number, slope: number): Table {
  const draw = draws(seed);
  const columns = Array.from({ length: COLUMNS }, () => Array.from({ length: rows }, () => draw.normal()));
  const label = columns[0]!.map((x) => CLASSES[draw.choice([1, Math.exp(slope * x), 0.6])]!);
  return tableOf({
    features: Object.fromEntries(columns.map((values, at) => [`x${at}`, values])),
    label,
  });
}

test('weeks of a change that no week shows: the window keeps its rows, and the reference those that are left', () => {
  const samples = labelledRows(pairSamples(hearings(1, 12_000, 0.5), hearings(2, 3_000, -0.05)));
  const { p, samples: looked } = conceptTest('classification', samples);
  const { reference, current } = looked.rows;
  expect(reference + current).toBeLessThan(15_000);
  expect(current).toBeGreaterThanOrEqual(Math.min(3_000, Math.floor((reference + current) / 2)));
  expect(p).toBeLessThan(1e-3);
});
