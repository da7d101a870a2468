import { ksPValue } from '../../../stats/significance/ks.ts';
import { levelTest } from '../../marginal-test.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { SAME_P, sameDistance } from '../../thresholds.ts';
import { exchangedDigits } from './exchanged-digits.ts';
import { bothNamed } from './misplaced.ts';
import { distanceWithin } from '../resolution.ts';
import { exchangeDistance, forEachPair, sketchOf } from './sketch.ts';
import type { SortedPair } from '../sorted-pair.ts';
import type { Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

const MIN_MOVED_DISTANCE = 0.08;
/** Two flags come to have each other's shares in many a world; not from so far. */
const MIN_MOVED_FLAG = 0.3;
const MIN_IMPROVEMENT = 3;
/** An exchange must be refuted as chance far beyond the usual level: it accuses two columns at once. */
const REFUTED = 1e-6;

/**
 * Two columns whose distributions clearly fit each other and no longer themselves. Works on numbers and,
 * by their level counts, on categories; on two flags only where both moved by 30 points. Where the world moved as well their digits may tell.
 */
export function exchangedMarginals(
  features: readonly ColumnCells[],
  sorted: readonly SortedPair[],
): Suspicion[] {
  const numeric = sorted.map(sketchOf);
  const moved = numeric.filter(
    (side) => distanceWithin(side.current, side.reference, 0) >= MIN_MOVED_DISTANCE,
  );
  const found: Suspicion[] = [];
  forEachPair(moved, (a, b) => {
    const limit = sameDistance(...a.counts);
    const fit = exchangeDistance(a, b, limit);
    const asIs = Math.min(
      distanceWithin(a.current, a.reference, 0),
      distanceWithin(b.current, b.reference, 0),
    );
    if (fit > limit || asIs < MIN_IMPROVEMENT * fit) return;
    if ([a, b].every(({ reference }) => isTwoValued(reference)) && asIs < MIN_MOVED_FLAG) return;
    const p = ksPValue(asIs, ...a.counts);
    if (p < REFUTED) found.push(...swapFindings(a.name, b.name, asIs, p, fit));
  });
  if (found.length === 0) found.push(...exchangedDigits(moved));
  return [...found, ...exchangedLevels(features.filter((pair) => pair.kind === 'levels'))];
}

function exchangedLevels(pairs: readonly LevelPair[]): Suspicion[] {
  const found: Suspicion[] = [];
  const moved = pairs.filter((pair) => levelDistance(pair, pair).distance >= MIN_MOVED_DISTANCE);
  forEachPair(moved, (a, b) => {
    const forth = levelDistance(a, b);
    const back = levelDistance(b, a);
    const fit = Math.max(forth.distance, back.distance);
    const asIs = Math.min(levelDistance(a, a).distance, levelDistance(b, b).distance);
    if ([a, b].every(hasTwoLevels) && asIs < MIN_MOVED_FLAG) return;
    const agrees = Math.min(forth.p, back.p) > SAME_P;
    const p = Math.max(levelDistance(a, a).p, levelDistance(b, b).p);
    if (agrees && asIs >= MIN_IMPROVEMENT * fit && p < REFUTED) {
      found.push(...swapFindings(a.name, b.name, asIs, p, fit));
    }
  });
  return found;
}

/** @param sorted ascending */
export function isTwoValued(sorted: Float64Array): boolean {
  const [low, high] = [sorted[0], sorted.at(-1)];
  return sorted.every((value) => value === low || value === high);
}

function hasTwoLevels({ reference, levels }: LevelPair): boolean {
  return levelCounts(reference, levels.length).filter((count) => count > 0).length <= 2;
}

/** Reference levels of one column against current levels of the other, matched by name. */
function levelDistance(a: LevelPair, b: LevelPair): { p: number; distance: number } {
  const counts = new Map<string, [number, number]>();
  const add = (pair: LevelPair, codes: Int32Array, side: 0 | 1): void => {
    for (const [code, rows] of levelCounts(codes, pair.levels.length).entries()) {
      if (rows === 0) continue;
      const level = pair.levels[code]!;
      const entry = counts.get(level) ?? [0, 0];
      entry[side] += rows;
      counts.set(level, entry);
    }
  };
  add(a, a.reference, 0);
  add(b, b.current, 1);
  const entries = [...counts.values()];
  return levelTest(
    entries.map((entry) => entry[0]),
    entries.map((entry) => entry[1]),
  );
}

function swapFindings(a: string, b: string, asIs: number, p: number, fit: number): Suspicion[] {
  const detail = `the distributions fit each other (distance ${fit.toFixed(3)}, as they are ${asIs.toFixed(3)})`;
  return bothNamed(a, b, detail, { share: 1, statistic: asIs, p, doubt: fit / (10 * asIs) });
}
