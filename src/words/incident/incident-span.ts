import type { FileIncident } from '../../core/windowed-comparison.ts';
import { plural, utcMinute } from '../page-format.ts';

/**
 * How long an incident of a file's windows went on, in words.
 *
 * @example incidentSpan({ since: '2026-02-01T06:00:00.000Z', until: null, told_at: '2026-02-01T08:00:00.000Z', windows: 2 }) // 'since 2026-02-01 06:00, 2 windows, going on'
 */
export function incidentSpan({ since, until, windows }: Omit<FileIncident, 'diagnosis'>): string {
  const ended = until === null ? 'going on' : `over by ${utcMinute(until)}`;
  return `since ${utcMinute(since)}, ${plural(windows, 'window')}, ${ended}`;
}
