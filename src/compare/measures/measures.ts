import type { BinnedCounts, Metrics } from '../../core/columns/figures.ts';
import type { FeatureKind } from '../../core/table.ts';
import type { CellCounts } from '../../stats/cells.ts';

/**
 * What was counted of one feature on both sides, before anything is judged. Profiles and tables both end here, so
 * that one set of rules judges both.
 */
export interface Measures {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly rows: Sides;
  readonly missing: Sides;
  /** Values of the wrong type, ±Infinity included. */
  readonly invalid: Sides;
  /** Rows with a level the reference does not name; absent for numbers. */
  readonly newLevels: Sides | null;
  /** Rows with a usable value, by bin or level; rare and new levels are the last cell. */
  readonly counts: BinnedCounts;
  /** The cells of the contingency tests, already pooled, where they do not follow from `counts`. */
  readonly tested?: CellCounts;
  /** Levels that so many rows of one side have, where a name may tell of a person; absent: all may be named. */
  readonly commonLevels?: (fewest: number) => string[];
  /** KS and what else does not follow from `counts`. */
  readonly metrics: Metrics;
}

/** With `min_count`, of levels: which of them may be named. It leaves with no answer. */
export interface CountsWithNames extends BinnedCounts {
  named?: readonly string[];
}

/** Rows of each sample. */
export interface Sides {
  readonly reference: number;
  readonly current: number;
}

/** The name of the last categorical cell: levels under 1 % of the reference, and levels it never had. */
export const RARE_OR_NEW = '(rare or new)';
