import type { Course } from './course.ts';
import { spanOf } from './course.ts';
import { logLikelihood } from './likelihood.ts';
import { between, leftBy, runningSums } from './running-sums.ts';
import type { RunningSums } from './running-sums.ts';
import { best } from './step.ts';
import type { ChangeFit } from './step.ts';

/** A change that is over in fewer windows is a step. */
export const SHORTEST_RAMP = 3;
/** Moments tried as beginning and as end; longer runs are searched coarsely first. */
const MOMENTS = 80;

interface Ramp {
  readonly begin: number;
  readonly end: number;
  readonly logLikelihood: number;
}

/**
 * One level until a moment, a straight way to another level, and that level from then on: `change` is where the way
 * begins, `end` where it ends, at the starts of windows, at least three windows apart. Either may be an end of the
 * run. The interval is that of the beginning, whatever the end. Four parameters: two levels and two moments. Null with
 * fewer than four windows. O(windows + 80²).
 *
 * @example fitRamp({ positions: Float64Array.of(0, 1, 2, 3, 4, 5, 6), values: Float64Array.of(0, 0, 2, 6, 10, 12, 12), weights: new Float64Array(7).fill(1), independence: 1 }).end // 5
 */
export function fitRamp(course: Course): ChangeFit | null {
  const span = spanOf(course);
  if (course.values.length < SHORTEST_RAMP + 1) return null;
  const sums = runningSums(course);
  const stride = Math.max(1, Math.ceil(span / MOMENTS));
  const coarse = [...ramps(sums, 0, span, 0, span, stride)];
  const top = coarse.reduce<Ramp | null>(
    (found, ramp) => (found === null || ramp.logLikelihood > found.logLikelihood ? ramp : found),
    null,
  );
  if (top === null) return null;
  const around = (at: number): [number, number] => [Math.max(0, at - stride), Math.min(span, at + stride)];
  const fine = stride === 1 ? [] : [...ramps(sums, ...around(top.begin), ...around(top.end), 1)];
  return best(
    [...coarse, ...fine].map(({ begin, end, logLikelihood }) => ({
      at: begin,
      from: begin,
      to: begin,
      end,
      logLikelihood,
    })),
    4,
  );
}

function* ramps(
  sums: RunningSums,
  beginFrom: number,
  beginTo: number,
  endFrom: number,
  endTo: number,
  stride: number,
): Generator<Ramp> {
  for (let begin = beginFrom; begin <= beginTo - SHORTEST_RAMP; begin += stride) {
    for (let end = endTo; end >= Math.max(endFrom, begin + SHORTEST_RAMP); end -= stride) {
      yield { begin, end, logLikelihood: likelihoodOf(sums, begin, end) };
    }
  }
}

function likelihoodOf(sums: RunningSums, begin: number, end: number): number {
  const { m, w, wx, wxx, wy, wxy } = sums;
  const a = firstAfter(sums.middles, begin);
  const b = firstAfter(sums.middles, end);
  const length = end - begin;
  const weight = between(w, a, b);
  const x = between(wx, a, b);
  const onTheWay = {
    h: (x - begin * weight) / length,
    hh: (between(wxx, a, b) - 2 * begin * x + begin * begin * weight) / length ** 2,
    hy: (between(wxy, a, b) - begin * between(wy, a, b)) / length,
  };
  const after = between(w, b, m);
  const rss = leftBy(sums, onTheWay.h + after, onTheWay.hh + after, onTheWay.hy + between(wy, b, m));
  return logLikelihood(rss, m, sums.independence);
}

/** Place of the first window whose middle is later. */
function firstAfter(middles: Float64Array, at: number): number {
  let low = 0;
  let high = middles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((middles[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
