/** What broke in the rows of one depot, of two plans or of one kind of cards, in a season that moved all rows. */
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/core/findings.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

interface Parcel {
  readonly depot: string;
  readonly kg: number;
  readonly planned: number;
  readonly done: number;
  readonly left: number;
  readonly card: string;
  readonly age: number;
  readonly glasses: number;
  readonly month: number;
  readonly count: number;
}

const CARDS = ['adult', 'junior', 'senior'];

function parcel(draw: Draws, season: number): Parcel {
  const planned = Math.round(85 + 12 * draw.normal() + 6 * season);
  const done = Math.round(planned * draw.uniform());
  const card = draw.choice([5 - season, 2 + season, 3]);
  const middle = [40, 10, 73][card] ?? 0;
  const age = Math.max(5, Math.round(middle + 3 * draw.normal() + season));
  return {
    depot: ['north', 'south', 'east', 'west'][draw.choice([4, 3, 2, 2])] ?? '',
    kg: Math.round(10 * Math.exp(1 + 0.1 * season + 0.6 * draw.normal())) / 10,
    planned,
    done,
    left: planned - done,
    card: CARDS[card] ?? '',
    age,
    glasses: Math.round(age / 10 + 2 * draw.normal()) / 2,
    month: Math.floor(-40 * Math.log(draw.uniform())),
    count: Math.floor(-12 * Math.log(draw.uniform())),
  };
}

function judged(change: (row: Parcel, draw: Draws) => Partial<Parcel>, season = 0): Diagnosis {
  const draw = draws(91);
  const table = (rows: readonly Parcel[]): Table => {
    const names = Object.keys(rows[0]!) as (keyof Parcel)[];
    return tableOf({
      features: Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])),
    });
  };
  const reference = Array.from({ length: 5_000 }, () => parcel(draw, 0));
  const current = Array.from({ length: 2_000 }, () => {
    const row = parcel(draw, season);
    return { ...row, ...change(row, draw) };
  });
  return judge('classification', { reference: table(reference), current: table(current) });
}

const faultsOf = ({ faults }: Diagnosis): string[] =>
  faults.map(({ fault, feature }) => `${fault} ${feature}`);

test('pounds of one depot', () => {
  const diagnosis = judged(
    (row) => (row.depot === 'east' ? { kg: Math.round(100 * 2.204_622_622 * row.kg) / 100 } : {}),
    1,
  );
  expect(faultsOf(diagnosis)).toEqual(['unit_change kg']);
  expect(diagnosis.faults[0]?.detail).toContain('in the rows of depot east: values fit kg → lb');
  expect(diagnosis.faults[0]?.share).toBeGreaterThan(0.1);
  expect(diagnosis.faults[0]?.share).toBeLessThan(0.3);
});

test('a factor without a name in one depot, beyond what amounts grow by', () => {
  const diagnosis = judged((row) =>
    row.depot === 'east' ? { kg: Math.round((10_000 * row.kg) / 44) / 10_000 } : {},
  );
  expect(faultsOf(diagnosis)).toEqual(['unit_change kg']);
  expect(diagnosis.faults[0]?.detail).toContain('in the rows of depot east: every value is an old one ÷ 44');
});

test('exchanged in two depots', () => {
  const isThere = ({ depot }: Parcel): boolean => depot === 'east' || depot === 'west';
  const diagnosis = judged((row) => (isThere(row) ? { age: row.kg, kg: row.age } : {}));
  expect(faultsOf(diagnosis)).toEqual(['swapped_columns age', 'swapped_columns kg']);
});

test('one depot that grew, and a season, are none', () => {
  const grown = judged((row) => (row.depot === 'east' ? { kg: Math.round(17 * row.kg) / 10 } : {}), 1);
  expect(faultsOf(grown)).toEqual([]);
  expect(faultsOf(judged(() => ({}), 1))).toEqual([]);
});

test('of three columns that were computed from each other, the one that is of other rows, though all moved', () => {
  const strange = judged((row, draw) => (draw.uniform() < 0.3 ? { left: parcel(draw, 1).left } : {}), 1);
  expect(faultsOf(strange)).toEqual(['misaligned_join left']);
});

test('all names of one column, though its shares and its company moved', () => {
  const letters = judged((row) => ({ card: 'XYZ'[CARDS.indexOf(row.card)]! }), 1);
  expect(faultsOf(letters)).toEqual(['category_rename card']);
  expect(letters.faults[0]?.detail).toContain('"adult" became "X"');
  const others = judged((row) => ({ card: 'XYZ'[CARDS.indexOf(row.card)]!, age: row.age / 2 + 30 }), 1);
  expect(faultsOf(others)).toEqual([]);
});

test('a list that lost its first entry', () => {
  const next = (row: Parcel): Partial<Parcel> => ({ card: CARDS[(CARDS.indexOf(row.card) + 1) % 3]! });
  expect(faultsOf(judged(next, 1))).toEqual(['levels_exchanged card']);
  const depots = ['north', 'south', 'east', 'west'];
  const strangers = judged((row) => ({ depot: depots[(depots.indexOf(row.depot) + 1) % 4]! }), 1);
  expect(faultsOf(strangers)).toEqual([]);
});

test('another column’s values, and the last digits only', () => {
  const copied = judged((row, draw) => (draw.uniform() < 0.2 ? { month: row.planned } : {}));
  expect(faultsOf(copied)).toEqual(['misaligned_join month']);
  expect(copied.faults[0]?.detail).toContain('of the rows it is planned');
  const digits = judged((row) => ({ count: row.count % 10 }));
  expect(faultsOf(digits)).toEqual(['out_of_range count']);
  expect(faultsOf(judged((row) => ({ count: Math.floor(row.count / 10) })))).not.toContain(
    'out_of_range count',
  );
  expect(faultsOf(judged((row) => ({ done: row.planned, left: 0 })))).not.toContain('misaligned_join done');
});

test('years of birth where ages were, and a counter of 16 bits that overflowed twice', () => {
  const born = judged((row) => (row.depot === 'east' ? { age: 1985 - row.age } : {}));
  expect(faultsOf(born)).toEqual(['unit_change age']);
  expect(born.faults[0]?.detail).toContain('years of birth');
  const wrapped = judged((row) => (row.left > 30 ? { left: row.left - 2 * 65_536 } : {}));
  expect(faultsOf(wrapped)).toEqual(['out_of_range left']);
});

test('grams of two depots say more than values far outside', () => {
  const { faults } = judged(({ depot, kg }) =>
    depot === 'east' || depot === 'west' ? { kg: 1_000 * kg } : {},
  );
  expect(faults).toMatchObject([{ fault: 'unit_change', feature: 'kg' }]);
  expect(faults[0]?.detail).toContain('× 1000');
});
