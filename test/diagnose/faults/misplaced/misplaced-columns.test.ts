import { describe, expect, test } from 'vitest';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import { confirmByLabels, likeliest } from '../../../../src/diagnose/faults/labels/confirm-by-labels.ts';
import { exchangedMarginals } from '../../../../src/diagnose/faults/misplaced/exchanged-columns.ts';
import {
  hiddenSuspects,
  restoredSuspects,
} from '../../../../src/diagnose/faults/misplaced/hidden-suspects.ts';
import { sortColumns } from '../../../../src/diagnose/faults/sorted-pair.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { levels, numeric } from '../../../simulate/table-of-rows.ts';

interface Row {
  a: number;
  b: number;
  c: number;
  label: string;
}

const ROWS = 3000;

/** Three standard normal columns, `a` and `b` correlated by `r`; the label follows a and c. */
function samplesOf(
  r: number,
  broken: (row: Row) => Row,
  concept = (row: Row): number => 1.5 * row.a - row.c,
): RowSamples {
  const draw = draws(77);
  const rows = (change: (row: Row) => Row, truth: (row: Row) => number): Row[] =>
    Array.from({ length: ROWS }, () => {
      const a = draw.normal();
      const row = { a, b: r * a + Math.sqrt(1 - r * r) * draw.normal(), c: draw.normal(), label: '' };
      const label = draw.uniform() < 1 / (1 + Math.exp(-truth(row))) ? 'yes' : 'no';
      return change({ ...row, label });
    });
  const table = (drawn: readonly Row[]): Parameters<typeof pairSamples>[0] => ({
    rows: drawn.length,
    features: (['a', 'b', 'c'] as const).map((name) =>
      numeric(
        name,
        drawn.map((row) => row[name]),
      ),
    ),
    prediction: null,
    score: null,
    label: levels(
      'label',
      drawn.map((row) => row.label),
    ),
    timestampMs: null,
    predictionId: null,
  });
  return pairSamples(
    table(
      rows(
        (row) => row,
        (row) => 1.5 * row.a - row.c,
      ),
    ),
    table(rows(broken, concept)),
  );
}

const suspectsOf = (samples: RowSamples): ReturnType<typeof hiddenSuspects> =>
  hiddenSuspects(samples.features, sortColumns(samples.features), samples);
const named = (found: readonly Suspicion[]): string[] =>
  found.map(({ finding }) => `${finding.fault} ${finding.feature}`);

const flip = (row: Row): Row => ({ ...row, a: -row.a });
const swap = (row: Row): Row => ({ ...row, a: row.c, c: row.a });

describe('columns whose distributions do not show it', () => {
  test('correlations give a flip away, and the label says of which of two', () => {
    const samples = samplesOf(0.6, flip);
    const groups = restoredSuspects(suspectsOf(samples));
    // Negating a or negating b mends their only correlation alike.
    const names = groups.map((group) => group.map(({ kind, features }) => `${kind} ${features[0]}`).sort());
    expect(names).toEqual([['flip a', 'flip b']]);
    expect(likeliest('classification', samples, groups[0]!)?.features).toEqual(['a']);
  });

  test('correlations give a swap away', () => {
    const groups = restoredSuspects(suspectsOf(samplesOf(0.6, swap)));
    expect(groups.map((group) => group.map(({ kind, features }) => [kind, ...features]))).toEqual([
      [['swap', 'a', 'c']],
    ]);
  });

  test('nothing is restored where nothing was broken', () => {
    expect(restoredSuspects(suspectsOf(samplesOf(0.6, (row) => row)))).toEqual([]);
  });

  test('without correlations only the labels can tell', () => {
    const flipped = samplesOf(0, flip);
    expect(restoredSuspects(suspectsOf(flipped))).toEqual([]);
    expect(named(confirmByLabels('classification', flipped, suspectsOf(flipped).suspects))).toEqual([
      'sign_flip a',
    ]);
    const swapped = samplesOf(0, swap);
    expect(named(confirmByLabels('classification', swapped, suspectsOf(swapped).suspects))).toEqual([
      'swapped_columns a',
      'swapped_columns c',
    ]);
  });

  test('a relation that weakened is no flip, and correlations that held forbid one', () => {
    const weaker = samplesOf(
      0,
      (row) => row,
      (row) => -0.3 * row.a - row.c,
    );
    expect(confirmByLabels('classification', weaker, suspectsOf(weaker).suspects)).toEqual([]);
    const reversed = samplesOf(
      0.6,
      (row) => row,
      (row) => -1.5 * row.a - row.c,
    );
    const { suspects } = suspectsOf(reversed);
    expect(suspects.find(({ kind, features }) => kind === 'flip' && features[0] === 'a')?.correlations).toBe(
      'against',
    );
  });
});

describe('a scale from 1 to 7 that is turned round', () => {
  /** Answers of people: three of them go together. */
  const answers = (turned: (value: number) => number, moved = 0): ReturnType<typeof suspectsOf> => {
    const draw = draws(78);
    const rows = (shift: number, change: (value: number) => number): number[][] =>
      Array.from({ length: ROWS }, () => {
        const inner = draw.normal() + shift;
        const scale = (): number => Math.min(7, Math.max(1, Math.round(3 + 1.5 * (inner + draw.normal()))));
        return [change(scale()), scale(), scale(), scale(), draw.normal()];
      });
    const table = (drawn: number[][]): Parameters<typeof pairSamples>[0] => ({
      rows: drawn.length,
      features: ['a', 'b', 'c', 'd', 'e'].map((name, at) =>
        numeric(
          name,
          drawn.map((row) => row[at]!),
        ),
      ),
      prediction: null,
      score: null,
      label: null,
      timestampMs: null,
      predictionId: null,
    });
    return suspectsOf(pairSamples(table(rows(0, (value) => value)), table(rows(moved, turned))));
  };

  test.each([0, 0.2])('in people who moved by %d', (moved) => {
    const groups = restoredSuspects(answers((value) => 8 - value, moved));
    expect(groups.map(([first]) => first)).toMatchObject([{ kind: 'flip', features: ['a'], about: 8 }]);
  });

  test('is not one that lost its company, nor one that moved', () => {
    expect(restoredSuspects(answers(() => 3))).toEqual([]);
    expect(restoredSuspects(answers((value) => value, 0.5))).toEqual([]);
  });
});

