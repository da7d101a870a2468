import { expect, test } from 'vitest';
import { isWorthForgetting } from '../../src/pipeline/evaluate/worth-forgetting.ts';

const MB = 2 ** 20;
const held = (rssBytes: number) => ({ rssBytes, fromBytes: 430 * MB });

test('what is kept of a wide baseline is forgotten where the process holds much, and only there', () => {
  expect(isWorthForgetting(4 * MB, held(430 * MB))).toBe(true);
  expect(isWorthForgetting(4 * MB, held(429 * MB))).toBe(false);
});

test('what is little is kept however much the process holds', () => {
  expect(isWorthForgetting(0, held(600 * MB))).toBe(false);
  expect(isWorthForgetting(2 * MB - 1, held(600 * MB))).toBe(false);
  expect(isWorthForgetting(2 * MB, held(600 * MB))).toBe(true);
});
