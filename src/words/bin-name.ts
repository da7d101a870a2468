import type { BinnedCounts } from '../core/columns/figures.ts';
import { displayText } from './display-text.ts';
import { formatNumber } from './format.ts';

/** What a cell is called: its level, or between which values it lies. @example binName([1, 2, null], 1) // '1 to 2' */
export function binName(bins: BinnedCounts['bins'], at: number): string {
  const [low, high] = [bins[at - 1], bins[at]];
  if (typeof high === 'string') return displayText(high, 40);
  const edge = (value: unknown): string => (typeof value === 'number' ? formatNumber(value) : '');
  if (typeof high !== 'number') return typeof low === 'number' ? `over ${edge(low)}` : 'all values';
  return typeof low === 'number' ? `${edge(low)} to ${edge(high)}` : `up to ${edge(high)}`;
}
