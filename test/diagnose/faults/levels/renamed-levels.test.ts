import { describe, expect, test } from 'vitest';
import type { Column, ColumnHabits } from '../../../../src/core/table.ts';
import { companyAmong } from '../../../../src/diagnose/faults/levels/company.ts';
import { categoryRename } from '../../../../src/diagnose/faults/levels/category-rename.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import { spelledAlike } from '../../../../src/diagnose/faults/levels/spelled-alike.ts';
import type { ColumnCells, LevelPair } from '../../../../src/diagnose/samples/row-samples.ts';
import { columnHabits } from '../../../../src/stats/habits/column-habits.ts';
import { levelWorld } from './level-world.ts';

const FEATURES = 10;

/** So many rows of each level; their order says nothing. */
function pairOf(levels: readonly string[], before: readonly number[], now: readonly number[]): LevelPair {
  const codes = (counts: readonly number[]): Int32Array =>
    Int32Array.from(counts.flatMap((count, code) => Array.from({ length: count }, () => code)));
  return { kind: 'levels', name: 'c', levels, reference: codes(before), current: codes(now) };
}

function renamed(
  pair: LevelPair,
  how: {
    columns?: readonly ColumnCells[];
    habits?: ColumnHabits;
    inTime?: Int32Array;
    isText?: boolean;
  } = {},
): Suspicion | null {
  const { columns = [], habits, inTime = null, isText = true } = how;
  const company = companyAmong(columns);
  return categoryRename(pair, { isText, company: () => company(pair), habits, inTime, features: FEATURES });
}

describe('levels that are spelled otherwise', () => {
  test.each([
    ['case', ['DE', 'FR'], ['de'], [['DE', 'de']]],
    ['spaces and marks', ['North West', 'East'], ['north_west'], [['North West', 'north_west']]],
    ['a space behind', ['web', 'app'], ['web '], [['web', 'web ']]],
    [
      'quotes',
      ['web', 'app'],
      ['"web"', "b'app'"],
      [
        ['web', '"web"'],
        ['app', "b'app'"],
      ],
    ],
    ['zeros in front', ['007', '012'], ['7'], [['007', '7']]],
    ['digits behind the point', ['1', '2'], ['1.0'], [['1', '1.0']]],
    ['UTF-8 read as Latin-1', ['Köln', 'Bonn'], ['KÃ¶ln'], [['Köln', 'KÃ¶ln']]],
    ['letters lost', ['Köln', 'Bonn'], ['K?ln'], [['Köln', 'K?ln']]],
    ['accents lost', ['Köln', 'Bonn'], ['Koln'], [['Köln', 'Koln']]],
    [
      'a piece before',
      ['DE', 'FR', 'IT'],
      ['eu_DE', 'eu_FR'],
      [
        ['DE', 'eu_DE'],
        ['FR', 'eu_FR'],
      ],
    ],
    [
      'a piece before, and another case',
      ['P15', 'P03', 'P26'],
      ['wh1-p15', 'wh1-p03'],
      [
        ['P15', 'wh1-p15'],
        ['P03', 'wh1-p03'],
      ],
    ],
    [
      'cut off',
      ['Netherlands', 'Norwegians'],
      ['Nether', 'Norweg'],
      [
        ['Netherlands', 'Nether'],
        ['Norwegians', 'Norweg'],
      ],
    ],
  ])('%s', (_, known, came, pairs) => {
    expect(spelledAlike(came, known)?.pairs).toEqual(pairs);
  });

  test.each([
    ['another level', ['DE', 'FR'], ['IT']],
    ['a second edition', ['basic', 'full'], ['basic 2']],
    ['pieces of different kinds', ['basic', 'full'], ['basic 2', 'new full']],
    ['further shops', ['1', '2', '3'], ['11', '12']],
    ['numbers with marks between', ['1-1', '2-2'], ['11']],
    ['where case tells levels apart', ['a1', 'A1', 'b1', 'B1', 'c1'], ['C1']],
    ['a piece before, where case tells levels apart', ['p1', 'P1', 'P2'], ['x-p1', 'x-p2']],
    ['where known levels carry the piece, too', ['S', 'M', 'XS', 'L'], ['XM', 'XL']],
    [
      'postcodes cut within their number',
      ['W12-4401', 'W12-4402', 'W12-4511', 'W13-2200'],
      ['W12-4', 'W13-2'],
    ],
  ])('not %s', (_, known, came) => {
    expect(spelledAlike(came, known)).toBeNull();
  });

  test('cut off at one length, several became one, and they have digits: where nothing longer is left', () => {
    const known = ['W32-BLACK', 'W32-BLUE', 'XL-GREY', 'XL-GREEN', 'one-WHITE', 'S-RED'];
    const came = ['W32-BL', 'XL-GRE', 'one-WH'];
    expect(spelledAlike(came, known, [...came, 'S-RED'])?.pairs).toEqual([
      ['W32-BLACK', 'W32-BL'],
      ['XL-GREY', 'XL-GRE'],
      ['one-WHITE', 'one-WH'],
    ]);
    expect(spelledAlike(came, known, [...came, 'XL-GREY'])).toBeNull();
  });
});

