import { expect, it } from 'vitest';
import { growth } from '../../bench/evaluate/growth.ts';

const cost = (features: number, segments: number, ownMs: number, serverMs = 0) => ({
  features,
  segments,
  wallMs: ownMs,
  ownMs,
  serverMs,
});

it('says with which power cost grows, all else equal', () => {
  const costs = [cost(100, 1, 20, 20), cost(10, 1, 2, 2), cost(10, 10, 400), cost(20, 100, 7)];
  expect(growth(costs, 'features')).toEqual([{ from: 10, to: 100, exponent: 1 }]);
  const [bySegments] = growth(costs, 'segments');
  expect(bySegments).toMatchObject({ from: 1, to: 10 });
  expect(bySegments?.exponent).toBeCloseTo(2, 12);
});
