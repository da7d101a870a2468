import type { ColumnPair } from './column-pair.ts';

export type PairKind = ColumnPair['kind'];

/** What a method says of a pair, before the preset puts its name on it. */
export interface MethodResult {
  readonly value: number | null;
  readonly pValue?: number;
  readonly threshold: number | null;
  readonly drifted: boolean | null;
  readonly note?: string;
}

/** One statistic of one tool. Both sides have values when it is asked. */
export interface Method {
  /** As the tool names it. */
  readonly name: string;
  /** Shorter spellings that `--preset tool:method` takes too. */
  readonly aliases?: readonly string[];
  readonly kinds: readonly PairKind[];
  measure(pair: ColumnPair): MethodResult;
}

export function unmeasured(note: string): MethodResult {
  return { value: null, threshold: null, drifted: null, note };
}

/** A distance: drift from the threshold on. Without a threshold nothing is flagged. */
export function distance(value: number, threshold: number | null): MethodResult {
  return { value, threshold, drifted: threshold === null ? null : value >= threshold };
}

/** A test whose p-value is the score: drift below the threshold. */
export function significance(pValue: number, threshold: number | null): MethodResult {
  return { value: pValue, pValue, threshold, drifted: threshold === null ? null : pValue < threshold };
}

export const NO_BINS =
  'the range is too wide, or too narrow for its size, to be cut into bins of equal width';