describe('renamed levels', () => {
  test('by spelling, also of a part of the rows', () => {
    const levels = ['North West', 'East', 'north_west'];
    expect(renamed(pairOf(levels, [600, 400, 0], [0, 400, 600]))?.finding.detail).toBe(
      '"North West" became "north_west" (differing in case, spaces or marks, as no two known levels do) in 60.0 % of the rows',
    );
    expect(renamed(pairOf(levels, [600, 400, 0], [500, 400, 100]))?.finding.share).toBeCloseTo(0.1, 12);
  });

  test('a level replaced by one of its size, of which nothing else is known: no fault and no reading', () => {
    const levels = ['a', 'b', 'c', 'x'];
    expect(renamed(pairOf(levels, [500, 300, 200, 0], [0, 305, 200, 495]))).toBeNull();
    expect(
      renamed(pairOf(['a', 'b', 'c', 'x', 'y'], [500, 300, 200, 0, 0], [0, 0, 205, 490, 305])),
    ).toBeNull();
  });

  test('a slip of the pen is a reading; another number is another level', () => {
    const slip = renamed(pairOf(['Germany', 'France', 'Gernany'], [500, 500, 0], [0, 500, 500]));
    expect(slip?.otherwise).toBe('"Germany" left and "Gernany" came, as levels do');
    expect(renamed(pairOf(['model-12', 'model-14', 'model-13'], [500, 500, 0], [0, 500, 500]))).toBeNull();
  });

  test('all levels at once: claimed by very sharp shares or a lasting set of levels, else a reading', () => {
    const old = ['a', 'b', 'c', 'd', 'e'];
    const levels = [...old, 'v', 'w', 'x', 'y', 'z'];
    const before = [4000, 2500, 1800, 1100, 600];
    const now = [120, 360, 500, 220, 800];
    const sharp = renamed(pairOf(levels, [...before, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, ...now]));
    expect(sharp?.finding).toMatchObject({ fault: 'category_rename', share: 1 });
    expect(sharp?.otherwise).toBeUndefined();
    const three = pairOf(['a', 'b', 'c', 'x', 'y', 'z'], [500, 350, 150, 0, 0, 0], [0, 0, 0, 75, 175, 250]);
    expect(renamed(three)?.otherwise).toBe('rows came from where other levels are used');
    // Other shares are other levels.
    const others = [900, 500, 400, 110, 90];
    expect(renamed(pairOf(levels, [...before, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, ...others]))).toBeNull();
  });

  test('levels that come and go by themselves are no fault, whatever their sizes', () => {
    const rows = 4000;
    const codes = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 400));
    const levels = Array.from({ length: 20 }, (_, i) => `offer ${String.fromCodePoint(97 + i)}`);
    const column: Column = { name: 'c', kind: 'categorical', codes, levels, invalid: 0 };
    const habits = columnHabits(column, Int32Array.from(codes.keys()));
    const current = Int32Array.from({ length: 1000 }, (_, row) => 10 + Math.floor(row / 400));
    const pair: LevelPair = { kind: 'levels', name: 'c', levels, reference: codes, current };
    expect(renamed(pair, { habits, inTime: Int32Array.from(current.keys()) })).toBeNull();
  });
});

describe('company', () => {
  // Seeds of these worlds were not used to choose anything.
  const SEEDS = [901, 902, 903, 904, 905, 906, 907, 908];

  test('a level with the company of the one that left was renamed', () => {
    const found = SEEDS.map((seed) => {
      const { pair, columns } = levelWorld({ seed, rename: true });
      return renamed(pair, { columns });
    });
    const claimed = found.filter((each) => each !== null && each.otherwise === undefined);
    expect(claimed.length).toBeGreaterThanOrEqual(6);
    expect(claimed[0]?.finding.detail).toMatch(
      /^"level 0" became "level new" \(what goes with it is .* likelier/,
    );
  });

  test('a level with company of its own came, and is never accused', () => {
    for (const seed of SEEDS) {
      const { pair, columns } = levelWorld({ seed, rename: false });
      const found = renamed(pair, { columns });
      expect(found === null || found.otherwise !== undefined).toBe(true);
    }
  });

  test('from a moment on, as the old level was there until then', () => {
    const { pair, columns } = levelWorld({ seed: 910, rename: true, begins: 0.5 });
    const inTime = Int32Array.from(pair.current.keys());
    const found = renamed(pair, { columns, inTime });
    expect(found?.finding.fault).toBe('category_rename');
    expect(found?.otherwise).toBeUndefined();
    // In no order both are there at once.
    expect(renamed(pair, { columns })).toBeNull();
  });

  test('levels of which the other columns tell nothing have none', () => {
    const { pair, columns } = levelWorld({ seed: 911, rename: true, between: 0 });
    expect(companyAmong(columns)(pair)).toBeNull();
    expect(renamed(pair, { columns })).toBeNull();
  });
});

test('all values that moved with their company are a rename of texts, and of numbers a reading: prices keep their customers', () => {
  const { pair, columns } = levelWorld({ seed: 4, rename: true, levels: 5, between: 0.5 });
  const kept = pair.levels.slice(0, 5);
  const current = Int32Array.from(pair.current, (code) => 5 + (code % 5));
  const moved = { ...pair, levels: [...kept, ...kept.map((name) => `other ${name}!`)], current };
  const [, ...companions] = columns;
  const of = (isText: boolean): Suspicion | null =>
    renamed(moved, { columns: [moved, ...companions], isText });
  const claim = of(true);
  expect(claim?.finding.fault).toBe('category_rename');
  expect(claim?.otherwise).toBeUndefined();
  expect(of(false)?.otherwise).toBe('all values moved, as those of a price list do');
});

test('one piece before all names is seen wherever a name stands in it as well', () => {
  const came = ['GRADE_A', 'GRADE_cracked', 'GRADE_B'];
  expect(spelledAlike(came, ['A', 'B', 'cracked'])?.pairs).toEqual([
    ['A', 'GRADE_A'],
    ['cracked', 'GRADE_cracked'],
    ['B', 'GRADE_B'],
  ]);
});
