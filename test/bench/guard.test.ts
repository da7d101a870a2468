import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judgeRatios, screenOf, tooBusy } from '../../bench/guard/judge-ratios.ts';
import { type KeptRow, readKept, withRow } from '../../bench/guard/kept-ratios.ts';

const PAGE = readFileSync(new URL('../../docs/records/performance.md', import.meta.url), 'utf8');

const row = (ratios: KeptRow['ratios'], facts: Partial<KeptRow> = {}): KeptRow => ({
  date: '2026-12-02',
  commit: 'abc1234',
  machine: '2 × AMD EPYC',
  node: '24.21.0',
  load: '0.1',
  command: 'npm run bench:guard',
  ratios,
  ...facts,
});

test('rows are read as they were written, and the rest of the page stays', () => {
  const before = readKept(PAGE);
  const whole = row({
    'b to a': { wall: 0.32, cpu: 0.36 },
    'c to b': { wall: 1.05, cpu: 1.03 },
    'd to b': { wall: 0.44, cpu: 0.4 },
    'compare to pandas': { wall: 1.8, cpu: 1.9 },
  });
  // `$&` is what a replacement would take for a pattern.
  const part = row({ 'compare to pandas': { wall: 1.75, cpu: 1.85 } }, { machine: '4 × $& A/B' });
  const page = withRow(withRow(PAGE, whole), part);
  expect(readKept(page)).toEqual([...before, whole, part]);
  const added = page.split('\n').filter((line) => !PAGE.split('\n').includes(line));
  expect(added).toHaveLength(2);
  expect(page.split('\n').filter((line) => !added.includes(line))).toEqual(PAGE.split('\n'));
});

test('a page without the table, and a cell that is no ratio, are refused', () => {
  expect(() => readKept('# Performance\n')).toThrow('no table of kept ratios');
  const page = withRow(PAGE, row({ 'c to b': { wall: 1.05, cpu: 1.03 } }));
  expect(() => readKept(page.replace('1.05; 1.03', '1.05'))).toThrow('not a ratio of wall and CPU');
  expect(() => readKept(page.replace('| 1.05; 1.03 ', ''))).toThrow('not a row of kept ratios');
});

test('a ratio falls below four fifths of the last one kept of it, in wall or CPU', () => {
  const rows = [
    row({ 'c to b': { wall: 5, cpu: 5 }, 'compare to pandas': { wall: 2, cpu: 2 } }),
    row({ 'c to b': { wall: 1, cpu: 1 } }),
  ];
  const fallen = (ratios: KeptRow['ratios']): string[] =>
    judgeRatios(ratios, rows).flatMap(({ name, of, fell }) => (fell ? [`${name} ${of}`] : []));
  expect(fallen({ 'c to b': { wall: 0.8, cpu: 0.8 } })).toEqual([]);
  expect(fallen({ 'c to b': { wall: 0.79, cpu: 1.2 } })).toEqual(['c to b wall']);
  expect(fallen({ 'c to b': { wall: 3, cpu: 0.79 } })).toEqual(['c to b cpu']);
  // The last row has none of it.
  expect(fallen({ 'compare to pandas': { wall: 1.59, cpu: 1.61 } })).toEqual(['compare to pandas wall']);
  // Never kept: nothing to fall from, but a number it must be.
  expect(fallen({ 'd to b': { wall: 0.01, cpu: Number.NaN } })).toEqual(['d to b cpu']);
});

test('the screen names what fell, another machine, and the control', () => {
  const rows = [row({ 'b to a': { wall: 0.4, cpu: 0.4 }, 'c to b': { wall: 1, cpu: 1 } })];
  const now = { 'b to a': { wall: 0.3, cpu: 0.4 }, 'c to b': { wall: 0.5, cpu: 1 } };
  const screen = screenOf(judgeRatios({ ...now, 'd to b': { wall: 1, cpu: 1 } }, rows), {
    machine: '8 × other',
    command: 'npm run bench:guard -- --rounds 1',
  });
  expect(screen).toContain('c to b            wall    0.50   1.00   0.50   FELL');
  expect(screen).toContain('c to b            CPU     1.00   1.00   1.00\n');
  expect(screen).toContain('kept with another machine: 2 × AMD EPYC; this is 8 × other');
  expect(screen).toContain(
    'kept with another command: npm run bench:guard; this is npm run bench:guard -- --rounds 1',
  );
  expect(screen).toContain('2 of 6 were never kept');
  expect(screen).toContain('it is the machine or Node that changed');
  expect(screen).toContain('2 of 6 fell below 0.8 of the kept one');
  const fine = screenOf(judgeRatios({ 'c to b': { wall: 1, cpu: 1 } }, rows), rows[0]!);
  expect(fine).toContain('no ratio fell');
  expect(fine).not.toMatch(/another|never kept/);
});

test('a busy machine is said to be busy', () => {
  expect(tooBusy(0.6, 2)).toBeNull();
  expect(tooBusy(0.61, 2)).toContain('load average 0.61');
});
