/** Rows that came together say less than as many that did not: races, shares that come in turn, classes of other weights. */
import { describe, expect, test } from 'vitest';
import { clippedEnds } from '../../../src/diagnose/faults/clipped-ends.ts';
import { labelsThinned } from '../../../src/diagnose/faults/labels/labels-thinned.ts';
import { followsItself } from '../../../src/diagnose/faults/units/wanders.ts';
import { unitFacts } from '../../../src/diagnose/faults/units/unit-change.ts';
import { unitOfPart } from '../../../src/diagnose/faults/units/unit-part.ts';
import { wrappedValues } from '../../../src/diagnose/faults/wrapped.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { codedPair } from '../../../src/diagnose/faults/coded-pair.ts';
import { copiedColumns } from '../../../src/diagnose/faults/copied-columns.ts';
import { companyOfEnd } from '../../../src/diagnose/faults/company-of-run.ts';
import { stuckRun } from '../../../src/diagnose/faults/stuck-run.ts';
import { filledValue } from '../../../src/diagnose/faults/filled-value.ts';
import { sortColumns } from '../../../src/diagnose/faults/sorted-pair.ts';
import type { ColumnCells, NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { ownSpread } from '../../../src/stats/significance/own-spread.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { FEATURES, sortedPair } from '../samples-of-columns.ts';
import { tableOf } from '../tables.ts';

describe('runners of a race share how many they are', () => {
  const upTo13 = [6, 7, 8, 8, 9, 9, 10, 10, 11, 12, 13];
  const sizes = Array.from({ length: 30 }, () => [...upTo13, 14, 15, 16]).flat();
  const runners = (races: readonly number[]): Float64Array =>
    Float64Array.from(races.flatMap((size) => Array.from({ length: size }, () => size)));
  const day = runners([...upTo13, ...upTo13, 14, 14, 14, 14, 14, 14]);
  const pair = sortedPair(runners(sizes), day);

  test('and a day without a large one was not clipped', () => {
    expect(clippedEnds(pair, undefined, FEATURES, undefined, day)).toBeNull();
    // Of rows that came one by one it would be.
    expect(clippedEnds(pair, undefined, FEATURES)?.finding.fault).toBe('clipped');
  });
});

test('shares of a market that come in turn are each like the fourth before them', () => {
  const draw = draws(2);
  const prices = [0, 0, 0, 0];
  const inTurn = Float64Array.from({ length: 240 }, (_, row) => {
    prices[row % 4]! += 0.2 * draw.normal();
    return prices[row % 4]! + (row % 4) * (row % 2 === 0 ? 2 : -2);
  });
  expect(followsItself(inTurn)).toBe(true);
  const alone = Array.from({ length: 40 }, () => Float64Array.from({ length: 240 }, () => draw.normal()));
  expect(alone.filter(followsItself)).toEqual([]);
});

test('what is left of sixteen bits is told though there is more of it', () => {
  const draw = draws(3);
  const volume = (busy: number): Float64Array =>
    Float64Array.from({ length: 4_000 }, () => Math.round(busy * 110_000 * Math.exp(0.6 * draw.normal())));
  const found = wrappedValues(
    sortedPair(
      volume(1),
      volume(1.2).map((value) => value % 65_536),
    ),
    FEATURES,
  );
  expect(found?.finding).toMatchObject({ fault: 'out_of_range' });
  // A market that fell asleep has a shape.
  expect(
    wrappedValues(
      sortedPair(
        volume(1),
        volume(0.12).filter((value) => value < 65_536),
      ),
      FEATURES,
    ),
  ).toBeNull();
});

test('an hour of a machine is elsewhere within all that was: what is left of it lies at both ends', () => {
  const draw = draws(27);
  const pulses = (rows: number, at: (row: number) => number, spread: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => Math.round(at(row) + spread * draw.normal()));
  const before = pulses(12_000, (row) => 2_010 + 90 * Math.sin(row / 300), 60);
  const hour = pulses(500, () => 2_050, 40);
  const found = (now: Float64Array): string | undefined =>
    wrappedValues(sortedPair(before, now), FEATURES)?.finding.detail;
  expect(found(hour.map((value) => value % 1_000))).toContain('at both ends of 0 … 1000');
  // Less of everything, and of two products, are another matter.
  expect(found(hour.map((value) => value - 1_990))).toBeUndefined();
  expect(found(hour.map((value, row) => (row % 5 === 0 ? value - 1_150 : value - 1_990)))).toBeUndefined();
  expect(found(hour)).toBeUndefined();
});

describe('of three classes', () => {
  const side = (rows: number, seed: number, weight: number, lost: number) => {
    const draw = draws(seed);
    const drawn = Array.from({ length: rows }, () => {
      const [x, z] = [draw.normal(), draw.normal()];
      const odds = [Math.exp(1 + 0.5 * x), Math.exp(0.2 - z), weight * Math.exp(-0.5 + 0.8 * z)];
      const label = ['false', 'fault', 'real'][draw.choice(odds)]!;
      return { x, z, label: label === 'false' && draw.uniform() < lost ? 'real' : label };
    });
    return tableOf({
      features: { x: drawn.map(({ x }) => x), z: drawn.map(({ z }) => z) },
      label: drawn.map(({ label }) => label),
    });
  };
  const said = (weight: number, lost: number) =>
    labelsThinned(labelledRows(pairSamples(side(8_000, 5, 1, 0), side(4_000, 6, weight, lost))));

  test('more of one, out of all others, is another prior and no label lost', () => {
    expect(said(2.4, 0)).toBeNull();
    expect(said(1, 0.3)?.finding.detail).toMatch(/would be of class false (2[5-9]|3[0-5])/);
  });
});

test('a sign that was lost while the market moved besides, by four that go with it', () => {
  const draw = draws(7);
  const side = (rows: number, nervous: number, sign: number, shift: number) => {
    const drawn = Array.from({ length: rows }, () => {
      const imbalance = Math.tanh(nervous * draw.normal());
      return {
        imbalance: sign * imbalance + 0,
        bid: 2 * imbalance + draw.normal() + shift,
        ask: -2 * imbalance + draw.normal() + shift,
        back: imbalance + draw.normal(),
        gap: 0.7 * imbalance + draw.normal(),
      };
    });
    const names = ['imbalance', 'bid', 'ask', 'back', 'gap'] as const;
    return tableOf({
      features: Object.fromEntries(names.map((name) => [name, drawn.map((row) => row[name])])),
    });
  };
  const { faults } = judge('classification', {
    reference: side(6_000, 0.6, 1, 0),
    current: side(4_000, 0.75, -1, 0.5),
  });
  expect(faults.map(({ fault, feature }) => `${fault} ${feature}`)).toEqual(['sign_flip imbalance']);
});

test('more of those who always paid far away are no other unit of a part', () => {
  const draw = draws(8);
  const distances = (rows: number, far: number, by: number): Float64Array =>
    Float64Array.from({ length: rows }, () => {
      const km = Math.exp(1 + 0.5 * draw.normal());
      return draw.uniform() < far ? by * km : km;
    });
  const said = (before: Float64Array, now: Float64Array) =>
    unitOfPart(unitFacts(sortedPair(before, now))!, FEATURES);
  const fraud = said(distances(6_000, 0.01, 100), distances(2_000, 0.06, 100));
  expect(fraud === null || fraud.otherwise !== undefined).toBe(true);
  const metres = said(distances(6_000, 0, 1), distances(2_000, 0.06, 100));
  expect(metres).toMatchObject({ finding: { fault: 'unit_change' } });
  expect(metres?.otherwise).toBeUndefined();
});

test('a rig with a small bit that drills no more cut nothing off', () => {
  const draw = draws(8);
  const rows = (count: number, bits: readonly number[]) => {
    const bit = Float64Array.from({ length: count }, () => bits[Math.floor(bits.length * draw.uniform())]!);
    const hole = bit.map((size) => size + Math.max(0, 0.3 * draw.normal()));
    return { bit, hole };
  };
  const [before, now] = [rows(4_000, [6, 8.5, 8.5, 12.25]), rows(400, [8.5, 8.5, 8.5, 12.25])];
  const columns: NumericCells[] = [
    { kind: 'numeric', name: 'hole', reference: before.hole, current: now.hole },
    { kind: 'numeric', name: 'bit', reference: before.bit, current: now.bit },
  ];
  const { wereOfOneKind } = companyOfEnd(columns[0]!, columns);
  expect(wereOfOneKind(8.5, 'below')).toBe(true);
  expect(wereOfOneKind(12.25, 'below')).toBe(false);
});

test('a day of two casts of twenty says of no end that its kind is gone', () => {
  const draw = draws(9);
  const rows = (count: number, casts: readonly number[]) => ({
    cast: Float64Array.from({ length: count }, () => casts[Math.floor(casts.length * draw.uniform())]!),
    light: Float64Array.from({ length: count }, () => 50 * Math.exp(draw.normal())),
  });
  const [before, now] = [
    rows(
      4_000,
      Array.from({ length: 20 }, (_, at) => at),
    ),
    rows(400, [3, 11]),
  ];
  const columns: NumericCells[] = [
    { kind: 'numeric', name: 'light', reference: before.light, current: now.light },
    { kind: 'numeric', name: 'cast', reference: before.cast, current: now.cast },
  ];
  expect(companyOfEnd(columns[0]!, columns).wereOfOneKind(70, 'above')).toBe(false);
});

test('five rows of one person after the other are one of an end that was reached', () => {
  const schooling = [9, 9, 10, 10, 10.5, 10.5, 10.5, 11, 11, 12, 13, 15];
  const persons = (count: number, from: number): Float64Array =>
    Float64Array.from(
      Array.from({ length: count }, (_, at) =>
        Array.from({ length: 5 }, () => schooling[(at * 7 + from) % schooling.length]!),
      ).flat(),
    );
  // Fewer years than nine are as rare as the one person with eight and a half.
  const reference = Float64Array.from([...persons(1_100, 0), ...Array.from({ length: 120 }, () => 7)]);
  const current = Float64Array.from([...persons(41, 3), ...Array.from({ length: 5 }, () => 8.5)]);
  const cells: NumericCells = { kind: 'numeric', name: 'educ', reference, current };
  const [sorted] = sortColumns([cells]);
  const inTime = Int32Array.from(current.keys());
  const filled = (order: Int32Array | null): string | undefined =>
    filledValue(codedPair(cells), sorted, undefined, 3, {
      areAsOthers: () => true,
      newLevelOf: () => null,
      kinOf: () => null,
      areOfOneKind: () => false,
      inTime: order,
    })?.finding.fault;
  expect(filled(inTime)).toBeUndefined();
  expect(filled(null)).toBe('clipped');
});

test('seven contracts of six tools have one way to the customer, and no value was filled in', () => {
  const draw = draws(12);
  const way = (): number => Math.round(100 * Math.exp(0.9 * draw.normal())) / 10;
  const contracts = (ways: readonly number[]): Float64Array =>
    Float64Array.from(ways.flatMap((km) => Array.from({ length: 6 }, () => km)));
  const some = (count: number): number[] => Array.from({ length: count }, way);
  const reference = contracts(some(1_700));
  const day = some(160);
  const found = (current: Float64Array): string | undefined => {
    const cells: NumericCells = { kind: 'numeric', name: 'km', reference, current };
    const [sorted] = sortColumns([cells]);
    const inTime = Int32Array.from(current.keys());
    const strangers = {
      areAsOthers: () => true,
      newLevelOf: () => null,
      kinOf: () => null,
      areOfOneKind: () => false,
    };
    return filledValue(codedPair(cells), sorted, undefined, 3, { ...strangers, inTime })?.finding.fault;
  };
  expect(found(contracts(day.map((km, at) => (at % 26 === 3 ? 9.2 : km))))).toBeUndefined();
  // One and the same in rows of every contract, and in one stretch of 180 rows.
  expect(found(contracts(day).map((km, row) => (row % 5 === 0 ? 9.2 : km)))).toBe('sentinel_fill');
  expect(found(Float64Array.from([...contracts(day), ...contracts(some(30)).fill(9.2)]))).toBe(
    'sentinel_fill',
  );
});

test('a calm and dry day is no copy of the rain', () => {
  const draw = draws(11);
  const rows = (count: number, calm: number) => {
    const dry = Array.from({ length: count }, () => draw.uniform() < 0.9);
    return {
      rain: Float64Array.from(dry, (is) => (is ? 0 : Math.round(100 * draw.uniform()) / 10)),
      wind: Float64Array.from(dry, () => (draw.uniform() < calm ? 0 : Math.round(80 * draw.uniform()) / 10)),
    };
  };
  const [before, now] = [rows(6_000, 0.01), rows(3_000, 0.15)];
  const columns = (wind: Float64Array): NumericCells[] => [
    { kind: 'numeric', name: 'rain', reference: before.rain, current: now.rain },
    { kind: 'numeric', name: 'wind', reference: before.wind, current: wind },
  ];
  expect(copiedColumns(columns(now.wind), 2)).toEqual([]);
  const copied = now.wind.map((value, row) => (now.rain[row]! > 0 ? now.rain[row]! : value));
  expect(copiedColumns(columns(copied), 2).map(({ finding }) => finding.feature)).toEqual(['wind']);
});

test('wind that falls and then is none did not get stuck, one that stops at once did', () => {
  const draw = draws(12);
  const blowing = (hours: number): number[] =>
    Array.from(
      { length: hours },
      (_, hour) => Math.round(10 * (8 + 4 * Math.sin(hour / 40) + draw.normal())) / 10,
    );
  const falls = Array.from({ length: 30 }, (_, at) => Math.round(10 * Math.max(0, 8 - 0.3 * at)) / 10);
  const calm = Array.from({ length: 120 }, () => 0);
  const reference = tableOf({
    features: { wind: [...blowing(3_000), ...falls, 0, 0, 0, ...blowing(400)] },
    timestampMs: Array.from({ length: 3_433 }, (_, hour) => hour * 3_600_000),
  });
  const said = (wind: readonly number[]): string => {
    const timestampMs = wind.map((_, hour) => (4_000 + hour) * 3_600_000);
    return judge('regression', {
      reference,
      current: tableOf({ features: { wind: [...wind] }, timestampMs }),
    }).verdict;
  };
  expect(said([...blowing(300), ...falls, ...calm])).not.toBe('data_fault');
  expect(said([...blowing(330), ...calm])).toBe('data_fault');
});

test('short texts among long ones are no logarithms of these, which have digits', () => {
  const draw = draws(13);
  const words = (rows: number, short: number): Float64Array =>
    Float64Array.from({ length: rows }, () =>
      draw.uniform() < short
        ? 2 + Math.floor(2.5 * draw.uniform() ** 2)
        : Math.max(8, Math.round(19 + 5 * draw.normal())),
    );
  const before = words(6_000, 0.01);
  const found = (now: Float64Array): string | undefined =>
    unitOfPart(unitFacts(sortedPair(before, now))!, FEATURES)?.finding.fault;
  expect(found(words(300, 0.17))).toBeUndefined();
  const some = words(600, 0.01).map((value, row) => (row % 5 === 0 ? Math.log(value) : value));
  expect(found(some)).toBe('unit_change');
});

test('years of one person are in one town, and twelve persons of one town are no sensor that is stuck', () => {
  const draw = draws(14);
  const towns = (persons: number): Int32Array =>
    Int32Array.from(
      Array.from({ length: persons }, () => {
        const town = Number(draw.uniform() < 0.3);
        return Array.from({ length: 5 }, () => town);
      }).flat(),
    );
  const windows = Array.from({ length: 60 }, () => towns(50));
  const alone = Array.from({ length: 200 }, () => towns(50).map(() => Number(draw.uniform() < 0.3)));
  expect(windows.filter((cells) => (ownSpread(cells, 2)?.factor ?? 1) > 2).length).toBeGreaterThan(45);
  expect(alone.filter((cells) => ownSpread(cells, 2) !== null).length).toBeLessThan(8);
  const stuck = (current: Int32Array): boolean => {
    const pair = {
      kind: 'levels',
      name: 'town',
      levels: ['no', 'yes'],
      reference: towns(2_000),
      current,
    } as const;
    const order = { inTime: Int32Array.from(current.keys()), currentMs: null, rowsEach: 1 };
    return stuckRun(codedPair(pair), { ...order, referenceSpanMs: null }, undefined, FEATURES) !== null;
  };
  const day = Int32Array.from([...towns(20), ...Array.from({ length: 65 }, () => 0), ...towns(20)]);
  expect(stuck(day)).toBe(false);
});

test('eight rounds at the bed of the oldest patient are one patient, by her weight', () => {
  const draw = draws(14);
  const patients = (count: number, oldest: number): { age: number; weight: number }[] =>
    Array.from({ length: count }, () => ({
      age: Math.min(oldest, Math.round(60 + 14 * draw.normal())),
      weight: Math.round(10 * (75 + 12 * draw.normal())) / 10,
    }));
  const days = (people: readonly { age: number; weight: number }[], rounds: number): ColumnCells[] => {
    const seen = Array.from({ length: rounds * people.length }, (_, row) => people[row % people.length]!);
    return (['age', 'weight'] as const).map((name) => ({
      kind: 'numeric',
      name,
      reference: Float64Array.from(seen, (one) => one[name]),
      current: Float64Array.from(seen, (one) => one[name]),
    }));
  };
  const day = days([...patients(40, 94), { age: 98, weight: 71.35 }], 8);
  expect(companyOfEnd(day[0]!, day).areOfOneKind(98)).toBe(true);
  // Whoever is older was written down as 75.
  const cut = days(
    patients(60, 94).map((one) => ({ ...one, age: Math.min(75, one.age) })),
    6,
  );
  expect(companyOfEnd(cut[0]!, cut).areOfOneKind(75)).toBe(false);
});
