import type { ColumnRole } from './columns/column-role.ts';
import type { Diagnosis, FileComparison, TimePatterns } from './findings.ts';

/** One change of a file's windows, judged on all of them together. */
export interface FileIncident {
  /** The start of its first window, and the end of its last; null while nothing says that it is over. */
  since: string;
  until: string | null;
  /** The end of the first window in which it could be told. */
  told_at: string;
  windows: number;
  diagnosis: Diagnosis;
}

/** `compare --window`: the current file cut by time, [start, end). */
export interface WindowedComparison {
  columns?: ColumnRole[];
  windows: (FileComparison & { start: string; end: string })[];
  /** One for each change, on all its windows; in order of their beginning. */
  incidents: FileIncident[];
  /** Rows of the current file that belong to no window, because they have no time. */
  rows_without_time?: number;
  time_pattern?: TimePatterns;
}
