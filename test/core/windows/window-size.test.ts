import { expect, test } from 'vitest';
import { sizeFromText, sizeToText } from '../../../src/core/windows/window-size.ts';

test.each([
  ['1h', 3_600_000, '1h'],
  ['90m', 5_400_000, '90m'],
  ['1w', 604_800_000, '7d'],
  ['250ms', 250, '250ms'],
  ['500rows', -500, '500rows'],
])('an address may ask for windows of %s', (text, size, spelling) => {
  expect(sizeFromText(text)).toBe(size);
  expect(sizeToText(size)).toBe(spelling);
});

test.each(['', '0h', '1 h', '-1h', 'h', '1y', '1.5h', '1234567890h'])('%j is no size of windows', (text) => {
  expect(sizeFromText(text)).toBeNull();
});
