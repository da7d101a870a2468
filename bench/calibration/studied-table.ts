import type { Table } from '../../src/core/table.ts';
import type { Random } from '../../src/stats/random.ts';
import { FEATURE_MIX } from './feature-mix.ts';
import { normal } from './draws.ts';
import { drawColumn } from './populations.ts';
import type { Population } from './populations.ts';

/**
 * References of ten thousand rows, and ten more: up to ten thousand the KS p-value that is shown is computed exactly,
 * which takes nine tenths of a comparison and decides nothing (decisions use the law at every size). Ten and not one,
 * because NannyML cuts the reference into ten chunks, and a single row left over would be an eleventh.
 */
export const REFERENCE_ROWS = 10_010;

/** Rows as a binary classifier logs them: the features, its score and decision, and the label, right at the score's rate. */
export function drawTable(
  rows: number,
  random: Random,
  features: readonly Population[] = FEATURE_MIX,
): Table {
  const score = new Float64Array(rows);
  const prediction = new Int32Array(rows);
  const label = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const probability = 1 / (1 + Math.exp(-1.5 * normal(random) + 0.8));
    score[row] = probability;
    prediction[row] = probability > 0.5 ? 1 : 0;
    label[row] = random() < probability ? 1 : 0;
  }
  const classes = ['deny', 'approve'];
  return {
    rows,
    features: features.map((population) => drawColumn(population, rows, random)),
    prediction: { name: 'prediction', kind: 'categorical', codes: prediction, levels: classes, invalid: 0 },
    score: { name: 'score', kind: 'numeric', values: score, invalid: 0 },
    label: { name: 'label', kind: 'categorical', codes: label, levels: classes, invalid: 0 },
    timestampMs: null,
    predictionId: null,
  };
}

export const STUDIED_TASK = { task: 'classification', positiveClass: 'approve' } as const;

/** For tables of features alone. */
export const EMPTY_TABLE: Table = {
  rows: 0,
  features: [],
  prediction: null,
  score: null,
  label: null,
  timestampMs: null,
  predictionId: null,
};
