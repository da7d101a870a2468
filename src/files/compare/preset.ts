import type { ToolPreset } from '../../compare/presets/preset.ts';
import type { Comparison, FileComparison } from '../../core/findings.ts';
import type { PresetResult } from '../../core/columns/preset-result.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';

/** What the other tool says of the data set, beside what it says of each feature; for windows and segments too. */
export function addPresetSummaries(
  comparison: FileComparison | WindowedComparison,
  preset: ToolPreset,
): FileComparison | WindowedComparison {
  if ('windows' in comparison) {
    return { ...comparison, windows: comparison.windows.map((window) => summarized(window, preset)) };
  }
  return summarized(comparison, preset);
}

function summarized<C extends FileComparison>(comparison: C, preset: ToolPreset): C {
  const { segments } = comparison;
  return {
    ...comparison,
    preset: preset.summary(resultsOf(comparison)),
    ...(segments !== undefined && { segments: segments.map((segment) => summarized(segment, preset)) }),
  };
}

function resultsOf({ features }: Comparison): PresetResult[] {
  return features.flatMap((feature) => (feature.preset === undefined ? [] : [feature.preset]));
}
