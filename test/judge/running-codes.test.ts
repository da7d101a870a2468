import { expect, test } from 'vitest';
import type { Table } from '../../src/core/table.ts';
import { runningCodes } from '../../src/judge/running-codes.ts';
import { tableOf } from '../diagnose/tables.ts';
import { asideOf } from '../../src/judge/conclude-window.ts';

const codes = (from: number, count: number, name = 'BX', step = 1): string[] =>
  Array.from({ length: 4 * count }, (_, row) => `${name}${from + step * ((row * 7) % count)}`);
const box = (names: readonly string[]): Table => tableOf({ features: { box: names } });
const reference = box(codes(50_000, 400));

test('codes that go on where the reference’s ended say only when', () => {
  expect(runningCodes(reference, box(codes(50_400, 40)))).toEqual(['box']);
  expect(asideOf(reference, box(codes(50_400, 40)), new Map()).get('box')).toBe('identifier');
  // People say what it is.
  const said = new Map([['box', { kind: 'categorical' as const }]]);
  expect(asideOf(reference, box(codes(50_400, 40)), said).get('box')).toBeUndefined();
});

test.each<[string, Table, string[]]>([
  ['the reference’s own', reference, codes(50_100, 40)],
  ['another beginning', reference, codes(50_400, 40, 'CX')],
  ['a list of few', box(codes(50_000, 100)), codes(50_100, 40)],
  ['a list with gaps', box(codes(50_000, 400, 'BX', 9)), codes(53_600, 40, 'BX', 9)],
  ['words', box(codes(0, 400).map((code) => `${code} and more`)), codes(400, 40)],
])('not %s', (_, before, now) => {
  expect(runningCodes(before, box(now))).toEqual([]);
});

test('nothing without a table', () => {
  expect(runningCodes(null, reference)).toEqual([]);
});
