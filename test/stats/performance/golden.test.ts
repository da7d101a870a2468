import { describe, expect, it } from 'vitest';
import { classificationFigures } from '../../../src/stats/performance/classification-figures.ts';
import type { ClassificationSample } from '../../../src/stats/performance/classification-figures.ts';
import { tabulate } from '../../../src/stats/performance/confusion-table.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import { scoreCells } from '../../../src/stats/performance/score-cells.ts';
import { readVectors } from '../vectors.ts';
import { carLoans, slice } from './car-loan.ts';
import type { GoldenTable, LoanRows } from './car-loan.ts';

const { tables } = readVectors('nannyml_golden_tables') as { tables: GoldenTable[] };

/** Ours by theirs. */
const NAMES = new Map([
  ['roc_auc', 'roc_auc'],
  ['f1', 'f1'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['specificity', 'specificity'],
  ['accuracy', 'accuracy'],
  ['average_precision', 'pr_auc'],
]);

function sampleOf({ label, prediction, score }: LoanRows): ClassificationSample {
  const confusion = tabulate(['0', '1'], label, prediction);
  return {
    confusion,
    correct: (confusion.counts[0]?.[0] ?? 0) + (confusion.counts[1]?.[1] ?? 0),
    positiveClass: '1',
    brier: null,
    logLoss: null,
    cells: scoreCells(score, label),
    cellsByClass: null,
  };
}

describe("NannyML's tutorials on car loan", () => {
  const standard = tables.filter(({ name }) => name.includes('Calculating Standard Metrics'));

  it.each(standard.map((table) => [table.period, table] as const))(
    'every metric of every chunk, %s period',
    (period, { columns, rows }) => {
      const loans = carLoans(period === 'reference' ? 'reference' : 'monitoring');
      expect(rows).toHaveLength(10);
      for (const row of rows) {
        const cell = (name: string): number => Number(row[columns.indexOf(name)]);
        const first = cell('chunk.start_index');
        const figures = classificationFigures(sampleOf(slice(loans, first, cell('chunk.end_index') + 1)));
        for (const [theirs, ours] of NAMES) {
          const figure = figures.get(ours);
          if (!isMeasured(figure)) throw new Error(`${ours} is not given`);
          // Six digits are printed.
          expect(Math.abs(figure.value - cell(`${theirs}.value`)), `${theirs} from ${first}`).toBeLessThan(
            1e-6,
          );
          expect(figure.bound).toBe(0);
        }
      }
    },
  );

  it('the confusion matrix of every chunk', () => {
    const table = tables.find(({ name }) => name.includes('Confusion Matrix'));
    if (table === undefined) throw new Error('the table is missing');
    const loans = carLoans('monitoring');
    for (const row of table.rows) {
      const cell = (name: string): number => Number(row[table.columns.indexOf(name)]);
      const { label, prediction } = slice(loans, cell('chunk.start_index'), cell('chunk.end_index') + 1);
      const { counts } = tabulate(['0', '1'], label, prediction);
      const expected = [
        [cell('true_negative.value'), cell('false_positive.value')],
        [cell('false_negative.value'), cell('true_positive.value')],
      ];
      for (const [i, line] of expected.entries()) {
        for (const [j, share] of line.entries()) {
          expect((counts[i]?.[j] ?? 0) / label.length).toBeCloseTo(share, 9);
        }
      }
    }
  });

  it('sampling errors: ours of the whole reference, scaled to a chunk, are theirs', () => {
    const [table] = standard;
    if (table === undefined) throw new Error('the table is missing');
    const { columns, rows } = table;
    const reference = carLoans('reference');
    const figures = classificationFigures(sampleOf(reference));
    const theirs = (name: string): number => Number(rows[0]?.[columns.indexOf(`${name}.sampling_error`)]);
    const ours = (name: string): number => {
      const figure = figures.get(name);
      return isMeasured(figure)
        ? figure.standardError * Math.sqrt(reference.label.length / 5000)
        : Number.NaN;
    };
    for (const name of ['accuracy', 'precision', 'recall', 'specificity']) {
      expect(ours(name), name).toBeCloseTo(theirs(name), 7);
    }
    // NannyML takes F1 for a mean of rows: without the slope of 2J/(1 + J) it is 1 + J = 2/(2 − F1) times too wide.
    const f1 = figures.get('f1');
    if (!isMeasured(f1)) throw new Error('F1 is not given');
    expect((ours('f1') * 2) / (2 - f1.value)).toBeCloseTo(theirs('f1'), 7);
  });
});
