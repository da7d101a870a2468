import { DAY_MS } from '../../core/clock.ts';
import { keptWith } from '../../core/memory/remember.ts';
import { normalTwoSided } from '../../stats/distributions.ts';
import { studentTwoSided } from '../../stats/pooled/student-tail.ts';
import {
  MIN_REFERENCE_WINDOWS,
  overdispersedPValue,
  spreadIfShown,
} from '../../stats/significance/overdispersion.ts';
import type { WindowSpread } from '../../stats/significance/overdispersion.ts';
import { clumpsOfValues, IN_GROUPS } from '../../stats/significance/clumped-rows.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import type { RowSamples } from '../samples/row-samples.ts';
import { MIN_STRETCHES, neighbourSpread, stretchSpread } from '../../stats/significance/stretch-spread.ts';
import { timesSpanOf, stretchesOfLength } from '../samples/stretches.ts';
import type { Stretched } from '../samples/stretches.ts';
import type { ChiSquare } from './score-test.ts';

/** Lengths that differ by less than a fiftieth are one: windows of a day do not end with a row at midnight. */
const STEPS = 50;

/** The reference cut by time into stretches as long as the window, or as a day of it. */
export interface Stretches extends Stretched {
  readonly lengthMs: number;
  /** Of the window's rows, those of one stretch: more than one where the reference is too short for windows. */
  readonly currentRows: number;
  readonly referenceRows: number;
}

/**
 * Stretches of the reference as long as the window; where they would be fewer than twenty and the window is longer than a day, days. Of neither twenty,
 * seven must do: how little so few say is in the tails they are asked by.
 * Null where rows have no times or the reference is too short: then rows are taken as independent of each other.
 * Of the same samples every zone asks for them.
 */
export const referenceStretches = keptWith((samples: RowSamples): Stretches | null => {
  const { referenceMs, currentMs, rows } = samples;
  const window = timesSpanOf(currentMs);
  const all = timesSpanOf(referenceMs);
  if (referenceMs === null || window === null || all === null || rows.current < 2) return null;
  // From the first row to the last is a step less than the window.
  const windowMs = (window.length * rows.current) / (rows.current - 1);
  const lengths = [windowMs, DAY_MS].filter((length) => length > 0 && length <= windowMs);
  // Twenty days from the first row to the last are a little less.
  const wanted = [MIN_REFERENCE_WINDOWS, MIN_STRETCHES].flatMap((most) =>
    lengths.filter((length) => Math.round(all.length / length) >= most),
  )[0];
  if (wanted === undefined) return null;
  const lengthMs = Math.exp(Math.round(STEPS * Math.log(wanted)) / STEPS);
  return {
    ...stretchesOfLength(referenceMs, all, lengthMs),
    lengthMs,
    currentRows: (rows.current * wanted) / windowMs,
    referenceRows: rows.reference,
  };
});

/** Of a window beside a reference without times. */
const OWN_STRETCHES = 24;
const MIN_OWN_ROWS = 200;

/**
 * Where the reference has no times, the window's own rows in stretches of as many: what follows one another in it may well be alike. Of the
 * current rows; null where these have no times or are too few.
 */
export const windowStretches = keptWith((samples: RowSamples): Stretches | null => {
  const { referenceMs, currentMs, rows } = samples;
  if (referenceMs !== null || currentMs === null || rows.current < MIN_OWN_ROWS) return null;
  const inTime = rowsInTime(currentMs);
  if (inTime.length < MIN_OWN_ROWS) return null;
  const of = new Int32Array(rows.current).fill(-1);
  for (const [at, row] of inTime.entries()) of[row] = Math.floor((at * OWN_STRETCHES) / inTime.length);
  return {
    of,
    count: OWN_STRETCHES,
    lengthMs: 0,
    currentRows: inTime.length / OWN_STRETCHES,
    referenceRows: rows.reference,
  };
});

