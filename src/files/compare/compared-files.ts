/** What is asked of two files, and what is answered. */
import type { CalendarEvent } from '../../core/alerts/mute-schedule.ts';
import type { FeatureSettings } from '../../core/columns/feature-settings.ts';
import type { FileComparison } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import type { SeasonChoice } from './cut.ts';

export interface CompareFilesOptions {
  /** How both files are read. */
  readonly read: ReadTableOptions;
  readonly segments: readonly string[];
  /** What people say of single columns of the reference. Absent: nothing. */
  readonly features?: FeatureSettings;
  /** Fewer rows (labels) than this are not judged. Absent: the defaults. */
  readonly minRows?: number;
  readonly minLabelled?: number;
  /** Fewer rows of either file: no level or segment of them is named. Absent: all are. */
  readonly minCount?: number;
  /** Features whose values are groups to be treated fairly. */
  readonly groups: readonly string[];
  /** Null: the current file is compared as a whole. */
  readonly windowMs: number | null;
  /** With windows: they are compared with earlier ones of the same season, too. */
  readonly season: SeasonChoice | null;
  /** What is known of dates and hours. Absent: nothing. */
  readonly calendar?: readonly CalendarEvent[];
  /** By whose clock windows are of an hour: IANA name. Absent: UTC. */
  readonly timeZone?: string;
  /** `<tool>` or `<tool>:<method>`. */
  readonly preset: string | null;
  readonly multivariate: boolean;
  /** Null: one, and more where there is much to do. */
  readonly threads: number | null;
}

export interface ComparedFiles {
  readonly comparison: FileComparison | WindowedComparison;
  /** What was decided on the way and could surprise. */
  readonly notes: readonly string[];
  /** Columns the reference has and the current file has not; labels are not expected. */
  readonly lost: readonly string[];
}
