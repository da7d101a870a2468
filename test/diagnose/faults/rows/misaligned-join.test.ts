import { describe, expect, test } from 'vitest';
import type { Table } from '../../../../src/core/table.ts';
import { jointShift } from '../../../../src/diagnose/joint-shift.ts';
import { misalignedJoin } from '../../../../src/diagnose/faults/rows/misaligned-join.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';
import type { Columns } from '../../tables.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2);

interface Row {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly kind: string;
  readonly alone: number;
  readonly label: string;
}

function rowOf(draw: Draws): Row {
  const [f, g] = [draw.normal(), draw.normal()];
  const row = {
    a: 0.7 * f + 0.7 * draw.normal(),
    b: Math.round(10 * (0.6 * f + 0.8 * draw.normal())),
    c: Math.exp(0.6 * g + 0.5 * f + 0.5 * draw.normal()),
    d: 0.7 * g + 0.7 * draw.normal(),
    kind: draw.uniform() < 0.5 + 0.3 * Math.tanh(f) ? 'new' : 'old',
    alone: draw.normal(),
  };
  const index = row.a - 0.8 * row.d + 0.7 * row.alone;
  return { ...row, label: draw.uniform() < 1 / (1 + Math.exp(-index)) ? 'approve' : 'deny' };
}

interface Window {
  readonly from: number;
  readonly hours: number;
  readonly rows: number;
}

function tableFrom(rows: readonly Row[], { from, hours }: Window): Table {
  const column = <K extends keyof Row>(name: K): Row[K][] => rows.map((row) => row[name]);
  return tableOf({
    features: {
      a: column('a'),
      b: column('b'),
      c: column('c'),
      d: column('d'),
      kind: column('kind'),
      alone: column('alone'),
    },
    label: column('label'),
    timestampMs: rows.map((_, i) => from + (i / rows.length) * hours * HOUR_MS),
  });
}

const PAST: Window = { from: START_MS - 168 * HOUR_MS, hours: 168, rows: 4000 };
const NOW: Window = { from: START_MS, hours: 24, rows: 1500 };

function tables(
  seed: number,
  join: (rows: readonly Row[], draw: Draws) => Row[],
  drawRow: (draw: Draws, hours: number) => Row = rowOf,
): { reference: Table; current: Table } {
  const draw = draws(seed);
  const side = ({ rows, hours }: Window): Row[] =>
    Array.from({ length: rows }, (_, i) => drawRow(draw, (i / rows) * hours));
  return { reference: tableFrom(side(PAST), PAST), current: tableFrom(join(side(NOW), draw), NOW) };
}

function shuffled<T>(items: readonly T[], draw: Draws): T[] {
  return items
    .map((item) => ({ item, at: draw.uniform() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

const asTheyAre = (rows: readonly Row[]): Row[] => [...rows];

/** These columns from other rows. */
const otherRows =
  (...names: (keyof Row)[]) =>
  (rows: readonly Row[], draw: Draws): Row[] => {
    const others = shuffled(rows, draw);
    return rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(names.map((name) => [name, others[i]?.[name]])),
    }));
  };

const behind =
  (lag: number, ...names: (keyof Row)[]) =>
  (rows: readonly Row[]): Row[] =>
    rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(names.map((name) => [name, rows[Math.max(0, i - lag)]?.[name]])),
    }));

function found(samples: RowSamples): Suspicion[] {
  return misalignedJoin(samples, samples.features);
}

const claimedIn = (all: readonly Suspicion[]): string[] =>
  all.filter(({ otherwise }) => otherwise === undefined).map(({ finding }) => finding.feature);

function samplesOf(...given: Parameters<typeof tables>): RowSamples {
  const { reference, current } = tables(...given);
  return pairSamples(reference, current);
}

