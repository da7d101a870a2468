import { isExplained } from '../../judge/known-events.ts';
import { performanceFell } from '../../diagnose/performance-change.ts';
import type { Comparison, FileComparison } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';

/**
 * Whether `compare` ends with "shift found": in all rows, in any window, or in any segment. Where another tool was asked
 * for, by that tool's rule for the data set, or by any feature it calls drifted where it has none.
 */
export function showsShift(comparison: FileComparison | WindowedComparison, byPreset: boolean): boolean {
  const parts = 'windows' in comparison ? comparison.windows : [comparison];
  // What only windows together show is a shift as well.
  if (!byPreset && 'windows' in comparison && comparison.incidents.length > 0) return true;
  return parts.some((part) => [part, ...(part.segments ?? [])].some(byPreset ? presetDrifted : isShift));
}

/**
 * A verdict, or, where the verdict is open, a flag on any column. A performance that fell beyond chance counts whatever
 * the verdict: not to know why is no reason to let it pass. What a season or a known event explains is none.
 */
export function isShift({ features, prediction, score, label, performance, diagnosis }: Comparison): boolean {
  if (diagnosis.verdict !== 'none' && diagnosis.verdict !== 'undetermined') return true;
  if (performanceFell(performance)) return true;
  if (isExplained(diagnosis)) return false;
  return [...features, prediction, score, label].some(
    (column) => column !== null && (column.status === 'drift' || column.status === 'fault'),
  );
}

function presetDrifted({ preset, features }: Comparison): boolean {
  return preset?.drifted ?? features.some((feature) => feature.preset?.drifted === true);
}
