import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { SUSPICIOUS } from '../../../src/diagnose/thresholds.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { tableOf } from '../tables.ts';

const CLASSES = ['good', 'short', 'flash', 'sink'];
const COLUMNS = 16;
const SLOW = 3;
const A_DAY = 300;

/** Three columns are the day's as much as the row's. Rows of the second class come `more` times as often, whatever their features. */
function mouldings(seed: number, from: number, count: number, more = 1): Table {
  const draw = draws(seed);
  const columns = Array.from({ length: COLUMNS }, (): number[] => []);
  const [label, timestampMs] = [[] as string[], [] as number[]];
  for (let day = from; day < from + count; day++) {
    const weather = Array.from({ length: COLUMNS }, (_, at) => (at < SLOW ? draw.normal() : 0));
    for (let row = 0; row < A_DAY;) {
      const x = weather.map((common) => common + draw.normal());
      const code = draw.choice([
        3 * Math.exp(0.5 * x[0]! + 0.6 * x[4]!),
        Math.exp(0.6 * x[1]! + 0.7 * x[5]!),
        Math.exp(0.4 * x[2]! - 0.6 * x[6]!),
        1,
      ]);
      if (draw.uniform() >= (code === 1 ? 1 : 1 / more)) continue;
      for (const [at, value] of x.entries()) columns[at]!.push(value);
      label.push(CLASSES[code]!);
      timestampMs.push((day + row / A_DAY) * DAY_MS);
      row += 1;
    }
  }
  const features = Object.fromEntries(columns.map((values, at) => [`x${at}`, values]));
  return { ...tableOf({ features, label }), timestampMs: Float64Array.from(timestampMs) };
}

test('of four classes the index is that of the one whose share moved, by as many rows as one may cost', () => {
  const samples = labelledRows(pairSamples(mouldings(1, 0, 60), mouldings(51, 60, 6, 3)));
  const { p, response, samples: looked } = conceptTest('classification', samples);
  expect(p).toBeLessThan(SUSPICIOUS);
  expect(looked.rows).toEqual(samples.rows);
  const { label } = samples;
  if (label?.kind !== 'levels') throw new Error('classes were asked for');
  const short = label.levels.indexOf('short');
  expect([...response]).toEqual([...label.reference, ...label.current].map((code) => Number(code === short)));
});
