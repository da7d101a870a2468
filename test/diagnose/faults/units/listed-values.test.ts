import { expect, test } from 'vitest';
import { listedValues } from '../../../../src/diagnose/faults/units/listed-values.ts';
import { unitFacts } from '../../../../src/diagnose/faults/units/unit-change.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import { FEATURES, sample, sortedPair } from '../../samples-of-columns.ts';

/** Heights as pilots say them: few numbers, and most of these round. */
const SAID = [
  10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 700, 800, 1_000, 1_200, 1_500, 2_000, 3_000, 5_000,
];

const heights = (rows: number, seed: number, tilt = 0): Float64Array =>
  sample(
    seed,
    rows,
    (d) => SAID[Math.min(SAID.length - 1, Math.floor(SAID.length * d.uniform() ** (1 + tilt)))]!,
  );

function saidOf(current: Float64Array): Suspicion | null {
  const facts = unitFacts(sortedPair(heights(6_000, 1), current));
  return facts && listedValues(facts, FEATURES);
}

const tenths = (value: number): number => Math.round(10 * value) / 10;

test('feet that became metres, whether or not others came', () => {
  for (const tilt of [0, 0.6]) {
    const found = saidOf(heights(2_000, 2, tilt).map((value) => tenths(value * 0.3048)));
    expect(found?.finding).toMatchObject({ fault: 'unit_change', feature: 'x' });
    expect(found?.finding.detail).toContain('ft → m');
    expect(found?.otherwise).toBeUndefined();
  }
});

test('a list of prices that rose, doubled, moved or came to be measured is no other unit', () => {
  expect(saidOf(heights(2_000, 2, 0.6))).toBeNull();
  for (const factor of [2, 1.1, 1.37, 0.5])
    expect(saidOf(heights(2_000, 2).map((value) => tenths(value * factor)))).toBeNull();
  const measured = heights(2_000, 2);
  const noise = sample(3, 2_000, (d) => Math.exp(0.1 * d.normal()));
  expect(saidOf(measured.map((value, row) => tenths(value * 0.3048 * noise[row]!)))).toBeNull();
});
