import { describe, expect, test } from 'vitest';
import { companyAmong } from '../../../../src/diagnose/faults/levels/company.ts';
import { exchangedLevels } from '../../../../src/diagnose/faults/levels/levels-exchanged.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import type { ColumnCells, LevelPair, NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { levelWorld } from './level-world.ts';
import { simulate } from '../../office.ts';
import type { Change } from '../../office.ts';

const MINUTE_MS = 60_000;

function exchanged(columns: readonly ColumnCells[]): Suspicion[] {
  const rows = columns[0]?.current.length ?? 0;
  const inTime = Int32Array.from({ length: rows }, (_, row) => row);
  const currentMs = Float64Array.from(inTime, (row) => row * MINUTE_MS);
  return exchangedLevels(columns, companyAmong(columns), {
    inTime,
    currentMs,
    referenceMs: null,
  });
}

/** The two levels of one column, exchanged in these rows. */
function exchange(pair: LevelPair, [a, b]: readonly [number, number], from = 0): LevelPair {
  const other = (code: number): number => (code === a ? b : code === b ? a : code);
  return { ...pair, current: pair.current.map((code, row) => (row < from ? code : other(code))) };
}

const withPair = (columns: readonly ColumnCells[], pair: LevelPair): ColumnCells[] =>
  columns.map((column) => (column.name === pair.name ? pair : column));

/** Two levels and what goes with them: nothing is new in any window of it. */
const twoLevels = (seed: number, between = 0.1): ReturnType<typeof levelWorld> =>
  levelWorld({ seed, rename: true, levels: 2, share: 0.4, between, begins: 1 });

describe('exchanged levels', () => {
  // Seeds of these worlds were not used to choose anything.
  const SEEDS = [921, 922, 923, 924, 925, 926];

  test('a boolean that was inverted, by what goes with it', () => {
    const found = SEEDS.map((seed) => {
      const { pair, columns } = twoLevels(seed);
      return exchanged(withPair(columns, exchange(pair, [0, 1])));
    });
    const claimed = found.filter((each) => each[0] !== undefined && each[0].otherwise === undefined);
    expect(claimed.length).toBeGreaterThanOrEqual(5);
    for (const each of claimed) {
      expect(each).toHaveLength(1);
      expect(each[0]?.finding).toMatchObject({ fault: 'levels_exchanged', feature: 'c', share: 1 });
    }
  });

  test('written as 1 and 0', () => {
    const { pair, columns } = twoLevels(927);
    const inverted = exchange(pair, [0, 1]);
    const flag: NumericCells = {
      kind: 'numeric',
      name: 'c',
      reference: Float64Array.from(inverted.reference),
      current: Float64Array.from(inverted.current),
    };
    const [found] = exchanged([flag, ...columns.slice(1)]);
    expect(found?.finding).toMatchObject({ fault: 'levels_exchanged', feature: 'c' });
  });

  test('two of several levels, by their names', () => {
    const { pair, columns } = levelWorld({
      seed: 928,
      rename: true,
      levels: 6,
      share: 0.2,
      between: 0.2,
      begins: 1,
    });
    const [found] = exchanged(withPair(columns, exchange(pair, [0, 3])));
    expect(found?.otherwise).toBeUndefined();
    expect(found?.finding.detail).toMatch(/^"level [03]" and "level [03]" are exchanged in /);
  });

  test('from a moment on', () => {
    const { pair, columns } = twoLevels(929, 0.2);
    const [found] = exchanged(withPair(columns, exchange(pair, [0, 1], 1200)));
    expect(found?.otherwise).toBeUndefined();
    const since = Date.parse(found?.finding.since ?? '') / MINUTE_MS;
    expect(Math.abs(since - 1200)).toBeLessThanOrEqual(60);
  });

  test('nothing where nothing happened, whatever the shares do', () => {
    for (const seed of SEEDS) {
      const { columns } = twoLevels(seed);
      expect(exchanged(columns)).toEqual([]);
      const { columns: many } = levelWorld({ seed, rename: true, levels: 6, share: 0.2, begins: 1 });
      expect(exchanged(many)).toEqual([]);
    }
  });

  test('nothing where the levels came to differ no more', () => {
    for (const seed of SEEDS) {
      const { pair, columns } = twoLevels(seed);
      const draw = draws(seed);
      const shuffled = columns.map((column) =>
        column.kind === 'numeric' ? { ...column, current: column.current.map(() => draw.normal()) } : column,
      );
      expect(exchanged(withPair(shuffled, pair))).toEqual([]);
    }
  });

  test('shares that were exchanged are a reading where nothing tells the levels apart', () => {
    const draw = draws(930);
    const codes = (rows: number, share: number): Int32Array =>
      Int32Array.from({ length: rows }, () => (draw.uniform() < share ? 1 : 0));
    const noise = (rows: number): Float64Array => Float64Array.from({ length: rows }, () => draw.normal());
    const beside: ColumnCells = { kind: 'numeric', name: 'x', reference: noise(5000), current: noise(2000) };
    const pair = (share: number): LevelPair => ({
      kind: 'levels',
      name: 'c',
      levels: ['no', 'yes'],
      reference: codes(5000, 0.12),
      current: codes(2000, share),
    });
    const [found] = exchanged([pair(0.88), beside]);
    expect(found?.finding.detail).toMatch(/are exchanged, by their shares \(/);
    expect(found?.otherwise).toMatch(/^the shares of the two moved/);
    expect(exchanged([pair(0.3), beside])).toEqual([]);
    expect(exchanged([pair(0.12), beside])).toEqual([]);
  });

  test('one companion alone may have been turned round itself: a reading', () => {
    const { pair, columns } = levelWorld({
      seed: 932,
      rename: true,
      levels: 2,
      share: 0.45,
      companions: 1,
      between: 0.6,
      begins: 1,
    });
    const [found] = exchanged(withPair(columns, exchange(pair, [0, 1])));
    expect(found?.otherwise).toMatch(/^x0 was turned round instead/);
  });
});

describe('levels of which only shares and labels tell', () => {
  const played = (pipeline: NonNullable<Change['pipeline']>): ReturnType<typeof judge> => {
    const rows = { reference: 4000, current: 2000 };
    return judge(
      'classification',
      simulate({ seed: 951, task: 'classification', model: 'imperfect', rows }, { pipeline }),
    );
  };

  test('shares exchanged, and the relation to the label mended by exchanging them back: a claim', () => {
    const found = played((row) => ({ ...row, member: row.member === 'true' ? 'false' : 'true' }));
    expect(found).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
    expect(found.faults).toMatchObject([{ fault: 'levels_exchanged', feature: 'member' }]);
    expect(found.faults[0]?.detail).toMatch(/exchanged back, the relation to the label is the old one again/);
  });

  test('a level that was merely replaced is a change of the inputs', () => {
    const found = played((row) => ({ ...row, country: row.country === 'FR' ? 'PT' : row.country }));
    expect(found).toMatchObject({ verdict: 'covariate_shift', faults: [] });
  });
});
