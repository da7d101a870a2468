import type { CategoricalProfile } from '../../stats/profile/categorical-profile.ts';

/** Cells of a categorical feature while they are collected. */
export interface LevelCells {
  readonly bins: string[];
  readonly reference: number[];
  readonly current: number[];
}

/** A cell per level with at least `fewest` reference rows. */
export function frequentCells({ reference, counts }: CategoricalProfile, fewest: number): LevelCells {
  const levels = reference.counts.findLastIndex((count) => count >= fewest) + 1;
  return {
    bins: reference.levels.slice(0, levels),
    reference: [...reference.counts.subarray(0, levels)],
    current: [...counts.subarray(0, levels)],
  };
}

/** A cell without rows on either side is none. */
export function addCell(cells: LevelCells, bin: string, reference: number, current: number): void {
  if (reference + current === 0) return;
  cells.bins.push(bin);
  cells.reference.push(reference);
  cells.current.push(current);
}
