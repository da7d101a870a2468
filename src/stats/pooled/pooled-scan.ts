import type { PooledFigures, PooledTest } from '../../core/columns/pooled-figures.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, sumGroups } from '../cells.ts';
import { normalTwoSided } from '../distributions.ts';
import { mean, sampleVariance, sum } from '../elementary.ts';
import { gTest } from '../significance/g-test.ts';
import { MIN_REFERENCE_WINDOWS, overdispersedPValue, spreadAt } from '../significance/overdispersion.ts';
import { partOfGroups } from '../significance/part-of-groups.ts';
import { cellsApart } from '../significance/moderated-variance.ts';
import type { Variance } from '../significance/moderated-variance.ts';
import type { BesideUsual, WindowSpread } from '../significance/overdispersion.ts';
import { phaseSpreads } from '../significance/phase-spread.ts';
import type { HourAndDay } from '../significance/phase-spread.ts';
import { besideSkewed, besideSquares } from './skewed-tail.ts';
import { addUp, mixOf, sharesOf, stretchesIn } from './known-stretches.ts';
import { meanUnder, directionScores } from './normal-scores.ts';
import { noncentralityAtMost } from './noncentrality.ts';
import { studentTwoSided } from './student-tail.ts';

/** Windows beyond these add little: the reference's own error is by then most of what is left. */
const MOST_WINDOWS = 32;
/** Of scores at the hours of a stretch; of those of the window it is one. */
const LEAST_VARIANCE = 0.1;
/** Rows of a pool, in rows of the reference. */
const MOST_ROWS = 2;
/** Standard errors of a one-sided 95 % bound. */
const Z_95 = 1.645;

export interface PooledWindows {
  /** Counts of the reference, by cell. */
  readonly reference: readonly number[];
  /** Of each window in order of time, the one to be judged last, by the same cells. */
  readonly windows: readonly (readonly number[])[];
  /** What the reference counted at the hours of each of them, which it is then compared with; null: with all of it. */
  readonly usual?: readonly (readonly number[] | null)[];
  /** Whether cells have an order. */
  readonly ordered: boolean;
  /** Healthy windows one after the other: how far such windows spread. Fewer than twenty tell nothing. */
  readonly healthy?: readonly (readonly number[])[];
  readonly usualOfHealthy?: readonly (readonly number[] | null)[];
  /** Their hours and days, where the column was not shown to follow them. */
  readonly clocksOfHealthy?: readonly (HourAndDay | undefined)[];
  /** Fewer rows together are not looked at. Absent: any number is. */
  readonly minRows?: number;
  /** Where healthy windows do not say it: what sets stretches of so many and fewer apart, in units of chance, of which that counts which makes the windows least rare; empty
   * where nobody knows, and the length is not looked at. Absent: chance. */
  readonly apart?: ((length: number, test: PooledTest) => readonly Variance[]) | null;
}

/** The last windows together against the reference. */
export type PooledFinding = Omit<PooledFigures, 'q_value' | 'drifted' | 'since_windows' | 'last_window'>;

/** What has a name: findings so certain, of changes that may be so large, in standard deviations. */
export interface Worth {
  readonly pValue: number;
  readonly size: number;
}
const ANYTHING: Worth = { pValue: 0, size: 0 };

/**
 * The most significant of the last 1, 2, 4, … windows taken together; of those that are significant, one whose 95 % bound of
 * the size is worth a name stands before the others. What grows is small over the windows in which it is most certain, and larger over the last of them.
 *
 * Formula: for L windows of m rows in all beside N reference rows, z = (mean score there − here)/√(1/m + 1/N) for the two
 * directions of `directionScores`, and G; p times the tests and lengths looked at (Bonferroni: windows of all lengths
 * overlap, and sums of windows are dear to simulate). The reference's own error is in it, since the same reference is used for ever.
 * Lengths go up to 32 windows and twice the reference's rows. Where healthy windows spread more than independent rows do, a length counts only
 * as far as twenty stretches of it are known, against the spread of those. Windows that are of some hour are compared with the
 * same mix of hours, windows of the reference as well.
 * Null without a cell to tell apart. Cost O(lengths · (cells² + healthy)). Source: simulated in bench/calibration.
 *
 * @example scanWindows({ reference: [500, 500], windows: [[60, 40], [60, 40]], ordered: true })?.windows // 2
 */
