import type { Course } from './course.ts';
import { spanOf } from './course.ts';
import { logLikelihood } from './likelihood.ts';
import { squares } from './periodic.ts';
import type { RepeatingShape } from './periodic.ts';
import { SHORTEST_RAMP } from './ramp.ts';
import { around, best, MIN_SIDE, PARTS } from './step.ts';
import type { ChangeFit } from './step.ts';

/** Moments tried for a change under a season: each costs a projection of all windows. */
const MOMENTS = 24;

/** A step on top of what repeats: between any two windows, and near the best of those inside one. O(windows² · levels). */
export function fitStepOnSeason(course: Course, season: RepeatingShape): ChangeFit | null {
  const values = season.residual(course.values);
  const m = values.length;
  const first = course.positions[0] ?? 0;
  const starts = course.positions.map((at) => at - first);
  const between = Array.from({ length: Math.max(0, m - 2 * MIN_SIDE + 1) }, (_, i) => {
    const at = starts[i + MIN_SIDE] ?? 0;
    return { at, ...around((starts[i + MIN_SIDE - 1] ?? 0) + 1, at), logLikelihood: likelihoodAt(at) };
  });
  const found = best(between, season.levels + 3);
  if (found === null) return null;
  const inside = Array.from({ length: 2 * PARTS - 1 }, (_, i) => {
    const at = found.change.at - 1 + (i + 1) / PARTS;
    return { at, ...around(at, at), logLikelihood: likelihoodAt(at) };
  });
  return best([...between, ...inside], season.levels + 3);

  function likelihoodAt(at: number): number {
    const way = season.residual(starts.map((start) => Math.min(1, Math.max(0, start + 1 - at))));
    return logLikelihood(leftOf(values, way, course.weights), m, course.independence);
  }
}

/** A straight way from one level to another on top of what repeats. O(24² · windows · levels). */
export function fitRampOnSeason(course: Course, season: RepeatingShape): ChangeFit | null {
  const values = season.residual(course.values);
  const span = spanOf(course);
  const first = course.positions[0] ?? 0;
  const stride = Math.max(1, Math.ceil(span / MOMENTS));
  const candidates: Parameters<typeof best>[0][number][] = [];
  for (let begin = 0; begin <= span - SHORTEST_RAMP; begin += stride) {
    for (let end = span; end >= begin + SHORTEST_RAMP; end -= stride) {
      const way = course.positions.map((at) =>
        Math.min(1, Math.max(0, (at - first + 0.5 - begin) / (end - begin))),
      );
      const likelihood = logLikelihood(
        leftOf(values, season.residual(way), course.weights),
        course.values.length,
        course.independence,
      );
      candidates.push({ at: begin, from: begin, to: begin, end, logLikelihood: likelihood });
    }
  }
  return best(candidates, season.levels + 4);
}

/** Weighted squares of the values left by a regression on h. */
function leftOf(values: Float64Array, h: Float64Array, weights: Float64Array): number {
  const total = squares(values, weights);
  const spread = squares(h, weights);
  let along = 0;
  for (let i = 0; i < values.length; i++) along += (weights[i] ?? 0) * (h[i] ?? 0) * (values[i] ?? 0);
  return spread > 1e-9 ? Math.max(0, total - (along * along) / spread) : total;
}
