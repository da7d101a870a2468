/** What breaks where the world moved as well, and what only looks broken because it did. */
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/core/findings.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

interface Person {
  readonly country: string;
  readonly age: number;
  readonly moisture: number;
  readonly speed: number;
}

const COUNTRIES = ['MX', 'PH', 'DE', 'IN'];

function person(draw: Draws, { foreign, moved }: { foreign: number; moved: number }): Person {
  const at = Math.floor(5 * draw.uniform());
  // One in five of those born abroad does not say where.
  const country = draw.uniform() < foreign ? (COUNTRIES[at] ?? '') : 'US';
  const speed = 900 + 60 * draw.normal() + 40 * moved;
  return {
    country,
    age: 17 + Math.floor(60 * draw.uniform() ** 1.5),
    moisture: 7 + 0.8 * draw.normal() + moved + (speed - 900) / 200,
    speed,
  };
}

function diagnosed(
  seed: number,
  change: (row: Person, draw: Draws) => Partial<Person>,
  mix = { foreign: 0.1, moved: 0 },
): Diagnosis {
  const draw = draws(seed);
  const table = (rows: readonly Person[]): Table => {
    const made = tableOf({
      features: {
        country: rows.map(({ country }) => country),
        age: rows.map(({ age }) => age),
        moisture: rows.map(({ moisture }) => moisture),
        speed: rows.map(({ speed }) => speed),
      },
    });
    return {
      ...made,
      features: made.features.map((column) =>
        column.kind === 'categorical'
          ? { ...column, codes: column.codes.map((code) => (column.levels[code] === '' ? -1 : code)) }
          : column,
      ),
    };
  };
  const reference = Array.from({ length: 4_000 }, () => person(draw, { foreign: 0.1, moved: 0 }));
  const current = Array.from({ length: 1_500 }, () => person(draw, mix)).map((row) => ({
    ...row,
    ...change(row, draw),
  }));
  return judge('classification', { reference: table(reference), current: table(current) });
}

test('more people who do not say where they were born are no fault where there are more of all who were born abroad', () => {
  const came = diagnosed(1, () => ({}), { foreign: 0.5, moved: 0 });
  expect(came.faults).toEqual([]);
  const lost = diagnosed(2, ({ country }, draw) => ({ country: draw.uniform() < 0.08 ? '' : country }));
  expect(lost.faults).toMatchObject([{ fault: 'missing_spike', feature: 'country' }]);
});

test('a column without a tail does not spike in all of its rows', () => {
  expect(diagnosed(3, ({ age }) => ({ age: 2_026 - age })).faults).toMatchObject([{ feature: 'age' }]);
});

test('nothing stands for a number where it moved, in rows like any; a machine that stands still is no such thing', () => {
  const moved = { foreign: 0.1, moved: 1.5 };
  const filled = diagnosed(
    4,
    ({ moisture }, draw) => ({ moisture: draw.uniform() < 0.15 ? 0 : moisture }),
    moved,
  );
  expect(filled.faults).toMatchObject([{ fault: 'sentinel_fill', feature: 'moisture' }]);
  const slow = diagnosed(5, ({ moisture, speed }) => ({ moisture: speed < 900 ? 0 : moisture }), moved);
  expect(slow.faults.filter(({ fault }) => fault === 'sentinel_fill')).toEqual([]);
});

test('a new cake has a price of its own; rows whose join failed have none', () => {
  const draw = draws(6);
  const cakes = ['cheese', 'plum', 'cream', 'poppy'];
  const price = { cheese: 3.2, plum: 2.9, cream: 3.6, poppy: 2.7 };
  const table = (rows: number, came: { cake: string; price: number } | null): Table => {
    const sold = Array.from({ length: rows }, () => {
      const cake = cakes[Math.floor(4 * draw.uniform())] ?? 'plum';
      if (came !== null && draw.uniform() < 0.07)
        return { ...came, people: 1 + Math.floor(6 * draw.uniform()) };
      const listed = price[cake as keyof typeof price] + Math.round(20 * draw.uniform()) / 100;
      return { cake, price: listed, people: 1 + Math.floor(6 * draw.uniform()) };
    });
    return tableOf({
      features: {
        cake: sold.map((each) => each.cake),
        price: sold.map((each) => each.price),
        people: sold.map(({ people }) => people),
      },
    });
  };
  const reference = table(4_000, null);
  const faultsOf = (cake: string): string[] =>
    judge('classification', { reference, current: table(1_500, { cake, price: 9.8 }) }).faults.map(
      ({ fault, feature }) => `${fault} ${feature}`,
    );
  expect(faultsOf('saffron')).toEqual([]);
  expect(faultsOf('unknown')).toContain('sentinel_fill price');
});

test('columns that changed places while prices rose are told by what goes with one of them', () => {
  const claim = (draw: Draws, prices: number): Record<'insured' | 'premium' | 'damage', number> => {
    const insured = 20_000 * prices * Math.exp(0.7 * draw.normal());
    const premium = 0.021 * insured * Math.exp(0.1 * draw.normal());
    return { insured, premium, damage: 400 * prices * Math.exp(0.9 * draw.normal()) };
  };
  const said = (isExchanged: boolean): Diagnosis => {
    const draw = draws(61);
    const table = (rows: number, prices: number, isTurned: boolean): Table => {
      const drawn = Array.from({ length: rows }, () => claim(draw, prices));
      const of = (name: keyof ReturnType<typeof claim>): number[] => drawn.map((row) => row[name]);
      const [premium, damage] = isTurned ? [of('damage'), of('premium')] : [of('premium'), of('damage')];
      return tableOf({ features: { insured: of('insured'), premium, damage } });
    };
    return judge('regression', {
      reference: table(4_000, 1, false),
      current: table(1_500, 1.3, isExchanged),
    });
  };
  expect(said(true).faults.map(({ fault, feature }) => [fault, feature])).toEqual([
    ['swapped_columns', 'damage'],
    ['swapped_columns', 'premium'],
  ]);
  expect(said(false)).toMatchObject({ verdict: 'covariate_shift', faults: [] });
});