describe('columns whose distributions show it', () => {
  const pairOf = (reference: [number[], number[]], current: [number[], number[]]): RowSamples => {
    const table = ([x, y]: [number[], number[]]): Parameters<typeof pairSamples>[0] => ({
      rows: x.length,
      features: [numeric('x', x), numeric('y', y)],
      prediction: null,
      score: null,
      label: null,
      timestampMs: null,
      predictionId: null,
    });
    return pairSamples(table(reference), table(current));
  };
  const normals = (seed: number, mean: number): number[] => {
    const draw = draws(seed);
    return Array.from({ length: 1500 }, () => mean + draw.normal());
  };

  test('exchanged', () => {
    const samples = pairOf([normals(1, 0), normals(2, 3)], [normals(3, 3), normals(4, 0)]);
    expect(named(exchangedMarginals(samples.features, sortColumns(samples.features)))).toEqual([
      'swapped_columns x',
      'swapped_columns y',
    ]);
  });

  test('two flags that come to have each other’s shares are claimed from far away only', () => {
    const flags = (seed: number, share: number): number[] => {
      const draw = draws(seed);
      return Array.from({ length: 4_000 }, () => Number(draw.uniform() < share));
    };
    const claimedOf = (one: number, other: number): string[] => {
      const samples = pairOf([flags(11, one), flags(12, other)], [flags(13, other), flags(14, one)]);
      return named(exchangedMarginals(samples.features, sortColumns(samples.features)));
    };
    expect(claimedOf(0.28, 0.41)).toEqual([]);
    expect(claimedOf(0.1, 0.8)).toEqual(['swapped_columns x', 'swapped_columns y']);
  });

  test('days that are whole and rates that are not, in another season', () => {
    const side = (seed: number, days: number, rate: number, isExchanged: boolean): [number[], number[]] => {
      const draw = draws(seed);
      const drawn = Array.from({ length: 1_500 }, () => [
        Math.round(days * -Math.log(draw.uniform())),
        Math.round(100 * rate * (1 + 0.2 * draw.normal())) / 100,
      ]);
      const [first, second] = isExchanged ? [1, 0] : [0, 1];
      return [drawn.map((row) => row[first]!), drawn.map((row) => row[second]!)];
    };
    const foundIn = (days: number, rate: number, isExchanged: boolean): string[] => {
      const samples = pairOf(side(21, 40, 110, false), side(22, days, rate, isExchanged));
      return named(exchangedMarginals(samples.features, sortColumns(samples.features)));
    };
    expect(foundIn(25, 140, true)).toEqual(['swapped_columns x', 'swapped_columns y']);
    expect(foundIn(110, 40, false)).toEqual([]);
  });

  test('one that moved onto the other is not an exchange', () => {
    const samples = pairOf([normals(1, 0), normals(2, 3)], [normals(3, 3), normals(4, 3)]);
    expect(exchangedMarginals(samples.features, sortColumns(samples.features))).toEqual([]);
  });

  test('exchanged categories', () => {
    const pick = (seed: number, values: readonly string[]): string[] => {
      const draw = draws(seed);
      return Array.from({ length: 1000 }, () => values[draw.choice([5, 3, 2])] ?? '');
    };
    const table = (x: string[], y: string[]): Parameters<typeof pairSamples>[0] => ({
      rows: x.length,
      features: [levels('x', x), levels('y', y)],
      prediction: null,
      score: null,
      label: null,
      timestampMs: null,
      predictionId: null,
    });
    const [colours, sizes] = [
      ['red', 'green', 'blue'],
      ['S', 'M', 'L'],
    ];
    const samples = pairSamples(
      table(pick(5, colours), pick(6, sizes)),
      table(pick(7, sizes), pick(8, colours)),
    );
    expect(named(exchangedMarginals(samples.features, []))).toEqual([
      'swapped_columns x',
      'swapped_columns y',
    ]);
  });
});

test('what fifteen copies of one thing say by chance is said once', () => {
  const draw = draws(31);
  // A column of its own, which leans a little one way in the reference and the other way in a small window.
  const rows = (count: number, lean: number): Parameters<typeof pairSamples>[0] => {
    const common = Array.from({ length: count }, () => draw.normal());
    const copies = Array.from({ length: 15 }, (_, at) =>
      numeric(
        `copy ${at}`,
        common.map((value) => value + 0.5 * draw.normal()),
      ),
    );
    const others = Array.from({ length: 30 }, (_, at) =>
      numeric(
        `other ${at}`,
        common.map(() => draw.normal()),
      ),
    );
    const own = numeric(
      'own',
      common.map((value) => lean * value + draw.normal()),
    );
    return {
      rows: count,
      features: [own, ...copies, ...others],
      prediction: null,
      score: null,
      label: null,
      timestampMs: null,
      predictionId: null,
    };
  };
  const samples = pairSamples(rows(2_200, 0.06), rows(380, -0.17));
  expect(restoredSuspects(suspectsOf(samples))).toEqual([]);
});
