import { expect, it } from 'vitest';
import { draws } from '../../src/simulate/draws.ts';
import { countPresent, plainSum, presentValues } from '../../src/stats/present-values.ts';

it.each([0, 1, 3, 1_000])('what is there of %i values, as by filter and reduce, to the last bit', (size) => {
  const draw = draws(size);
  const values = Float64Array.from({ length: size }, (_, i) =>
    i % 3 === 1 ? Number.NaN : i % 3 === 2 ? -0 : draw.normal() * 10 ** (i % 40),
  );
  const present = values.filter((value) => !Number.isNaN(value));
  const found = presentValues(values);
  expect(found).toStrictEqual(present);
  expect(found.buffer).not.toBe(values.buffer);
  expect(countPresent(values)).toBe(present.length);
  expect(plainSum(found)).toBe(present.reduce((sum, value) => sum + value, 0));
});
