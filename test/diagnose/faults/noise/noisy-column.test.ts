import { describe, expect, test } from 'vitest';
import { noisyColumns } from '../../../../src/diagnose/faults/noise/noisy-column.ts';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { FEATURES } from '../../samples-of-columns.ts';

type Row = readonly [number, number, number];

/** Two columns that follow a third, and what became of it. */
function columns(change: (row: Row, normal: () => number) => Row): NumericCells[] {
  const d = draws(7);
  const drawn = (rows: number, how: typeof change): Row[] =>
    Array.from({ length: rows }, () => {
      const level = d.normal();
      return how([level, level + 0.6 * d.normal(), 0.8 * level + 0.6 * d.normal()], () => d.normal());
    });
  const before = drawn(3000, (row) => row);
  const now = drawn(1500, change);
  return ['a', 'b', 'c'].map((name, at) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(before, (row) => row[at]!),
    current: Float64Array.from(now, (row) => row[at]!),
  }));
}

describe('a noisy sensor', () => {
  test('is named, and only as a reading', () => {
    const found = noisyColumns(
      columns(([a, b, c], normal) => [a, b + 0.8 * normal(), c]),
      FEATURES,
    );
    expect(found.map(({ finding }) => finding.feature)).toEqual(['b']);
    expect(found[0]?.finding.fault).toBe('noise');
    expect(found[0]?.otherwise).toContain('something new moves b');
  });

  test('is broken where it was a copy of another', () => {
    const d = draws(8);
    const pair = (name: string, own: number, noise: number): NumericCells => ({
      kind: 'numeric',
      name,
      reference: levels.before.map((level) => level + own * d.normal()),
      current: levels.now.map((level) => level + own * d.normal() + noise * d.normal()),
    });
    const normals = (rows: number): Float64Array => Float64Array.from({ length: rows }, () => d.normal());
    const levels = { before: normals(2000), now: normals(1000) };
    const [found, ...others] = noisyColumns([pair('a', 0.05, 0), pair('b', 0.05, 0.3)], FEATURES);
    expect(found).toMatchObject({ finding: { fault: 'noise', feature: 'b' } });
    expect(found?.otherwise).toBeUndefined();
    expect(others).toEqual([]);
  });

  test('is broken where no day of the reference spread half as much, and a reading where one did', () => {
    const d = draws(9);
    const EACH = 400;
    const days = 21;
    const level = Float64Array.from({ length: days * EACH }, () => d.normal());
    const timesMs = level.map((_, row) => (row / EACH) * 86_400_000);
    const of = (name: string, noiseOf: (day: number) => number): NumericCells => {
      const values = level.map(
        (value, row) => value + 0.2 * d.normal() + noiseOf(Math.floor(row / EACH)) * d.normal(),
      );
      const at = (days - 1) * EACH;
      return { kind: 'numeric', name, reference: values.slice(0, at), current: values.slice(at) };
    };
    const said = (oddDay: number): (string | undefined)[] =>
      noisyColumns(
        [of('a', () => 0), of('b', (day) => (day === days - 1 ? 0.62 : day === 7 ? oddDay : 0))],
        FEATURES,
        {
          referenceMs: timesMs.slice(0, (days - 1) * EACH),
          currentMs: timesMs.slice((days - 1) * EACH),
        },
      ).map(({ finding, otherwise }) => `${finding.feature} ${otherwise ?? 'claimed'}`);
    expect(said(0)).toEqual(['b claimed']);
    expect(said(0.4)).toEqual(['b something new moves b and none of the columns beside it']);
  });

  test('is broken where only one that has nothing to do with it by itself completes the copy', () => {
    const d = draws(21);
    const normals = (rows: number): Float64Array => Float64Array.from({ length: rows }, () => d.normal());
    /** Saturation, its temperature, how much there is, and nine that go with the last: column by column. */
    const drawn = (rows: number, noise: number): Float64Array[] => {
      const [whole, warm] = [normals(rows), normals(rows)];
      const much = whole.map((value, row) => value - 0.8 * warm[row]! + 0.1 * d.normal());
      const others = Array.from({ length: 9 }, () => much.map((value) => 0.6 * value + d.normal()));
      return [whole.map((value) => value + noise * d.normal()), warm, much, ...others];
    };
    const [before, now] = [drawn(2_500, 0), drawn(1_200, 0.4)];
    const found = noisyColumns(
      before.map((reference, at) => ({ kind: 'numeric', name: `c${at}`, reference, current: now[at]! })),
      FEATURES,
    );
    expect(found.map(({ finding, otherwise }) => [finding.feature, otherwise])).toEqual([['c0', undefined]]);
  });

  test('is one of two, and nobody knows which, where each was all but the other', () => {
    const d = draws(10);
    const normals = (rows: number): Float64Array => Float64Array.from({ length: rows }, () => d.normal());
    const [before, now] = [normals(3000), normals(2000)];
    const pair = (name: string, own: number, noise: number): NumericCells => ({
      kind: 'numeric',
      name,
      reference: before.map((level) => level + own * d.normal()),
      current: now.map((level) => level + own * d.normal() + noise * d.normal()),
    });
    const found = noisyColumns([pair('a', 1e-4, 0), pair('b', 1e-4, 8e-4)], FEATURES);
    expect(found.map(({ finding, otherwise }) => `${finding.feature}: ${otherwise}`)).toEqual([
      'a: it is b that became noisy',
      'b: it is a that became noisy',
    ]);
  });

  test('is the one without which the others follow from each other as they did', () => {
    const d = draws(23);
    const eggs = (rows: number, noise: number): number[][] =>
      Array.from({ length: rows }, () => {
        const [width, length] = [0.08 * d.normal(), 0.08 * d.normal()];
        const weight = length + 2.66 * width + (0.001 + noise) * d.normal();
        const ratio = 0.75 * width - 0.56 * length + 0.004 * d.normal();
        return [weight, width + 0.004 * d.normal(), length + 0.004 * d.normal(), ratio];
      });
    const [before, now] = [eggs(4_000, 0), eggs(900, 0.03)];
    const pairs = ['weight', 'width', 'length', 'ratio'].map((name, at): NumericCells => ({
      kind: 'numeric',
      name,
      reference: Float64Array.from(before, (row) => row[at]!),
      current: Float64Array.from(now, (row) => row[at]!),
    }));
    const found = noisyColumns(pairs, FEATURES);
    expect(found.map(({ finding, otherwise }) => [finding.feature, otherwise])).toEqual([
      ['weight', undefined],
    ]);
  });

  test('is none where there are more rows of a kind that always spread more', () => {
    const d = draws(9);
    const trips = (rows: number, mean: number): number[][] =>
      Array.from({ length: rows }, () => {
        const [start, length] = [d.normal(), Math.exp(mean + 0.5 * d.normal())];
        return [start, start + 0.5 * length * d.normal(), length];
      });
    const [before, now] = [trips(4_000, 0), trips(1_800, 0.5)];
    const pairs = ['start', 'end', 'length'].map((name, at): NumericCells => ({
      kind: 'numeric',
      name,
      reference: Float64Array.from(before, (row) => row[at]!),
      current: Float64Array.from(now, (row) => row[at]!),
    }));
    expect(noisyColumns(pairs.slice(0, 2), FEATURES)).toHaveLength(1);
    expect(noisyColumns(pairs, FEATURES)).toEqual([]);
  });

  test.each<[string, (row: Row, normal: () => number) => Row]>([
    ['nothing', (row) => row],
    ['a wider column', ([a, b, c]) => [a, 1.6 * b, c]],
    ['a wider world', ([a, b, c]) => [1.5 * a, 1.5 * b, 1.5 * c]],
    ['a moved column', ([a, b, c]) => [a, b + 1, c]],
    ['columns that part', ([a, , c], normal) => [a, 1.17 * normal(), c]],
  ])('%s is no noise', (_, change) => {
    expect(noisyColumns(columns(change), FEATURES)).toEqual([]);
  });
});
