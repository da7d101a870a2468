import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { labelAnswers } from '../../../src/diagnose/answers.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { tableOf } from '../tables.ts';

const EACH = 250;

/** A day's rock is as hard as it is, in all that is measured, and steel wears as the rock is hard. `more`: of rows that wear more there are more, whatever else. */
function bored(seed: number, from: number, count: number, more = 0): Table {
  const draw = draws(seed);
  const rows: { wear: number; thrust: number; torque: number; ms: number }[] = [];
  for (let day = from; day < from + count; day++) {
    const rock = 0.3 * draw.normal();
    const gauge = 0.5 * draw.normal();
    for (let row = 0; row < EACH;) {
      const wear = rock + draw.normal();
      if (draw.uniform() >= 1 / (1 + Math.exp(-more * wear))) continue;
      const ms = (day + row / EACH) * DAY_MS;
      rows.push({ wear, thrust: wear + gauge + 0.3 * draw.normal(), torque: wear + 0.8 * draw.normal(), ms });
      row += 1;
    }
  }
  return tableOf({
    features: { thrust: rows.map(({ thrust }) => thrust), torque: rows.map(({ torque }) => torque) },
    label: rows.map(({ wear }) => wear),
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('among rows of one number the index is held against what days leave of it', () => {
  const errors = Array.from({ length: 12 }, (_, at) => {
    const samples = labelledRows(pairSamples(bored(1 + at, 0, 60), bored(101 + at, 60, 1, 1.2)));
    return labelAnswers('regression', samples, { features: [], score: null, label: null }).shift.withinLabels;
  });
  // Beside what days leave of the index over all rows they are twice as large.
  const square = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
  expect(square).toBeLessThan(1.5);
  expect(square).toBeGreaterThan(0.3);
});
