/** What was left out of the events of one model because it has all the columns it may have. */
export interface SurplusOfModel {
  readonly modelId: number;
  /** Values left out. */
  readonly dropped: number;
  /** Columns they were of: the first ones, cut to `LONGEST_SURPLUS_NAME`. */
  readonly names: readonly string[];
}

/** So many surplus columns of a model are kept by name. */
export const NAMED_SURPLUS = 20;
/** A name is there to be recognised, not to be read to its end. */
export const LONGEST_SURPLUS_NAME = 80;
