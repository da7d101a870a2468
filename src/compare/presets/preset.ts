import type { PresetResult, PresetSummary } from '../../core/columns/preset-result.ts';
import type { Column } from '../../core/table.ts';

export const TOOL_PRESET_NAMES = ['evidently', 'nannyml', 'azure', 'tfdv', 'deequ'] as const;
export type ToolPresetName = (typeof TOOL_PRESET_NAMES)[number];

/**
 * How the reference is cut, for tools that learn their thresholds from it: rows in `order` (their own when null),
 * chunk i from `ends[i − 1]` up to and without `ends[i]`.
 */
export interface ReferenceChunks {
  readonly order: Uint32Array | null;
  readonly ends: readonly number[];
}

/** What the caller already knows of this pair of columns. All of it may be left out. */
export interface PresetContext {
  /** The finite values of both columns, ascending, so that nothing is sorted twice. */
  readonly sorted?: { readonly reference: Float64Array; readonly current: Float64Array };
  /** Absent: ten chunks in the order of the rows. */
  readonly referenceChunks?: ReferenceChunks;
}

/**
 * Another tool's convention: its statistic, its threshold, its rule. Pure. Nothing it answers is NaN or infinite: where
 * the tool would crash or print such a number, `value` is null and `note` says why.
 */
export interface ToolPreset {
  /** `evidently`, or `evidently:psi` when one method is forced. */
  readonly name: string;
  feature(reference: Column, current: Column, context: PresetContext): PresetResult;
  summary(results: readonly PresetResult[]): PresetSummary;
}