export function scanWindows(pooled: PooledWindows, worth: Worth = ANYTHING): PooledFinding | null {
  const known = inOneGrid(pooled);
  const found = lengthsOf(known).flatMap((length) => lookAt(length, known));
  const [least, ...others] = found.toSorted((a, b) => a.p - b.p);
  if (least === undefined) return null;
  const certain = [least, ...others].filter((look) => look.p * found.length <= worth.pValue);
  const told = certain.find((look) => look.size().upper >= worth.size) ?? least;
  const { length, rows, test, statistic, p } = told;
  return {
    windows: length,
    rows,
    test,
    statistic,
    p_value: Math.min(1, p * found.length),
    size: told.size(),
  };
}

/**
 * Over how many of the last windows a change of this kind is most significant, of all lengths up to 32: where it began. The same
 * test, without a correction: that there is a change is known.
 */
export function windowsSince(pooled: PooledWindows, test: PooledTest): number {
  const most = Math.min(MOST_WINDOWS, pooled.windows.length);
  const chance = { ...pooled, apart: null };
  const looks = Array.from({ length: most }, (_, i) => sizesOfLast(i + 1, chance).get(test));
  const strengths = looks.map((look) => (look === undefined ? 0 : strengthOf(look)));
  return 1 + strengths.indexOf(Math.max(...strengths));
}

/**
 * How much of the way that the last `length` windows are away together the last few of them are, one, two or more, whichever are the
 * least: 1 where all are alike, 0 where some at the end are what the reference is. With shares P of the reference, Q of the windows, q of the
 * last few: Σ(q − P)(Q − P)/P over Σ(Q − P)²/P. Of one window alone chance says now and then that it goes on. O(length² · cells).
 */
export function partOfLast(length: number, pooled: PooledWindows): number {
  const known = inOneGrid(pooled);
  const { usual, counts } = lastTogether(known, length);
  const [before, together] = [sharesOf(usual), sharesOf(counts)];
  const least = 0.5 / sum(usual);
  const way = together.map((share, cell) => share - before[cell]!);
  const away = way.map((one, cell) => one / Math.max(before[cell]!, least));
  const all = way.reduce((total, one, cell) => total + one * away[cell]!, 0);
  if (!(all > 0)) return 0;
  const parts = Array.from({ length: Math.max(1, length - 1) }, (_, i) => {
    const last = lastTogether(known, i + 1);
    const [own, now] = [sharesOf(last.usual), sharesOf(last.counts)];
    return now.reduce((total, share, cell) => total + (share - own[cell]!) * away[cell]!, 0) / all;
  });
  return Math.min(...parts.filter((part) => !Number.isNaN(part)));
}

/** Of the last windows together, by test; rows are taken as independent where too little is known of such stretches. */
export function sizesOfLast(length: number, pooled: PooledWindows): Map<PooledTest, Look> {
  const known = inOneGrid(pooled);
  const looked = lookAt(length, known);
  const found =
    looked.length > 0
      ? looked
      : lookAt(length, { ...known, healthy: [], usualOfHealthy: [], clocksOfHealthy: [] });
  return new Map(found.map((look) => [look.test, look]));
}

/** Levels that the reference never had have a cell of their own. */
function inOneGrid({
  reference,
  windows,
  usual = [],
  ordered,
  healthy = [],
  usualOfHealthy = [],
  clocksOfHealthy = [],
  minRows = 0,
  apart = null,
}: PooledWindows): Required<PooledWindows> {
  const cells = Math.max(reference.length, ...windows.map((window) => window.length));
  const all = Array.from({ length: cells }, (_, cell) => reference[cell] ?? 0);
  return {
    reference: all,
    windows,
    usual,
    ordered,
    healthy,
    usualOfHealthy,
    clocksOfHealthy,
    minRows,
    apart,
  };
}

/** Grows with the evidence for any change, whatever the test. */
const strengthOf = ({ test, statistic, cells }: Look): number =>
  test === 'cells' ? statistic - (cells - 1) : statistic ** 2 - 1;

