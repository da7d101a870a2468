import { expect, it } from 'vitest';
import { compareRows, type Diagnosis, type Row } from '../../src/index.ts';

const HOUR_MS = 3_600_000;

const rows = (count: number, by = 0): Row[] =>
  Array.from({ length: count }, (_, row) => ({
    timestamp: new Date(Date.UTC(2026, 2, 1) + row * (HOUR_MS / 400)),
    a: ((row * 7919) % 101) + by,
    segment: row % 2 === 0 ? 'x' : 'y',
    prediction: row % 2,
    label: row % 2,
  }));

it('gives programs a diagnosis of its own type, of a file and of each of its windows', async () => {
  const options = { multivariate: false, segments: ['segment'] } as const;
  const { comparison } = await compareRows(rows(800), rows(800, 40), options);
  // The type is half of the test: neither compiles of an unknown.
  const diagnosis: Diagnosis = comparison.diagnosis;
  expect([diagnosis.verdict, diagnosis.types]).toEqual(['covariate_shift', ['covariate_shift']]);
  expect(comparison.performance?.['accuracy']).toMatchObject({ current: 1 });
  expect(comparison.segments?.map((each) => [each.segment, each.diagnosis.verdict])).toEqual([
    ['segment=x', 'covariate_shift'],
    ['segment=y', 'covariate_shift'],
  ]);
  const { comparison: windowed } = await compareRows(rows(800), rows(800, 40), {
    multivariate: false,
    window: '1h',
  });
  expect(windowed.windows.map((each) => [Object.keys(each)[0], each.diagnosis.verdict])).toEqual([
    ['start', 'covariate_shift'],
    ['start', 'covariate_shift'],
  ]);
});
