import { describe, expect, test } from 'vitest';
import { scanWindows, windowsSince } from '../../src/stats/pooled/pooled-scan.ts';
import { directionScores } from '../../src/stats/pooled/normal-scores.ts';
import { normalQuantile, normalSurvival } from '../../src/stats/distributions.ts';
import { createRandom } from '../../src/stats/random.ts';
import type { Random } from '../../src/stats/random.ts';

const EDGES = Array.from({ length: 9 }, (_, i) => normalQuantile((i + 1) / 10));

/** So many rows of a normal, in the reference's tenths. */
function counted(random: Random, rows: number, shift = 0, scale = 1): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let row = 0; row < rows; row++) {
    const value = normalQuantile(random() || 1e-12) * scale + shift;
    const at = EDGES.findIndex((edge) => value <= edge);
    counts[at < 0 ? 9 : at]! += 1;
  }
  return counts;
}

/** As many rows as are expected in each, without chance. */
function expected(rows: number, shift: number): number[] {
  const below = [...EDGES.map((edge) => normalSurvival(shift - edge)), 1];
  return below.map((share, i) => rows * (share - (below[i - 1] ?? 0)));
}

const LEVEL = 0.0008 / 50;

function delay(random: Random, shift: number, scale = 1): number {
  const reference = counted(random, 10_000);
  const windows = Array.from({ length: 31 }, () => counted(random, 500));
  for (let window = 1; ; window++) {
    windows.push(counted(random, 500, shift, scale));
    const found = scanWindows({ reference, windows: windows.slice(-32), ordered: true });
    if (found !== null && found.p_value <= LEVEL) return window;
  }
}

describe('windows together', () => {
  test('see what none sees alone', () => {
    const random = createRandom(3);
    const delays = Array.from({ length: 30 }, () => delay(random, 0.2));
    expect(delays.reduce((sum, each) => sum + each, 0) / 30).toBeLessThan(2.5);
    expect(delay(random, 0, 1.2)).toBeLessThanOrEqual(4);
  });

  test('say over how many windows, and how far', () => {
    const random = createRandom(4);
    const reference = counted(random, 20_000);
    const windows = [
      ...Array.from({ length: 10 }, () => counted(random, 500)),
      ...Array.from({ length: 5 }, () => counted(random, 500, 0.3)),
    ];
    const found = scanWindows({ reference, windows, ordered: true });
    expect(found?.test).toBe('shift');
    expect(found?.size.estimate).toBeCloseTo(0.3, 1);
    expect(found?.size.upper).toBeGreaterThan(found?.size.estimate ?? 1);
    expect(windowsSince({ reference, windows, ordered: true }, 'shift')).toBe(5);
  });

  test('tell what grows by its last windows, where all of it together is too small for a name', () => {
    const reference = expected(10_000, 0);
    const windows = [
      ...Array.from({ length: 18 }, () => expected(500, 0)),
      ...Array.from({ length: 14 }, (_, i) => expected(500, 0.01 * (i + 1))),
    ];
    const worth = { pValue: 0.0008, size: Math.sqrt(0.02) };
    const surest = scanWindows({ reference, windows, ordered: true });
    expect(surest?.windows).toBe(8);
    expect(surest?.size.upper).toBeLessThan(worth.size);
    const told = scanWindows({ reference, windows, ordered: true }, worth);
    expect(told?.windows).toBe(4);
    expect(told?.p_value).toBeLessThan(worth.pValue);
    expect(told?.size.upper).toBeGreaterThan(worth.size);
    // What only is not certain stays what it is.
    expect(scanWindows({ reference, windows, ordered: true }, { ...worth, pValue: 1e-12 })).toEqual(surest);
  });

  test('hold what is wider to the square of a middle that wanders, and what is narrower to chance', () => {
    const random = createRandom(1);
    const day = (scale = 1): number[] => counted(random, 400, 0.3 * normalQuantile(random() || 1e-12), scale);
    const wide: number[] = [];
    for (let series = 0; series < 15; series++) {
      const healthy = Array.from({ length: 45 }, () => day());
      const reference = healthy.reduce((all, one) => all.map((count, cell) => count + one[cell]!));
      const scanned = (windows: number[][]): ReturnType<typeof scanWindows> =>
        scanWindows({ reference, windows, healthy, ordered: true });
      const pairs = Array.from({ length: 60 }, () => scanned([day(), day()]));
      wide.push(...pairs.flatMap((found) => (found?.test === 'spread' ? [found.p_value] : [])));
      if (series === 14) expect(scanned([day(0.6), day(0.6)])?.p_value).toBeLessThan(0.01);
    }
    expect(wide.filter((p) => p < 1e-3)).toEqual([]);
  });

  test('of levels without order by their cells', () => {
    const windows = Array.from({ length: 8 }, () => [180, 200, 120]);
    expect(scanWindows({ reference: [2000, 2000, 1000], windows, ordered: false })).toMatchObject({
      test: 'cells',
      windows: 8,
    });
  });

  test('windows that are alike must be known in stretches of that length', () => {
    const wave = (i: number): number[] => (Math.floor(i / 4) % 2 === 0 ? [300, 200] : [200, 300]);
    const healthy = Array.from({ length: 24 }, (_, i) => wave(i));
    const found = scanWindows({
      reference: [6000, 6000],
      windows: Array.from({ length: 4 }, () => [300, 200]),
      ordered: true,
      healthy,
    });
    expect(found?.p_value ?? 1).toBeGreaterThan(0.01);
  });

  test('of hours that have one weather each are not far out where such hours are now and then', () => {
    const random = createRandom(11);
    // Three tenths of what sets rows apart belong to their hour.
    const hour = (rows: number): number[] => {
      const of = normalQuantile(random() || 1e-12) * Math.sqrt(0.3);
      return counted(random, rows, of, Math.sqrt(0.7));
    };
    const healthy = Array.from({ length: 700 }, () => hour(30));
    const reference = Array.from({ length: 10 }, (_, cell) =>
      healthy.reduce((all, counts) => all + counts[cell]!, 0),
    );
    const found = Array.from({ length: 1_500 }, () =>
      scanWindows({ reference, windows: [hour(400)], ordered: true, healthy }),
    );
    // One look of three tests: 1.5 expected; nine by Student’s law alone.
    const rare = found.filter((each) => each !== null && each.p_value < 0.001).length;
    expect(rare).toBeLessThanOrEqual(4);
  });

  test('a level that the reference never had is a cell of its own', () => {
    const windows = Array.from({ length: 2 }, () => [80, 80, 40]);
    expect(scanWindows({ reference: [500, 500], windows, ordered: false })?.p_value).toBeLessThan(1e-9);
  });
});

test('scores have mean 0 and variance 1, and the second direction nothing of the first', () => {
  const shares = [0.1, 0.25, 0.3, 0.2, 0.15];
  const { shift, spread } = directionScores(shares);
  const moment = (a: readonly number[], b: readonly number[]): number =>
    shares.reduce((sum, share, i) => sum + share * a[i]! * b[i]!, 0);
  const ones = shares.map(() => 1);
  expect([moment(shift!, ones), moment(spread!, ones), moment(shift!, spread!)].map(Math.abs)).toEqual(
    [0, 0, 0].map(() => expect.closeTo(0, 12)),
  );
  expect(moment(shift!, shift!)).toBeCloseTo(1, 12);
  expect(directionScores([0.4, 0.6]).spread).toBeNull();
});
