import { expect, test } from 'vitest';
import {
  forgetKept,
  keptOfPair,
  keptWith,
  keptWithBoth,
  smallKeptWith,
} from '../../src/core/memory/remember.ts';

test('what is kept with an object is computed once, and again after it was forgotten', () => {
  let computed = 0;
  const sum = keptWith((values: Float64Array) => {
    computed += 1;
    return values.reduce((all, value) => all + value, 0);
  });
  const values = Float64Array.of(1, 2);
  expect([sum(values), sum(values), computed]).toEqual([3, 3, 1]);
  forgetKept();
  expect([sum(values), sum(values), computed]).toEqual([3, 3, 2]);
});

test('of two objects too', () => {
  let computed = 0;
  const both = keptWithBoth((a: Float64Array, b: Float64Array) => {
    computed += 1;
    return a.length + b.length;
  });
  const [a, b] = [Float64Array.of(1), Float64Array.of(1, 2)];
  expect([both(a, b), both(a, b), both(b, a), computed]).toEqual([3, 3, 3, 2]);
  forgetKept();
  expect([both(a, b), computed]).toEqual([3, 3]);
});

test('of a pair in either order', () => {
  let computed = 0;
  const together = keptOfPair((a: Float64Array, b: Float64Array) => {
    computed += 1;
    return a.length * b.length;
  });
  const [a, b] = [Float64Array.of(1, 2), Float64Array.of(1, 2, 3)];
  expect([together(a, b), together(b, a), together(a, a), computed]).toEqual([6, 6, 4, 2]);
  forgetKept();
  expect([together(b, a), together(a, b), computed]).toEqual([6, 6, 3]);
});

test('what is small is kept when all else is forgotten', () => {
  let computed = 0;
  const length = smallKeptWith((values: Float64Array) => {
    computed += 1;
    return values.length;
  });
  const values = Float64Array.of(1, 2);
  forgetKept();
  expect([length(values), length(Float64Array.of(1)), computed]).toEqual([2, 1, 2]);
  forgetKept();
  expect([length(values), computed]).toEqual([2, 2]);
});
