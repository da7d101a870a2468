/** A file whose columns are read one at a time. Beside `readTable` the other entrance of this folder. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { textCell, timestampCell } from './cell-sql.ts';
import { collectRows, MOST_ROWS_AS_A_WHOLE } from './collect-rows.ts';
import { collectorOf, numberReading } from './column-collector.ts';
import type { ColumnCollector } from './column-collector.ts';
import type { ColumnSource, SpilledColumn } from './column-source.ts';
import { summarizeColumns } from './summary/column-summary.ts';
import type { FileSummary } from './summary/column-summary.ts';
import type { Database } from './database.ts';
import { findIdentifiers } from './identifiers.ts';
import { inferTask } from './model-output.ts';
import { namedFeatures, planFeatures } from './plan-features.ts';
import type { FeaturePlan } from './plan-features.ts';
import { watchProgress } from './progress.ts';
import { modelOutput } from './read-table.ts';
import { readRowKeys, withRowKeys } from './row-keys.ts';
import { SPECIAL_COLUMNS, columnRoles, operationNotes } from './special-columns.ts';
import type { ColumnRoles } from './special-columns.ts';
import { spillCollector } from './spill-column.ts';
import { featureReading, orderOfKeys, tableColumns } from './table-columns.ts';
import { unreadableFile } from './formats/unreadable-file.ts';
import { openTableFile } from './formats/table-file.ts';
import type { TableFile } from './formats/table-file.ts';
import type { ReadTableOptions, TableShape } from './table-options.ts';

export interface OpenTable {
  readonly path: string;
  readonly rows: number;
  readonly shape: TableShape;
  readonly notes: readonly string[];
  /** Names of all columns, in the order of the file. */
  readonly columns: readonly string[];
  /** By name, in order. A feature of the shape that the file does not have is not in here. */
  readonly features: ReadonlyMap<string, ColumnSource>;
  /** No features in it: prediction, score and label are needed together. */
  readonly outputs: Table;
  /** A folder of its own, gone after `close`. */
  readonly folder: string;
  /** Open until `close`, unless it was shared. */
  readonly database: Database;
  /** Epoch milliseconds, NaN where there is none; null without such a column. */
  timestampMs(): Promise<Float64Array | null>;
  /**
   * A number for each row that does not depend on where it stands: what samples are drawn by. Read when it is asked for,
   * where columns lie apart: eight bytes a row that nobody needs any more when columns are compared.
   */
  rowKeys(): Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * Understands the file as `readTable` does, but holds only prediction, score and label. Columns of Parquet stay where
 * they are; any other file is read through once more and its columns written apart into a temporary folder (eight
 * bytes a number, four a category).
 *
 * @param shared a database to read it with, which stays open
 * @throws UserError as `readTable`
 */
export async function openTable(
  path: string,
  options: ReadTableOptions = {},
  shared: Database | null = null,
): Promise<OpenTable> {
  const idColumn = options.columns?.predictionId ?? SPECIAL_COLUMNS.predictionId;
  const file = await openTableFile(
    path,
    { idColumn, encoding: options.encoding ?? null, decimal: options.decimal ?? null },
    shared,
  );
  try {
    return await opened(file, options);
  } catch (error) {
    await file.close();
    throw await unreadableFile(path, error, file.sizeBytes);
  }
}

async function opened(file: TableFile, options: ReadTableOptions): Promise<OpenTable> {
  const { connection } = file.database;
  const roles = columnRoles(
    file.path,
    file.columns,
    options.columns ?? {},
    namedFeatures(options),
    options.optional,
  );
  const stopWatching = watchProgress(connection, options.onProgress);
  const summary = await summarize(file, roles, options).finally(stopWatching);
  if (summary.rows === 0)
    throw new UserError(`${file.path} has no rows`, { fix: 'Write rows into it first.' });
  const identifiers =
    options.like === undefined
      ? await findIdentifiers(connection, file, roles.others, summary, roles.special.get('timestamp'))
      : new Map();
  const plan = planFeatures(file.path, roles.others, summary, identifiers, options);
  const task = options.like?.task ?? options.task ?? (await inferTask(connection, file.from, roles, summary));
  const { features, outputs, times, rowKeys } = await collectApart(file, roles, plan, task, summary, options);
  const { table, positiveClass, notes } = modelOutput(outputs, task, roles, options);
  const kinds = options.like?.kinds ?? new Map(plan.features.map(({ column, kind }) => [column.name, kind]));
  return {
    path: file.path,
    rows: summary.rows,
    shape: {
      kinds,
      task,
      positiveClass,
      textNumbers: plan.textNumbers,
      flags: plan.flags,
      leftOut: plan.leftOut,
      leftOutBecause: plan.leftOutBecause,
      texts: plan.texts,
    },
    notes: [...file.notes, ...operationNotes(roles), ...plan.notes, ...notes],
    columns: file.columns.map(({ name }) => name),
    features,
    outputs: table,
    rowKeys: async () =>
      await rowKeys().catch(async (error: unknown) => {
        throw await unreadableFile(file.path, error, file.sizeBytes);
      }),
    folder: file.folder,
    database: file.database,
    timestampMs: times,
    close: file.close,
  };
}

