import type { Course } from './course.ts';
import { INTERVAL_DROP, logLikelihood } from './likelihood.ts';
import { between, leftBy, runningSums } from './running-sums.ts';

/** A moment in window lengths from the first window's start, and where else it may lie. */
export interface ChangePoint {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface ChangeFit {
  readonly logLikelihood: number;
  readonly parameters: number;
  readonly change: ChangePoint;
  /** When the change was complete, or had gone back; absent for a step. */
  readonly end?: number;
}

/** Windows on either side of a step, the one it falls into counted: one by itself is an outlier. */
export const MIN_SIDE = 2;
/** A window in which the change falls may be split into this many parts; a moment is known no better than one part. */
export const PARTS = 10;

/**
 * One level before and another after a moment. The moment may fall inside a window, which then lies between the levels
 * by the share of it that came after (rows evenly spread); tenths of a window are tried. At least two windows on
 * either side. `from`, `to`: the moments whose log-likelihood is within 1.92 of the greatest, a 95 % interval if the
 * step is real. Three parameters: two levels and the moment. Null with fewer than four windows. O(windows).
 *
 * @example fitStep({ positions: Float64Array.of(0, 1, 2, 3), values: Float64Array.of(0, 0, 9, 9), weights: Float64Array.of(1, 1, 1, 1), independence: 1 }).change.at // 2
 */
export function fitStep(course: Course): ChangeFit | null {
  const sums = runningSums(course);
  const { m, w, wy } = sums;
  const first = course.positions[0] ?? 0;
  const candidates: (ChangePoint & { readonly logLikelihood: number })[] = [];
  if (m < 2 * MIN_SIDE) return null;
  for (let c = MIN_SIDE - 1; c <= m - MIN_SIDE; c++) {
    const start = (course.positions[c] ?? 0) - first;
    candidates.push(...insideWindow(c, start));
    if (c < MIN_SIDE) continue;
    const after = between(w, c, m);
    const rss = leftBy(sums, after, after, between(wy, c, m));
    // Between two windows with none in between, the change may be anywhere in the gap.
    const from = (course.positions[c - 1] ?? 0) - first + 1;
    candidates.push({
      at: start,
      ...around(from, start),
      logLikelihood: logLikelihood(rss, m, course.independence),
    });
  }
  return best(candidates, 3);

  function insideWindow(c: number, start: number): typeof candidates {
    const weight = sums.weights[c] ?? 0;
    const later = between(w, c + 1, m);
    const laterY = between(wy, c + 1, m);
    return Array.from({ length: PARTS - 1 }, (_, part) => {
      const at = start + (part + 1) / PARTS;
      const share = 1 - (part + 1) / PARTS;
      const rss = leftBy(
        sums,
        later + weight * share,
        later + weight * share * share,
        laterY + weight * share * (sums.centred[c] ?? 0),
      );
      return { at, ...around(at, at), logLikelihood: logLikelihood(rss, m, course.independence) };
    });
  }
}

/** As far as the moments tried can tell two moments apart. */
export function around(from: number, to: number): { readonly from: number; readonly to: number } {
  return { from: from - 1 / PARTS, to: to + 1 / PARTS };
}

/** The most likely of the candidates, with the span of all that are nearly as likely. */
export function best(
  candidates: readonly (ChangePoint & { readonly logLikelihood: number; readonly end?: number })[],
  parameters: number,
): ChangeFit | null {
  let top = candidates[0];
  for (const candidate of candidates) {
    if (top === undefined || candidate.logLikelihood > top.logLikelihood) top = candidate;
  }
  if (top === undefined) return null;
  const enough = top.logLikelihood - INTERVAL_DROP;
  let { from, to } = top;
  for (const candidate of candidates) {
    if (candidate.logLikelihood < enough) continue;
    from = Math.min(from, candidate.from);
    to = Math.max(to, candidate.to);
  }
  return {
    logLikelihood: top.logLikelihood,
    parameters,
    change: { at: top.at, from, to },
    ...(top.end !== undefined && { end: top.end }),
  };
}
