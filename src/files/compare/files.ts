import { basename } from 'node:path';
import type { CalendarEvent } from '../../core/alerts/mute-schedule.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import type { FeatureSettings } from '../../core/columns/feature-settings.ts';
import type { FileComparison } from '../../core/findings.ts';
import { temporaryFolder } from '../../core/process/temporary-folder.ts';
import type { Progress } from '../../core/progress.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import type { Database } from '../../ingest/table/database.ts';
import { openTable } from '../../ingest/table/open-table.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import { expectSaidColumns, readAsSaid } from '../../ingest/table/said-columns.ts';
import type { SeasonChoice } from './cut.ts';
import { optionalIn } from './lost-columns.ts';
import type { MeasureOptions, Measured } from './measure.ts';

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

/**
 * Reads the second file the way the first was understood, measures one feature after the other, and names what kind of
 * shift it is. Memory: prediction, score, label and times; in each thread one feature of both files; a sample of the rows.
 */
export async function compareFiles(
  referencePath: string,
  currentPath: string,
  options: CompareFilesOptions,
  progress: Progress,
): Promise<ComparedFiles> {
  // First of all: a misspelt name should not be found out after minutes of work.
  if (options.preset !== null) await expectPreset(options.preset);
  // Most of the code is loaded while the database looks at the files.
  const measuring = import('./measure.ts');
  const concluding = import('./conclude.ts');
  const folder = temporaryFolder('shiftwatch-samples-');
  const measureAll = async (how: MeasureOptions): Promise<Measured> =>
    await withOpened(referencePath, currentPath, { ...how, progress }, async (reference, current) => {
      const { measureColumns } = await measuring;
      return await measureColumns(reference, current, how, progress);
    });
  try {
    const measureOptions = { ...options, samplesFolder: folder.path };
    const work = await measureAll(measureOptions);
    const { conclude } = await concluding;
    return await conclude(work, measureOptions, { measureAll, progress });
  } finally {
    await folder.remove();
    progress.end();
  }
}

async function expectPreset(name: string): Promise<void> {
  const { findToolPreset } = await import('../../compare/presets/find-preset.ts');
  findToolPreset(name);
}

/** The second file is read the way the first was understood. It is closed by whoever uses it, as soon as it can be. */
async function withOpened<T>(
  referencePath: string,
  currentPath: string,
  {
    read: said,
    features = NO_SETTINGS,
    progress,
  }: Pick<CompareFilesOptions, 'read' | 'features'> & { readonly progress: Progress },
  use: (reference: OpenTable, current: OpenTable) => Promise<T>,
): Promise<T> {
  const open = async (path: string, how: ReadTableOptions, shared?: Database): Promise<OpenTable> => {
    const name = basename(path);
    const onProgress: ReadTableOptions['onProgress'] = ({ phase, fraction }) =>
      progress.show(phase === 'looking' ? `looking at ${name}` : `reading ${name}`, fraction);
    return await openTable(path, { ...how, onProgress }, shared);
  };
  const names = said.columns ?? {};
  const reference = await open(referencePath, {
    ...readAsSaid(said, features),
    optional: optionalIn(null, names),
  });
  try {
    expectSaidColumns(reference.path, features, reference.shape);
    const how = {
      columns: names,
      optional: optionalIn(reference.columns, names),
      like: reference.shape,
      ...(said.decimal !== undefined && { decimal: said.decimal }),
      ...(said.encoding !== undefined && { encoding: said.encoding }),
    };
    return await use(reference, await open(currentPath, how, reference.database));
  } finally {
    await reference.close();
  }
}