/** As if so many stretches had told it. */
const KNOWN = 20;

/** By how much means of the window's rows are further apart because those of one group follow each other; 1 where that is not seen. */
export function groupsOfWindow(residual: Float64Array, { currentMs }: RowSamples): number {
  const inTime = rowsInTime(currentMs);
  const { factor, z } = clumpsOfValues(Float64Array.from(inTime, (row) => residual[row]!));
  return z < IN_GROUPS ? 1 : factor;
}

/** Groups of a few rows show in single rows better than in stretches: whichever is more. */
export function besideGroups(
  spread: WindowSpread | null,
  groups: number,
  stretches: Stretches,
): WindowSpread | null {
  if (groups <= (spread?.factor ?? 1)) return spread;
  return spreadOf(groups, { df: spread?.df ?? 1, ...stretches });
}

/** A spread of stretches that is known as a factor. */
export function spreadOf(
  factor: number,
  {
    df = 1,
    currentRows,
    referenceRows,
  }: Pick<Stretches, 'currentRows' | 'referenceRows'> & { readonly df?: number },
): WindowSpread {
  const mean = df * factor;
  const size = 1 / (1 / currentRows + 1 / referenceRows);
  return { windows: KNOWN, df, mean, variance: (2 * mean ** 2) / df, factor, size, measuredRate: Number.NaN };
}

/** How much further apart than by chance, and known from how many stretches; 1 and none where these are as independent rows are. */
export interface Inflation {
  readonly factor: number;
  readonly stretches: number | null;
}

const NONE: Inflation = { factor: 1, stretches: null };

/** By how much variances of mean residuals in these zones are larger than if rows were independent. Reference rows first. */
export function inflationOf(
  residual: Float64Array,
  samples: RowSamples,
  zones: { readonly zone: Int32Array; readonly zones: number },
): Inflation {
  const ofWindow = windowStretches(samples);
  const stretches = ofWindow ?? referenceStretches(samples);
  if (stretches === null) return NONE;
  const { reference } = samples.rows;
  const cut = { stretch: stretches.of, stretches: stretches.count, zones: zones.zones };
  const spread =
    ofWindow === null
      ? stretchSpread({ values: residual.subarray(0, reference), zone: zones.zone, ...cut })
      : besideGroups(
          neighbourSpread({
            values: residual.subarray(reference),
            zone: zones.zone.subarray(reference),
            ...cut,
          }),
          groupsOfWindow(residual.subarray(reference), samples),
          stretches,
        );
  if (spread === null) return NONE;
  const { factor, windows } = spreadIfShown(spread, stretches.currentRows, stretches.referenceRows);
  return factor > 1 ? { factor, stretches: windows } : NONE;
}

/** Two-sided, of a mean over an error that `factor` is part of already. */
export function besideInflation(statistic: number, { stretches }: Inflation): number {
  return stretches === null ? normalTwoSided(statistic) : studentTwoSided(statistic, stretches - 1);
}

/**
 * A test of zones, beside how healthy stretches spread. Stands where these spread no more than independent rows.
 *
 * @param spread of the same zones, or of others that tell as much
 */
export function besideStretches<T extends ChiSquare>(
  test: T,
  spread: WindowSpread | null,
  { currentRows, referenceRows }: Stretches,
): T {
  if (spread === null || test.df === 0) return test;
  const own = spreadIfShown(spread, currentRows, referenceRows);
  const scale = test.df / own.df;
  const mean = own.mean * scale;
  // Days that are alike in all zones are one degree of freedom, and no fewer: one odd day of thirty is no law of tails.
  const variance = Math.min(own.variance * scale ** 2, 2 * mean ** 2);
  const same = { ...own, df: test.df, mean, variance };
  const { statistic, df, p } = test;
  return { ...test, p: Math.max(p, overdispersedPValue({ statistic, df, cells: df + 1, p_value: p }, same)) };
}