describe('columns joined to other rows', () => {
  test('nothing is found where nothing happened, nor where columns moved', () => {
    expect(found(samplesOf(1, asTheyAre))).toEqual([]);
    const moved = (rows: readonly Row[]): Row[] =>
      rows.map((row) => ({ ...row, a: row.a + 0.5, d: 2 * row.d }));
    expect(found(samplesOf(2, moved))).toEqual([]);
  });

  test('one column, a block of them, and the label as a reading', () => {
    expect(claimedIn(found(samplesOf(3, otherRows('a'))))).toEqual(['a']);
    expect(claimedIn(found(samplesOf(4, otherRows('c', 'd')))).sort()).toEqual(['c', 'd']);
    const ofLabel = found(samplesOf(5, otherRows('label')));
    expect(ofLabel.map(({ finding }) => finding.feature)).toEqual(['label']);
    expect(claimedIn(ofLabel)).toEqual([]);
  });

  test('so many rows behind or ahead', () => {
    const [late] = found(samplesOf(6, behind(3, 'a')));
    expect(late?.finding).toMatchObject({ fault: 'misaligned_join', feature: 'a' });
    expect(late?.finding.detail).toContain('the rows of 3 before');
    const ahead = (rows: readonly Row[]): Row[] =>
      rows.map((row, i) => ({ ...row, d: rows[Math.min(rows.length - 1, i + 2)]?.d ?? 0 }));
    expect(found(samplesOf(7, ahead))[0]?.finding.detail).toContain('the rows of 2 after');
  });

  test.each([22, 23, 24])('the one that three others go with, and not these three (%d)', (seed) => {
    const typing = (of: number, { from, hours, rows }: Window, behindBy: number): Table => {
      const draw = draws(of);
      const pace = Array.from({ length: rows }, () => draw.normal());
      const like = (noise: number, all = pace): number[] => all.map((each) => each + noise * draw.normal());
      const place = pace.map(() => draw.normal());
      return tableOf({
        features: {
          hold: like(0.7),
          mouse: like(0.8),
          pace: pace.map((_, row) => pace[Math.max(0, row - behindBy)]!),
          spread: like(2.4),
          ...Object.fromEntries(
            Array.from({ length: 15 }, (_, i) => [`place${i}`, like(i < 4 ? 0.5 : 50, place)]),
          ),
        },
        timestampMs: pace.map((_, row) => from + (row / rows) * hours * HOUR_MS),
      });
    };
    const late = pairSamples(typing(seed, PAST, 0), typing(seed + 100, { ...NOW, rows: 300 }, 7));
    expect(claimedIn(found(late))).toEqual(['pace']);
  });

  test('what was turned round is not so many rows behind, though every other row has the other label', () => {
    const alternating = (draw: Draws, at: number): Row => {
      const wanted = at % 2 === 0 ? 'approve' : 'deny';
      for (let row = rowOf(draw); ; row = rowOf(draw)) if (row.label === wanted) return row;
    };
    const side = (seed: number, { rows }: Window): Row[] => {
      const draw = draws(seed);
      return Array.from({ length: rows }, (_, i) => alternating(draw, i));
    };
    const inverted = side(15, NOW).map((row) => ({
      ...row,
      label: row.label === 'approve' ? 'deny' : 'approve',
    }));
    const both = { reference: tableFrom(side(14, PAST), PAST), current: tableFrom(inverted, NOW) };
    expect(found(pairSamples(both.reference, both.current))).toEqual([]);
    expect(judge('classification', both).faults.map(({ fault }) => fault)).toEqual(['labels_inverted']);
  });

  test('two names for one thing that part are claimed without another witness', () => {
    const twins = (seed: number, { rows }: Window, isJoined: boolean): Table => {
      const draw = draws(seed);
      const names = ['FR', 'DE', 'ES', 'IT'];
      const country = Array.from({ length: rows }, () => names[Math.floor(4 * draw.uniform())]!);
      const language = country.map((name) => (draw.uniform() < 0.99 ? name.toLowerCase() : 'fr'));
      return tableOf({
        features: {
          country,
          language: isJoined ? language : shuffled(language, draw),
          alone: country.map(() => draw.normal()),
        },
        timestampMs: country.map((_, i) => START_MS + i * 60_000),
      });
    };
    const reference = twins(16, PAST, true);
    const parted = judge('classification', { reference, current: twins(17, NOW, false) });
    expect(parted.faults.map(({ fault, feature }) => [fault, feature])).toEqual([
      ['misaligned_join', 'country'],
      ['misaligned_join', 'language'],
    ]);
    expect(judge('classification', { reference, current: twins(18, NOW, true) }).faults).toEqual([]);
  });

  test('in another season, too: what it moved by is what the others say', () => {
    const heating = (seed: number, { from, hours, rows }: Window, celsius: number): Columns => {
      const draw = draws(seed);
      const outdoor = Array.from({ length: rows }, () => celsius + 4 * draw.normal());
      const features = {
        outdoor,
        supply: outdoor.map((each) => 60 - 1.2 * each + draw.normal()),
        power: outdoor.map((each) => 40 - 2 * each + 3 * draw.normal()),
        alone: outdoor.map(() => draw.normal()),
      };
      return {
        features,
        timestampMs: outdoor.map((_, i) => from + (i / rows) * hours * HOUR_MS),
      };
    };
    const reference = tableOf(heating(19, PAST, 12));
    const winter = heating(20, NOW, 4);
    const { outdoor, ...others } = winter.features;
    const joined = (values: readonly (number | string)[]): string[] => {
      const current = tableOf({ ...winter, features: { outdoor: values, ...others } });
      return claimedIn(found(pairSamples(reference, current)));
    };
    expect(joined(outdoor!)).toEqual([]);
    expect(joined(shuffled(outdoor!, draws(21)))).toEqual(['outdoor']);
    // Other values are another matter: a sensor that was moved, say.
    expect(joined(shuffled(outdoor!, draws(21)).map((value) => Number(value) + 20))).toEqual([]);
    expect(joined(outdoor!.map((_, row) => outdoor![Math.max(0, row - 24)]!))).toEqual(['outdoor']);
  });

  test('a part of the rows is a reading', () => {
    const half = (rows: readonly Row[], draw: Draws): Row[] => {
      const others = shuffled(rows, draw);
      return rows.map((row, i) => (draw.uniform() < 0.6 ? { ...row, a: others[i]?.a ?? 0 } : row));
    };
    const all = found(samplesOf(8, half));
    expect(all.map(({ finding }) => finding.feature)).toEqual(['a']);
    expect(claimedIn(all)).toEqual([]);
  });

  test('columns that follow the hour have nothing to do with each other within one', () => {
    const draw = draws(9);
    const inSeason = (drawn: Draws, hours: number): Row => {
      const sun = 2 * Math.sin((2 * Math.PI * hours) / 24);
      return { ...rowOf(drawn), a: sun + drawn.normal(), b: Math.round(10 * (sun + drawn.normal())) };
    };
    const side = (window: Window, at: (i: number) => number): Table =>
      tableFrom(
        Array.from({ length: window.rows }, (_, i) => inSeason(draw, at(i))),
        window,
      );
    const reference = side(PAST, (i) => (i / PAST.rows) * PAST.hours);
    // Half an hour at which both are as usual: their middle.
    const current = side({ ...NOW, hours: 0.5 }, () => 12);
    expect(found(pairSamples(reference, current))).toEqual([]);
  });

  test('the verdict is a fault, and what it does to the labels is not told of the world', () => {
    const diagnosis = judge('classification', tables(10, otherRows('a')));
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', types: ['data_fault'], advice: 'fix_pipeline' });
    expect(diagnosis.faults.map(({ fault, feature }) => `${fault} ${feature}`)).toEqual([
      'misaligned_join a',
    ]);
  });
});

