import { expect, it } from 'vitest';
import { windowTables } from '../../src/pipeline/evaluate/window-tables.ts';
import type { MemberRow } from '../../src/pipeline/predictions/member-rows.ts';

const FEATURES = [
  { name: 'age', kind: 'numeric' },
  { name: 'site', kind: 'categorical' },
] as const;

function rowsOf(segments: (row: number) => string[]): MemberRow[] {
  return Array.from({ length: 40 }, (_, row) => ({
    features: new Map<string, number | string>([
      ['age', (row * 7) % 11],
      ['site', `s${row % 2}`],
    ]),
    prediction: 'yes',
    score: row / 40,
    label: null,
    holdout: false,
    segments: segments(row),
    probabilities: null,
    timestampMs: row,
  }));
}

it('segments that all rows are of share the table of the window', () => {
  const tableOf = windowTables(
    rowsOf((row) => (row === 39 ? ['country=FR'] : ['country=FR', 'site=s'])),
    'classification',
  );
  const all = tableOf('', FEATURES);
  expect(tableOf('country=FR', FEATURES)).toBe(all);
  expect(all?.rows).toBe(40);
  // One row is of no site.
  const site = tableOf('site=s', FEATURES);
  expect(site?.rows).toBe(39);
  expect(tableOf('site=s', FEATURES)).not.toBe(site);
  expect(tableOf('site=t', FEATURES)).toBeNull();
});

it('the table of a window is let go of where no segment has all its rows', () => {
  const tableOf = windowTables(
    rowsOf((row) => [`site=s${row % 2}`]),
    'classification',
  );
  expect(tableOf('', FEATURES)).not.toBe(tableOf('', FEATURES));
  expect(tableOf('site=s1', FEATURES)?.rows).toBe(20);
  expect(windowTables([], 'classification')('', FEATURES)).toBeNull();
});