/** A file that is read like another needs no look at its features: what they are is known. */
async function summarize(
  file: TableFile,
  { special, others }: ColumnRoles,
  options: ReadTableOptions,
): Promise<FileSummary> {
  const outputs = [special.get('prediction'), special.get('label')].filter((column) => column !== undefined);
  const looked = options.like === undefined ? [...others, ...outputs] : outputs;
  const { connection } = file.database;
  // One column at a time: what a thread holds of it is small.
  if (!file.columnsLieApart) return await summarizeColumns(connection, file, looked);
  return await onAllCores(file.database, async () => await summarizeColumns(connection, file, looked));
}

/** The database with a thread for each core, and then with one again. */
async function onAllCores<T>({ connection }: Database, work: () => Promise<T>): Promise<T> {
  await connection.run(`SET threads = ${availableParallelism()}`);
  const done = await work();
  await connection.run('SET threads = 1');
  return done;
}

/** Of more columns each thread of the database would hold pieces that are large together; more rows come chunk by chunk. */
const COLUMNS_ON_ALL_CORES = 64;
const onAll = (columns: number, rows: number): boolean =>
  columns <= COLUMNS_ON_ALL_CORES && rows <= MOST_ROWS_AS_A_WHOLE;

interface Apart {
  readonly features: ReadonlyMap<string, ColumnSource>;
  readonly outputs: ReturnType<ReturnType<typeof tableColumns>['finish']>;
  times(): Promise<Float64Array | null>;
  rowKeys(): Promise<Float64Array>;
}

async function collectApart(
  file: TableFile,
  roles: ColumnRoles,
  plan: FeaturePlan,
  task: Task,
  summary: FileSummary,
  options: ReadTableOptions,
): Promise<Apart> {
  const { rows } = summary;
  const planned = orderOfKeys(plan.features);
  const special = new Map(
    [...roles.special].filter(([role]) => role !== 'predictionId' && role !== 'timestamp'),
  );
  const idColumn = roles.special.get('predictionId');
  const id = idColumn === undefined ? null : textCell(idColumn);
  const outputs = tableColumns({ ...roles, special }, [], task, summary);
  const timeColumn = roles.special.get('timestamp');
  const times =
    timeColumn === undefined
      ? null
      : collectorOf(numberReading(timeColumn.name, timestampCell(timeColumn)), rows);
  const collect = async (collectors: readonly ColumnCollector<unknown>[]): Promise<void> =>
    await collectRows(file.database.connection, file.from, collectors, rows, (done) =>
      options.onProgress?.({ phase: 'reading', rows: done, fraction: done / rows }),
    );
  if (file.columnsLieApart) {
    await collect(outputs.content);
    const keys = async (): Promise<Float64Array> =>
      await readRowKeys(file.database.connection, file.from, {
        columns: [
          ...planned.map((feature) => featureReading(feature)),
          ...outputs.content,
          ...(times === null ? [] : [times]),
        ],
        id,
        rows,
        onRead: (fraction) => options.onProgress?.({ phase: 'reading', rows: fraction * rows, fraction }),
      });
    const features = plan.features.map((feature): [string, ColumnSource] => [
      feature.column.name,
      { from: 'query', relation: file.from, feature, rows },
    ]);
    return {
      features: new Map(features),
      outputs: outputs.finish(),
      rowKeys: async () =>
        onAll(planned.length, rows) ? await onAllCores(file.database, keys) : await keys(),
      async times() {
        if (times === null) return null;
        await collect([times]);
        return times.finish().values;
      },
    };
  }
  const spilled = planned.map((feature, at) =>
    spillCollector(featureReading(feature), join(file.folder, `column-${at}`), planned.length),
  );
  const columns = [...spilled, ...outputs.content, ...(times === null ? [] : [times])];
  const keyed = withRowKeys(columns, id, rows, (some) => some);
  await collect(keyed.all);
  const sources = spilled.map((collector) => collector.finish());
  const keys = keyed.finish();
  return {
    features: inFileOrder(plan, sources),
    outputs: outputs.finish(),
    rowKeys: async () => await Promise.resolve(keys),
    times: async () => await Promise.resolve(times?.finish().values ?? null),
  };
}

function inFileOrder(
  { features }: FeaturePlan,
  sources: readonly SpilledColumn[],
): Map<string, ColumnSource> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  return new Map(features.map(({ column: { name } }) => [name, byName.get(name)!]));
}
