import { expect, test } from 'vitest';
import { classLabel } from '../../src/core/columns/class-label.ts';
import { labelPositionKey, outranks } from '../../src/core/events/effective-label.ts';
import { idHash } from '../../src/core/ids/id-hash.ts';

test('1, "1" and 1.0 are one class, true is not 1, and digits are never lost', () => {
  expect([1, '1', 1.0, '1.0', ' 1 ', 1n].map(classLabel)).toEqual(Array(6).fill('1'));
  expect(classLabel(true)).toBe('true');
  expect(classLabel('01')).toBe('01');
  expect(classLabel('12345678901234567890')).toBe('12345678901234567890');
  expect(classLabel(-0)).toBe('0');
  expect(classLabel('0.83')).toBe('0.83');
});

test('the documented hash', () => {
  expect(idHash('a1')).toBe(-2608452007427826625n);
});

test('position keys sort as positions do', () => {
  const earlier = labelPositionKey('kafka:labels', 2, 99n);
  const later = labelPositionKey('kafka:labels', 10, 3n);
  expect(later > earlier).toBe(true);
  const rank = { sourceRank: 2, final: true, atMs: 1 };
  expect(outranks({ ...rank, position: later }, { ...rank, position: earlier })).toBe(true);
});
