import type { SilentStretch } from '../core/alerts/alert.ts';
import { formatCount, formatShortTime, formatSpan } from './format.ts';

/** Of each what a line has room for; of the rest how many. */
const MOST = 2;

/**
 * Since when and until when nothing came.
 *
 * For example: `1 Mar 2026 10:00–11:00 UTC and 3 more`
 */
export function silentLine(silent: readonly SilentStretch[], timeZone: string): string {
  return some(silent.map(({ startMs, endMs }) => formatSpan(startMs, endMs, timeZone)));
}

/** @example silentStarts([0], 'UTC') // 'no predictions in that of 1 Jan 00:00' */
export function silentStarts(startsMs: readonly number[], timeZone: string): string {
  if (startsMs.length > MOST) return `no predictions in ${formatCount(startsMs.length)}`;
  const those = startsMs.length === 1 ? 'that' : 'those';
  return `no predictions in ${those} of ${some(startsMs.map((ms) => formatShortTime(ms, timeZone)))}`;
}

function some(said: readonly string[]): string {
  const more = said.length - MOST;
  return [...said.slice(0, MOST), ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(' and ');
}
