import { basename } from 'node:path';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import { temporaryFolder } from '../../core/process/temporary-folder.ts';
import type { Progress } from '../../core/progress.ts';
import type { Database } from '../../ingest/table/database.ts';
import { openTable } from '../../ingest/table/open-table.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import { expectSaidColumns, readAsSaid } from '../../ingest/table/said-columns.ts';
import type { ComparedFiles, CompareFilesOptions } from './compared-files.ts';
import { optionalIn } from './lost-columns.ts';
import type { MeasureOptions, MeasuredFiles } from './measure.ts';

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
  const measureAll = async (how: MeasureOptions): Promise<MeasuredFiles> =>
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
