import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { estimatePerformance } from '../../../src/compare/estimation/estimate.ts';
import type { Table } from '../../../src/core/table.ts';
import { classificationFigures } from '../../../src/stats/performance/classification-figures.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import type { Figures } from '../../../src/stats/performance/measured.ts';
import { sampleOfCounts } from '../../../src/stats/performance/sample-of-counts.ts';
import { classificationSample } from '../../../src/stats/performance/sample-of-table.ts';
import { profileLabels } from '../../../src/stats/table/table-profile.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from '../profile/rows.ts';

interface Vectors {
  readonly classes: readonly string[];
  readonly chunk: number;
  /** One row after the other: probabilities in hundredths, then the places of prediction and label. */
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly realised: Readonly<Record<string, readonly number[]>>;
  readonly estimated: Readonly<Record<string, readonly number[]>>;
}

const file = new URL('../../vectors/nannyml_multiclass.json.gz', import.meta.url);
const vectors = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Vectors;
const { classes, chunk } = vectors;

/** Ours by theirs. */
const NAMES = new Map([
  ['roc_auc', 'roc_auc'],
  ['f1', 'f1_macro'],
  ['precision', 'precision_macro'],
  ['recall', 'recall_macro'],
  ['accuracy', 'accuracy'],
]);

function rowsOf(numbers: readonly number[], from: number, to: number): Table {
  const width = classes.length + 2;
  const column = (at: number): number[] =>
    Array.from({ length: to - from }, (_, row) => numbers[(from + row) * width + at] ?? Number.NaN);
  const names = (at: number): string[] => column(at).map((place) => classes[place] ?? '');
  const zeros = Array.from({ length: to - from }, () => 0);
  return tableOf([numericColumn('x', zeros)], {
    prediction: levelColumn('prediction', names(classes.length)),
    label: levelColumn('label', names(classes.length + 1)),
    probabilities: new Map(
      classes.map((name, k) => [
        name,
        numericColumn(
          name,
          column(k).map((p) => p / 100),
        ),
      ]),
    ),
  });
}

const reference = rowsOf(vectors.reference, 0, vectors.reference.length / (classes.length + 2));
const chunks = Array.from({ length: 4 }, (_, at) => rowsOf(vectors.current, at * chunk, (at + 1) * chunk));

function figuresOf(table: Table): Figures {
  const sample = classificationSample(table, null);
  if (sample === null) throw new Error('no labelled rows');
  return classificationFigures(sample);
}

function countedFigures(table: Table): Figures {
  const known = buildReference(reference, { task: 'classification', positiveClass: null });
  const counts = profileLabels(table, known).performance;
  if (counts === null) throw new Error('no labelled rows');
  const { task, sample } = sampleOfCounts(counts, null);
  if (task !== 'classification') throw new Error('not a classification');
  return classificationFigures(sample);
}

describe("NannyML's credit cards of three classes", () => {
  it.each([
    ['rows', figuresOf],
    ['counts', countedFigures],
  ] as const)('have its figures in every chunk, from %s', (_, figures) => {
    for (const [at, table] of chunks.entries()) {
      const ours = figures(table);
      for (const [theirs, name] of NAMES) {
        const figure = ours.get(name);
        if (!isMeasured(figure)) throw new Error(`${name} is not given`);
        const off = Math.abs(figure.value - (vectors.realised[theirs]?.[at] ?? 0));
        expect(off, `${theirs} of chunk ${at}`).toBeLessThan(1e-12 + figure.bound);
        // Hundredths are points of the grid.
        expect(figure.bound).toBe(0);
      }
    }
  });

  it('are expected to be as it expects', () => {
    for (const [at, table] of chunks.entries()) {
      const options = { task: 'classification', positiveClass: null, minLabelled: 200 } as const;
      const metrics = estimatePerformance(reference, { ...table, label: null }, options)?.metrics ?? {};
      for (const [theirs, name] of NAMES) {
        const off = Math.abs((metrics[name]?.value ?? 1) - (vectors.estimated[theirs]?.[at] ?? 0));
        // Of rows with equal probabilities it takes one threshold after the other.
        expect(off, `${theirs} of chunk ${at}`).toBeLessThan(theirs === 'roc_auc' ? 1e-5 : 1e-12);
      }
    }
  });
});
