import type { Course } from './course.ts';
import { logLikelihood } from './likelihood.ts';
import { between, leftBy, runningSums } from './running-sums.ts';
import { best, MIN_SIDE } from './step.ts';
import type { ChangeFit } from './step.ts';

/**
 * A step that went back: one level, another for at least two windows, and the first again, each change between two
 * windows. `change` is the moment it began, `end` when it was over. Four parameters. Null with fewer than six windows.
 * O(windows²).
 *
 * @example fitEpisode({ positions: Float64Array.of(0, 1, 2, 3, 4, 5), values: Float64Array.of(0, 0, 9, 9, 0, 0), weights: Float64Array.of(1, 1, 1, 1, 1, 1), independence: 1 }).end // 4
 */
export function fitEpisode(course: Course): ChangeFit | null {
  const sums = runningSums(course);
  const { m, w, wy } = sums;
  const first = course.positions[0] ?? 0;
  const candidates: Parameters<typeof best>[0][number][] = [];
  for (let begin = MIN_SIDE; begin <= m - 2 * MIN_SIDE; begin++) {
    const at = (course.positions[begin] ?? 0) - first;
    let found: (typeof candidates)[number] | null = null;
    for (let end = begin + MIN_SIDE; end <= m - MIN_SIDE; end++) {
      const inside = between(w, begin, end);
      const rss = leftBy(sums, inside, inside, between(wy, begin, end));
      const likelihood = logLikelihood(rss, m, course.independence);
      if (found !== null && likelihood <= found.logLikelihood) continue;
      // The change may lie inside either of the two windows it is put between.
      const from = (course.positions[begin - 1] ?? 0) - first;
      found = { at, from, to: at + 1, end: (course.positions[end] ?? 0) - first, logLikelihood: likelihood };
    }
    if (found !== null) candidates.push(found);
  }
  return best(candidates, 4);
}
