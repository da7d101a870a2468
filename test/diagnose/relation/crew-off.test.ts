import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { NumericColumn, Table } from '../../../src/core/table.ts';
import { labelAnswers } from '../../../src/diagnose/answers.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';

const EACH = 300;
const CREWS = 12;
const OFF = 0.08;

/** Each of twelve crews has a day off now and then; who weighs a fleece has nothing to do with what it weighs. */
function days(seed: number, from: number, count: number, spread = 0): Table {
  const draw = draws(seed);
  const crews: string[] = [];
  const times: number[] = [];
  const [body, kilos] = [[] as number[], [] as number[]];
  for (let day = from; day < from + count; day++) {
    const working = Array.from({ length: CREWS }, (_, crew) => crew).filter(() => draw.uniform() >= OFF);
    for (let row = 0; row < EACH; row++) {
      const size = draw.normal();
      times.push(day * DAY_MS + (row * DAY_MS) / EACH);
      crews.push(`crew ${working[Math.floor(draw.uniform() * working.length)]!}`);
      body.push(size + spread * draw.normal());
      kilos.push(size + 0.5 * draw.normal());
    }
  }
  const levels = Array.from({ length: CREWS }, (_, i) => `crew ${i}`);
  const number = (name: string, values: readonly number[]): NumericColumn => ({
    name,
    kind: 'numeric',
    values: Float64Array.from(values),
    invalid: 0,
  });
  const codes = Int32Array.from(crews, (crew) => levels.indexOf(crew));
  return {
    rows: crews.length,
    features: [{ name: 'crew', kind: 'categorical', levels, codes, invalid: 0 }, number('body', body)],
    prediction: null,
    score: null,
    label: number('kilos', kilos),
    timestampMs: Float64Array.from(times),
    predictionId: null,
  };
}

const NOTHING_KNOWN = { features: [], score: null, label: null };

function conditionalP(seed: number, spread: number): number {
  const samples = pairSamples(days(seed, 0, 40), days(seed + 100, 40, 1, spread));
  return labelAnswers('regression', samples, NOTHING_KNOWN).conditional.p;
}

test('a crew that has a day off is no change among rows of one label, and what else changed is', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(seeds.filter((seed) => conditionalP(seed, 0) < 0.001).length).toBeLessThan(2);
  expect(seeds.filter((seed) => conditionalP(seed, 1.2) < 0.001).length).toBeGreaterThan(15);
});
