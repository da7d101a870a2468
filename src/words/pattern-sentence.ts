import type { WindowedComparison } from '../core/windowed-comparison.ts';

/**
 * When and how what moved began. Null where nothing is known, and where the windows as a whole show no beginning but an
 * incident has one.
 */
export function patternSentence({
  time_pattern: found,
  incidents,
}: Pick<WindowedComparison, 'time_pattern' | 'incidents'>): string | null {
  if (found === undefined) return null;
  return found.pattern === 'none' && incidents.length > 0 ? null : found.summary;
}