describe('columns that moved jointly', () => {
  /** `b` goes with `c` from now on; alone both are what they were. */
  const together = (rows: readonly Row[]): Row[] => {
    const [b, c] = [rows.map((row) => row.b), rows.map((row) => row.c)].map((values) =>
      values.toSorted((one, other) => one - other),
    );
    const order = [...rows.keys()].sort((one, other) => rows[one]!.b - rows[other]!.b);
    const linked = rows.map((row) => ({ ...row }));
    for (const [at, row] of order.entries()) {
      if (at % 2 === 0) linked[row] = { ...linked[row]!, b: b?.[at] ?? 0, c: c?.[at] ?? 0 };
    }
    return linked;
  };

  test('is a covariate shift though no column moved by itself', () => {
    const given = tables(21, together);
    const bare = {
      reference: { ...given.reference, label: null },
      current: { ...given.current, label: null },
    };
    const diagnosis = judge('classification', bare);
    expect(diagnosis).toMatchObject({ verdict: 'covariate_shift', advice: 'watch' });
    expect(diagnosis.summary).toContain('jointly');
  });

  test('nothing is found where nothing happened, in columns of any shape', () => {
    for (const seed of [22, 23, 24]) {
      const samples = samplesOf(seed, asTheyAre, (draw) => {
        const row = rowOf(draw);
        const heavy = Math.exp(1.5 * row.a);
        return { ...row, b: draw.uniform() < 0.7 ? 0 : heavy, c: heavy * Math.exp(draw.normal()) };
      });
      expect(jointShift(samples, samples.features)).toBeNull();
    }
  });

  test('a day of rain is like the days of rain before, however rare they were', () => {
    const days = (seed: number, from: number, isWet: (day: number) => boolean, count: number): Table => {
      const draw = draws(seed);
      const rows = Array.from({ length: count * 300 }, (_, at) => {
        const [day, wind] = [Math.floor(at / 300), draw.normal()];
        const rain = isWet(day) && draw.uniform() < 0.5 ? Math.exp(Math.abs(wind) + 0.2 * draw.normal()) : 0;
        return { wind, rain };
      });
      return tableOf({
        features: { wind: rows.map(({ wind }) => wind), rain: rows.map(({ rain }) => rain) },
        timestampMs: rows.map((_, at) => START_MS + (from + at / 300) * 24 * HOUR_MS),
      });
    };
    const reference = days(51, 0, (day) => day % 10 === 3, 40);
    const [wet, dry] = [days(52, 50, () => true, 1), days(53, 50, () => false, 1)].map((current) =>
      pairSamples(reference, current),
    ) as [RowSamples, RowSamples];
    expect(jointShift(wet, wet.features)).toBeNull();
    expect(jointShift(dry, dry.features)).toBeNull();
  });

  test('another mix of materials brings its own temperatures, and no other relation', () => {
    const MIDDLES = [60, 85, 100];
    const prints = (seed: number, count: number, shares: readonly number[]): Table => {
      const draw = draws(seed);
      const rows = Array.from({ length: count }, () => {
        const material = draw.choice(shares);
        return { material: ['PLA', 'PETG', 'ABS'][material]!, bed: MIDDLES[material]! + 3 * draw.normal() };
      });
      return tableOf({
        features: { material: rows.map(({ material }) => material), bed: rows.map(({ bed }) => bed) },
        timestampMs: rows.map((_, at) => START_MS + at * 60_000),
      });
    };
    const samples = pairSamples(prints(61, 5_000, [5, 3, 2]), prints(62, 400, [5, 4, 1]));
    expect(jointShift(samples, samples.features)).toBeNull();
  });

  test('what opens without rising is seen, too', () => {
    const wider = (rows: readonly Row[], draw: Draws): Row[] => {
      const sign = (): number => (draw.uniform() < 0.5 ? -1 : 1);
      // As large as `d` is far from its middle: independent before, of one size now.
      const sizes = rows.map(({ alone }) => Math.abs(alone)).sort((one, other) => one - other);
      const order = [...rows.keys()].sort((one, other) => Math.abs(rows[one]!.d) - Math.abs(rows[other]!.d));
      const alone = new Map(order.map((row, at) => [row, sign() * (sizes[at] ?? 0)]));
      return rows.map((row, at) => ({ ...row, alone: alone.get(at) ?? 0 }));
    };
    const samples = samplesOf(25, wider);
    expect(jointShift(samples, samples.features)).toMatchObject({ isFolded: true });
  });

  test('which of two values is the commoner says nothing of how they go together', () => {
    for (let seed = 40; seed < 46; seed++) {
      const samples = samplesOf(seed, asTheyAre, (draw) => {
        const answer = draw.uniform() < 0.5 ? 0 : 1;
        return { ...rowOf(draw), d: answer, alone: draw.uniform() < 0.95 ? answer : 1 - answer };
      });
      expect(jointShift(samples, samples.features)).toBeNull();
    }
  });
});
