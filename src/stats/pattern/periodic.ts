import type { Course } from './course.ts';
import { spanOf } from './course.ts';
import { bic, logLikelihood } from './likelihood.ts';

/** A shape that comes back, as what it takes out of any values: the weighted projection on it is removed. */
export interface RepeatingShape {
  /** In window lengths. */
  readonly period: number;
  /** Levels of the shape; the period is one more parameter. */
  readonly levels: number;
  residual(values: Float64Array): Float64Array;
}

export interface PeriodicFit {
  readonly logLikelihood: number;
  readonly parameters: number;
  readonly season: RepeatingShape;
}

/** Waves of a smooth shape: the year, half-years and thirds, say. */
const MOST_WAVES = 3;
/** The run must hold a period this often. */
const MIN_PERIODS = 2;

/** A season and the weighted squares that it leaves. */
export interface TriedSeason {
  readonly season: RepeatingShape;
  readonly rss: number;
}

/** Every season that fits twice into the run, with what it leaves: the costly part, done once for a run. */
export function trySeasons(course: Course): TriedSeason[] {
  const longest = Math.floor(spanOf(course) / MIN_PERIODS);
  const tried: TriedSeason[] = [];
  for (let period = 2; period <= longest; period++) {
    for (const season of seasons(course, period)) {
      // As many levels as half the windows would explain anything.
      if (2 * (season.levels + 1) > course.values.length) continue;
      tried.push({ season, rss: squares(season.residual(course.values), course.weights) });
    }
  }
  return tried;
}

/**
 * The shape that repeats best, of those tried: for every whole period of at least two windows that fits twice into the
 * run, a level for each phase, and smooth shapes of one to three waves; the one with the smallest BIC. A phase needs two
 * windows. Parameters: the levels and the period. Null when no period fits twice. With `trySeasons` O(windows²).
 */
export function bestPeriodic(course: Course, tried: readonly TriedSeason[]): PeriodicFit | null {
  const m = course.values.length;
  let found: PeriodicFit | null = null;
  let least = Infinity;
  for (const { season, rss } of tried) {
    const fit = {
      logLikelihood: logLikelihood(rss, m, course.independence),
      parameters: season.levels + 1,
      season,
    };
    const criterion = bic(fit.logLikelihood, fit.parameters, m);
    if (criterion >= least) continue;
    least = criterion;
    found = fit;
  }
  return found;
}

export function squares(residuals: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += (weights[i] ?? 0) * (residuals[i] ?? 0) ** 2;
  return sum;
}

function* seasons(course: Course, period: number): Generator<RepeatingShape> {
  const phases = phaseSeason(course, period);
  if (phases !== null) yield phases;
  const directions: Float64Array[] = [
    unit(
      Float64Array.from(course.values, () => 1),
      course.weights,
    ),
  ];
  for (let wave = 1; wave <= MOST_WAVES && 2 * wave + 2 <= period; wave++) {
    for (const turn of [Math.cos, Math.sin]) {
      const column = course.positions.map((at) => turn((2 * Math.PI * wave * at) / period));
      directions.push(unit(without(directions, column, course.weights), course.weights));
    }
    const used = [...directions];
    yield {
      period,
      levels: used.length,
      residual: (values) => without(used, values, course.weights),
    };
  }
}

function phaseSeason({ positions, weights }: Course, period: number): RepeatingShape | null {
  const first = positions[0] ?? 0;
  const phaseOf = Int32Array.from(positions, (at) => Math.round(at - first) % period);
  const windows = new Int32Array(period);
  for (const phase of phaseOf) windows[phase] = (windows[phase] ?? 0) + 1;
  if (windows.some((count) => count === 1)) return null;
  const levels = windows.filter((count) => count > 0).length;
  return {
    period,
    levels,
    residual: (values) => {
      const sums = new Float64Array(period);
      const totals = new Float64Array(period);
      for (let i = 0; i < values.length; i++) {
        const phase = phaseOf[i] ?? 0;
        sums[phase] = (sums[phase] ?? 0) + (weights[i] ?? 0) * (values[i] ?? 0);
        totals[phase] = (totals[phase] ?? 0) + (weights[i] ?? 0);
      }
      return values.map((value, i) => value - (sums[phaseOf[i] ?? 0] ?? 0) / (totals[phaseOf[i] ?? 0] ?? 1));
    },
  };
}

function without(
  directions: readonly Float64Array[],
  values: Float64Array,
  weights: Float64Array,
): Float64Array {
  const rest = Float64Array.from(values);
  for (const direction of directions) {
    let along = 0;
    for (let i = 0; i < rest.length; i++) along += (weights[i] ?? 0) * (direction[i] ?? 0) * (rest[i] ?? 0);
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) - along * (direction[i] ?? 0);
  }
  return rest;
}

/** Of weighted length 1; what the other directions already hold becomes nothing. */
function unit(values: Float64Array, weights: Float64Array): Float64Array {
  const length = Math.sqrt(squares(values, weights));
  return length > 1e-9 ? values.map((value) => value / length) : values.map(() => 0);
}
