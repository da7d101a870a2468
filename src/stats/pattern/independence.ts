import type { Course } from './course.ts';
import { squares } from './periodic.ts';
import type { RepeatingShape } from './periodic.ts';
import { weightedMean } from './running-sums.ts';
import type { ChangeFit } from './step.ts';

/** One-sided 5 %: autocorrelation that chance does not easily make. */
const SIGNIFICANT_Z = 1.645;
/** A run that is nearly a random walk still tells something. */
const LEAST = 0.05;

export interface FittedShape {
  readonly shape: string;
  readonly fit: Partial<ChangeFit>;
  readonly season: RepeatingShape | null;
}

/**
 * How much a window tells that its neighbours have not told already: (1 − ρ)/(1 + ρ), ρ the autocorrelation of
 * neighbouring windows around the fitted shape, corrected for the (k + 1)/m by which fitting k parameters lowers it.
 * 1 where ρ is not significantly above 0 (5 %), and where the windows scatter around the shape no more than independent
 * rows do, which leaves nothing that neighbours could share. Range [0.05, 1]. Source: the effective sample size of a mean of an
 * AR(1) series. O(windows).
 */
export function independenceOf(course: Course, fitted: FittedShape): number {
  const residuals = residualsOf(course, fitted);
  const m = residuals.length;
  let along = 0;
  let pairs = 0;
  for (let i = 1; i < m; i++) {
    // Across a gap windows are no neighbours.
    if ((course.positions[i] ?? 0) - (course.positions[i - 1] ?? 0) !== 1) continue;
    const weight = Math.sqrt((course.weights[i] ?? 0) * (course.weights[i - 1] ?? 0));
    along += weight * (residuals[i] ?? 0) * (residuals[i - 1] ?? 0);
    pairs += 1;
  }
  const total = squares(residuals, course.weights);
  if (pairs === 0 || total <= m) return 1;
  const parameters = (fitted.season?.levels ?? 1) + (fitted.shape === 'periodic' ? 0 : 1);
  const correlation = (along / total) * (m / pairs) + (parameters + 1) / m;
  if (correlation * Math.sqrt(pairs) < SIGNIFICANT_Z) return 1;
  return Math.max(LEAST, (1 - correlation) / (1 + correlation));
}

function residualsOf(course: Course, fitted: FittedShape): Float64Array {
  const { values, weights } = course;
  const { season } = fitted;
  const reduce = season === null ? centred : (some: Float64Array) => season.residual(some);
  const rest = reduce(values);
  if (fitted.fit.change === undefined) return rest;
  const way = reduce(wayOf(course, fitted));
  const spread = squares(way, weights);
  if (spread < 1e-9) return rest;
  let along = 0;
  for (let i = 0; i < rest.length; i++) along += (weights[i] ?? 0) * (way[i] ?? 0) * (rest[i] ?? 0);
  return rest.map((value, i) => value - (along / spread) * (way[i] ?? 0));

  function centred(some: Float64Array): Float64Array {
    const mean = weightedMean(some, weights);
    return some.map((value) => value - mean);
  }
}

/** How far each window is on the way from the first level to the second. */
function wayOf(course: Course, { shape, fit }: FittedShape): Float64Array {
  const first = course.positions[0] ?? 0;
  const begin = fit.change?.at ?? 0;
  const end = fit.end ?? Infinity;
  return course.positions.map((at) => {
    const start = at - first;
    if (shape === 'ramp') return Math.min(1, Math.max(0, (start + 0.5 - begin) / (end - begin)));
    if (start >= end) return 0;
    return Math.min(1, Math.max(0, start + 1 - begin));
  });
}
