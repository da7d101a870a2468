import { expect, test } from 'vitest';
import { companyAmong } from '../../../../src/diagnose/faults/levels/company.ts';
import { inflationInTime } from '../../../../src/diagnose/faults/levels/held-difference.ts';
import { exchangedLevels } from '../../../../src/diagnose/faults/levels/levels-exchanged.ts';
import type { LevelPair, NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';

const HOUR_MS = 3_600_000;

/** A machine makes one of two products for `held` hours, ten rows an hour; the oil of those hours is what it happens to be. */
function made(seed: number, hours: number, held: number) {
  const draw = draws(seed);
  const [product, oil, belt, ms] = [[], [], [], []] as [number[], number[], number[], number[]];
  let [now, level, tension] = [0, 0, 0];
  for (let hour = 0; hour < hours; hour++) {
    if (hour % held === 0)
      [now, level, tension] = [draw.uniform() < 0.5 ? 0 : 1, draw.normal(), draw.normal()];
    for (let row = 0; row < 10; row++) {
      product.push(now);
      oil.push(level + 0.3 * now + 0.2 * draw.normal());
      belt.push(tension + 0.3 * now + 0.2 * draw.normal());
      ms.push((hour + row / 10) * HOUR_MS);
    }
  }
  return { product: Int32Array.from(product), oil, belt, ms: Float64Array.from(ms) };
}

function columnsOf(seed: number, held: number) {
  const [before, now] = [made(seed, 400, held), made(seed + 1, 60, held)];
  const levels = ['bolt', 'nut'];
  const numeric = (name: 'oil' | 'belt'): NumericCells => ({
    name,
    kind: 'numeric',
    reference: Float64Array.from(before[name]),
    current: Float64Array.from(now[name]),
  });
  const pair: LevelPair = {
    name: 'product',
    kind: 'levels',
    levels,
    reference: before.product,
    current: now.product,
  };
  return { pair, columns: [pair, numeric('oil'), numeric('belt')], before, now };
}

const SEEDS = Array.from({ length: 40 }, (_, i) => 5_000 + 10 * i);

test('the difference of levels that are held for hours is as uncertain as the hours are few', () => {
  const inflation = (held: number): number => {
    const { pair, columns, before, now } = columnsOf(7, held);
    const company = companyAmong(columns)(pair);
    const timed = { currentMs: now.ms, referenceMs: before.ms };
    return company === null ? Number.NaN : inflationInTime(company, [0, 1], timed);
  };
  // Ten rows an hour that are hardly another, and sixty.
  expect(inflation(1)).toBeGreaterThan(4);
  expect(inflation(1)).toBeLessThan(20);
  expect(inflation(6)).toBeGreaterThan(20);
});

test.each([true, false])(
  'levels that are held for hours are not exchanged; reference with times: %s',
  (isTimed) => {
    const found = SEEDS.flatMap((seed) => {
      const { columns, before, now } = columnsOf(seed, 6);
      const order = {
        inTime: Int32Array.from(now.product.keys()),
        currentMs: now.ms,
        referenceMs: isTimed ? before.ms : null,
      };
      return exchangedLevels(columns, companyAmong(columns), order);
    });
    expect(found.filter(({ otherwise }) => otherwise === undefined)).toEqual([]);
  },
);
