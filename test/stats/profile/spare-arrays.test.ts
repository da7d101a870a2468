import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpareArrays } from '../../../src/stats/profile/spare-arrays.ts';

test('whatever is taken and given back, every array taken is of its length, of zeros, and nobody else’s', () => {
  const step = fc.record({ take: fc.boolean(), length: fc.integer({ min: 1, max: 4 }), which: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const spare = new SpareArrays(12);
      const used: Float64Array[] = [];
      for (const { take, length, which } of steps) {
        if (take) {
          const taken = spare.take(length);
          expect([...taken]).toEqual(Array.from({ length }, () => 0));
          expect(used.includes(taken)).toBe(false);
          used.push(taken.fill(7));
        } else {
          const [given] = used.splice(which % Math.max(1, used.length), 1);
          if (given !== undefined) spare.give(given);
        }
        expect(spare.values).toBeLessThanOrEqual(12);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('what is beyond the bound is left to the garbage', () => {
  const spare = new SpareArrays(3);
  spare.give(new Float64Array(2));
  spare.give(new Float64Array(2));
  expect(spare.values).toBe(2);
});