function lengthsOf({ reference, windows, minRows }: Required<PooledWindows>): number[] {
  const most = MOST_ROWS * sum(reference);
  const lengths: number[] = [];
  for (let length = 1; length <= Math.min(MOST_WINDOWS, windows.length); length *= 2) {
    const rows = windows.slice(-length).reduce((all, window) => all + sum(window), 0);
    if (length > 1 && rows > most) break;
    if (rows >= minRows) lengths.push(length);
  }
  return lengths;
}

export interface Look {
  readonly cells: number;
  readonly length: number;
  readonly rows: number;
  readonly test: PooledTest;
  readonly statistic: number;
  readonly p: number;
  /** How far away; dearer than the rest, and asked of the most significant only. */
  size(): PooledFinding['size'];
}

function lookAt(length: number, known: Required<PooledWindows>): Look[] {
  const { ordered, healthy } = known;
  const { counts, usual, isOfHours } = lastTogether(known, length);
  const groups = cellGroups(usual, counts, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
  const [before, now] = [sumGroups(usual, groups), sumGroups(counts, groups)];
  if (groups.length < 2 || sum(now) === 0) return [];
  const own = isOfHours ? known : { ...known, usualOfHealthy: [] };
  const alone = stretchesIn(groups, own, 1);
  const ofOne = alone.spread();
  // Healthy windows that have next to nothing in these cells do not say how far they are apart.
  if (ofOne === null && healthy.length >= MIN_REFERENCE_WINDOWS) return [];
  const isWide = ofOne !== null && ofOne.mean > ofOne.df;
  const several = length === 1 ? alone : stretchesIn(groups, own, length);
  const spread = isWide ? several.spread() : null;
  // Windows that are alike must be known in stretches of this length before such a one can stand out.
  if (isWide && spread === null) return [];
  const phases = phaseSpreads(
    healthy.map((counts) => sumGroups(counts, groups)),
    known.clocksOfHealthy,
    sum(now),
  );
  return [
    { spread, stretches: several.stretches, occasions: spread === null ? 0 : several.occasions() },
    ...phases.map(({ spread: ofPhases, beside }) => ({
      spread: ofPhases,
      stretches: beside,
      occasions: beside.length,
    })),
  ]
    .map((beside) => ({ length, before, now, ...beside }))
    .map((looked) => [...(ordered ? alongScores(looked) : []), ofCells(looked)])
    .reduce(quietest)
    .flatMap((look) => {
      if (known.apart === null || spread !== null) return look;
      const apart = known.apart(length, look.test).map((variance) => besideApart(look, variance));
      return apart.length === 0 ? [] : apart.reduce((most, one) => (one.p > most.p ? one : most));
    });
}

/** Test by test the one that makes the windows least rare: of their stretches, or of hours and days of the reference. */
function quietest(looks: readonly Look[], others: readonly Look[]): Look[] {
  return looks.map((look) => {
    const other = others.find(({ test }) => test === look.test);
    return other !== undefined && other.p > look.p ? other : look;
  });
}

interface Looked {
  readonly length: number;
  readonly before: readonly number[];
  readonly now: readonly number[];
  /** Null: rows are taken as independent. */
  readonly spread: WindowSpread | null;
  readonly stretches: readonly BesideUsual[];
  readonly occasions: number;
}

/** A look beside stretches that lie further apart than chance, as far as that is known. */
function besideApart(look: Look, { value, df }: Variance): Look {
  const factor = Math.max(1, value);
  const statistic = look.test === 'cells' ? look.statistic / factor : look.statistic / Math.sqrt(factor);
  return {
    ...look,
    statistic,
    p:
      look.test === 'cells'
        ? cellsApart(look.statistic, look.cells - 1, { value: factor, df })
        : studentTwoSided(statistic, df),
    size: () => {
      const { estimate, upper } = look.size();
      return { estimate, upper: estimate + (upper - estimate) * Math.sqrt(factor) };
    },
  };
}

function ofCells({ length, before, now, spread: learned, occasions }: Looked): Look {
  const g = gTest(before, now);
  const rows = sum(now);
  const spread = learned && spreadAt(learned, rows, sum(before));
  const effective = 1 / (1 / rows + 1 / sum(before));
  const wider = spread === null ? 1 : Math.max(1, spread.factor);
  const p =
    spread === null
      ? g.p_value
      : Math.max(
          g.p_value,
          overdispersedPValue(g, { ...spread, windows: Math.min(spread.windows, occasions) }),
        );
  return {
    cells: g.cells,
    length,
    rows,
    test: 'cells',
    statistic: g.statistic,
    p,
    size: () => ({
      estimate: Math.sqrt(Math.max(0, g.statistic / wider - g.df) / effective),
      upper: Math.sqrt(noncentralityAtMost(g.statistic / wider, g.df) * (wider / effective)),
    }),
  };
}

function alongScores({ length, before, now, spread, stretches, occasions }: Looked): Look[] {
  const [n, m] = [sum(before), sum(now)];
  const shares = before.map((count, i) => (count + now[i]!) / (n + m));
  const { shift, spread: width } = directionScores(shares);
  const directions: [PooledTest, number[] | null][] = [
    ['shift', shift],
    ['spread', width],
  ];
  /** Of the middle, from stretch to stretch. */
  let wandering = 0;
  return directions.flatMap(([test, scores]): Look[] => {
    if (scores === null) return [];
    const meanOf = (counts: readonly number[]): number => meanUnder(sharesOf(counts), scores);
    const difference = meanOf(now) - meanOf(before);
    const independent = Math.sqrt(1 / m + 1 / n);
    const told =
      spread === null
        ? []
        : stretches.flatMap(({ counts, usual }) => {
            if (sum(counts) === 0 || sum(usual) === 0) return [];
            // Of other hours the column may hardly reach the cells that scores tell apart: in units of what it does there.
            const variance = varianceUnder(sharesOf(usual), scores);
            if (variance < LEAST_VARIANCE) return [];
            const way = (meanOf(counts) - meanOf(usual)) / Math.sqrt(variance);
            return [{ way, chance: 1 / sum(counts) + 1 / sum(usual) }];
          });
    const ways = told.map(({ way }) => way);
    const chances = told.map(({ chance }) => chance);
    // What sets stretches apart beyond the chance of their own rows, and the chance of these.
    const apart = ways.length < 2 ? 0 : Math.max(0, sampleVariance(ways) - mean(chances));
    // Rows in groups make small windows as many times as unlike as chance as large ones.
    const groups = partOfGroups(
      told.map(({ way, chance }) => ({ beyond: way ** 2 / chance - 1, size: 1 / chance })),
      1,
      MIN_REFERENCE_WINDOWS,
    );
    const size = mean(chances.map((chance) => 1 / chance));
    const inGroups = groups * apart * Math.max(1, size * independent ** 2) + (1 - groups) * apart;
    const between = ways.length < 2 ? 0 : Math.sqrt((inGroups + independent ** 2) * (1 + 1 / ways.length));
    const isWide = between > independent;
    const error = isWide ? between : independent;
    const statistic = difference / error;
    const independently = isWide
      ? besideSkewed(difference, error, ways, Math.min(ways.length, occasions))
      : normalTwoSided(statistic);
    const p =
      test === 'spread' && wandering > 0 && difference > 0
        ? Math.max(independently, besideSquares(difference, independent, wandering))
        : independently;
    if (isWide) wandering = inGroups;
    const estimate = Math.abs(difference);
    return [
      {
        cells: before.length,
        length,
        rows: m,
        test,
        statistic,
        p,
        size: () => ({ estimate, upper: estimate + Z_95 * error }),
      },
    ];
  });
}

const varianceUnder = (shares: readonly number[], scores: readonly number[]): number =>
  meanUnder(
    shares,
    scores.map((score) => score * score),
  ) -
  meanUnder(shares, scores) ** 2;

/** The last windows, beside the same hours of the reference. */
function lastTogether(
  { reference, windows, usual }: Required<PooledWindows>,
  length: number,
): BesideUsual & { readonly isOfHours: boolean } {
  const from = Math.max(0, windows.length - length);
  const hours = usual.slice(from);
  const last = windows.slice(from);
  const mix = mixOf(last, hours);
  return { counts: addUp(last, reference.length), usual: mix ?? reference, isOfHours: mix !== null };
}
