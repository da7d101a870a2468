import { expect, test } from 'vitest';
import { modelHeld } from '../../src/diagnose/model-held.ts';
import { labelledRows, pairSamples } from '../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../src/diagnose/samples/row-samples.ts';
import { simulate } from './office.ts';
import type { Change } from './office.ts';

function samplesAfter(change: Change, turned: number): RowSamples {
  const spec = {
    task: 'classification',
    model: 'calibrated',
    rows: { reference: 4000, current: 2000 },
  } as const;
  const { reference, current } = simulate({ ...spec, seed: 31 }, change);
  const { prediction } = current;
  if (prediction === null || prediction.kind === 'numeric') throw new Error('classes were expected');
  const codes = prediction.codes.map((code, row) => (row % turned === 0 ? 1 - code : code));
  const labelled = labelledRows(pairSamples(reference, { ...current, prediction: { ...prediction, codes } }));
  if (labelled === null) throw new Error('labels were expected');
  return labelled;
}

test('a world that changed is not the model that did', () => {
  const changed = samplesAfter({ concept: (index, row) => (row.debt > 0.7 ? index + 1.6 : index) }, Infinity);
  expect(modelHeld('classification', changed)).toBe(true);
});

test('answers that are turned round are the model', () => {
  expect(modelHeld('classification', samplesAfter({}, 6))).toBe(false);
});
