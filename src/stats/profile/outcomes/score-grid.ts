import { coarsenNumeric } from '../coarsen.ts';
import { fingerprint } from '../feature-reference.ts';
import type { FeatureReference } from '../feature-reference.ts';
import { gridIndex, type GridIndex } from '../grids/grid-index.ts';
import { unknownNumeric, unknownScore } from '../without-baseline.ts';

/** Points at which labelled scores are counted, and what finds them. The same object for every profile on it. */
export interface ScoreGrid {
  /** Ascending. 0 and 1 are among them, so that the open ends hold no probability. */
  readonly points: Float64Array;
  readonly index: GridIndex;
  /** Names the points: counts taken on others are never read against these. */
  readonly fingerprint: number;
}

/** Points of a window's joint counts of score and label. */
export const WHOLE_SCORE_POINTS = 512;
/** A model may have hundreds of segments, each with counts of its own. */
export const SEGMENT_SCORE_POINTS = 64;

const grids = new WeakMap<FeatureReference, Map<number, ScoreGrid>>();
const UNKNOWN = unknownScore();

/** The baseline's own scores on at most so many points, and 0 and 1. Without a baseline a fixed grid. */
export function scoreGrid(score: FeatureReference | null, maxPoints: number): ScoreGrid {
  const known = score !== null && score.kind === 'numeric' && score.grid.length > 0 ? score : UNKNOWN;
  const ofScore = grids.get(known) ?? new Map<number, ScoreGrid>();
  grids.set(known, ofScore);
  let grid = ofScore.get(maxPoints);
  if (grid === undefined) {
    grid = gridOf([...(known === UNKNOWN ? known : coarsenNumeric(known, maxPoints)).grid]);
    ofScore.set(maxPoints, grid);
  }
  return grid;
}

/**
 * The probability of one class among several has no grid in the baseline: eight points a decade towards 0 and towards 1,
 * where such probabilities crowd, and hundredths between.
 */
const PROBABILITY_GRID: ScoreGrid = gridOf(
  [...UNKNOWN.grid].flatMap((x) => (x > 0 && x < 1 ? [x, 1 - x] : [])),
);
/** Four times as fine between 1e-4 and 1 − 1e-4: where probabilities of rare classes lie close together. */
const FINE_PROBABILITY_GRID: ScoreGrid = gridOf(
  [...PROBABILITY_GRID.points.entries()].flatMap(([i, x]) => {
    const step = ((PROBABILITY_GRID.points[i + 1] ?? x) - x) / 4;
    return x >= 1e-4 && x + step < 1 - 1e-4 ? [x, x + step, x + 2 * step, x + 3 * step] : [x];
  }),
);

/** For counts of a class's probability, as fine as those of a score on so many points. */
export function probabilityGrid(scorePoints: number): ScoreGrid {
  return scorePoints > SEGMENT_SCORE_POINTS ? FINE_PROBABILITY_GRID : PROBABILITY_GRID;
}

function gridOf(points: readonly number[]): ScoreGrid {
  const grid = Float64Array.from(new Set([...points, 0, 1])).sort();
  return {
    points: grid,
    index: gridIndex(grid),
    fingerprint: fingerprint({ ...unknownNumeric('score'), grid }),
  };
}
