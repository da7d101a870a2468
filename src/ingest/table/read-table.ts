/** Files of training or production data, as a table in memory. The entrance of this folder for files that fit. */
import { classLabel } from '../../core/columns/class-label.ts';
import { UserError } from '../../core/errors.ts';
import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { collectRows } from './collect-rows.ts';
import { summarizeColumns } from './summary/column-summary.ts';
import { findIdentifiers } from './identifiers.ts';
import { inferTask, positiveClassOf } from './model-output.ts';
import { namedFeatures, planFeatures } from './plan-features.ts';
import { watchProgress } from './progress.ts';
import { withRowKeys } from './row-keys.ts';
import { SPECIAL_COLUMNS, columnRoles, operationNotes } from './special-columns.ts';
import type { ColumnRoles } from './special-columns.ts';
import { openTableFile } from './formats/table-file.ts';
import type { TableFile } from './formats/table-file.ts';
import { unreadableFile } from './formats/unreadable-file.ts';
import { tableColumns } from './table-columns.ts';
import type { CollectedTable } from './table-columns.ts';
import type { DecimalMark, SourceColumn } from './source-column.ts';
import type { ReadTable, ReadTableOptions } from './table-options.ts';

export type { ReadProgress, ReadTable, ReadTableOptions, TableShape } from './table-options.ts';

/**
 * Reads .csv, .tsv, .jsonl, .ndjson, .json or .parquet, each also with .gz, in two passes: the first finds out
 * what the columns hold over all rows, the second streams them into typed arrays. Memory: 8 bytes a number,
 * 4 a category, 8 a row, and what the database needs for a chunk (its limit is 1 GB).
 *
 * @throws UserError for anything a person can put right: a missing or broken file, no rows, two columns of one
 *   name, an option that names no column
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<ReadTable> {
  const idColumn = options.columns?.predictionId ?? SPECIAL_COLUMNS.predictionId;
  const file = await openTableFile(path, {
    idColumn,
    encoding: options.encoding ?? null,
    decimal: options.decimal ?? null,
  });
  try {
    return await readOpened(file, options);
  } catch (error) {
    throw await unreadableFile(path, error, file.sizeBytes);
  } finally {
    await file.close();
  }
}

/** The columns of a file, which is looked into and closed again. @throws UserError as `readTable` */
export async function columnsOfFile(
  path: string,
  { encoding = null, decimal = null }: { encoding?: string | null; decimal?: DecimalMark | null } = {},
): Promise<readonly SourceColumn[]> {
  const file = await openTableFile(path, { idColumn: SPECIAL_COLUMNS.predictionId, encoding, decimal });
  try {
    return file.columns;
  } finally {
    await file.close();
  }
}

async function readOpened(file: TableFile, options: ReadTableOptions): Promise<ReadTable> {
  const { connection } = file.database;
  const roles = columnRoles(file.path, file.columns, options.columns ?? {}, namedFeatures(options));
  const outputs = [roles.special.get('prediction'), roles.special.get('label')];
  const looked = [...roles.others, ...outputs.filter((column) => column !== undefined)];
  const stopWatching = watchProgress(connection, options.onProgress);
  const summary = await summarizeColumns(connection, file, looked).finally(stopWatching);
  if (summary.rows === 0)
    throw new UserError(`${file.path} has no rows`, { fix: 'Write rows into it first.' });

  const identifiers =
    options.like === undefined
      ? await findIdentifiers(connection, file, roles.others, summary, roles.special.get('timestamp'))
      : new Map();
  const plan = planFeatures(file.path, roles.others, summary, identifiers, options);
  const task = options.like?.task ?? options.task ?? (await inferTask(connection, file.from, roles, summary));
  const columns = tableColumns(roles, plan.features, task, summary);
  const { content, predictionId } = columns;
  const keyed = withRowKeys(content, predictionId?.cell ?? null, summary.rows, (some) => some);
  const collectors = predictionId === null ? keyed.all : [...keyed.all, predictionId];
  await collectRows(connection, file.from, collectors, summary.rows, (rows) =>
    options.onProgress?.({ phase: 'reading', rows, fraction: rows / summary.rows }),
  );
  const { table, positiveClass, notes } = modelOutput(columns.finish(), task, roles, options);
  const kinds = options.like?.kinds ?? new Map(plan.features.map(({ column, kind }) => [column.name, kind]));
  const withCommas = new Set(
    plan.features.flatMap(({ column, kind }) =>
      kind === 'numeric' && column.decimal === 'comma' && column.hasCommas === true ? [column.name] : [],
    ),
  );
  return {
    table,
    rowKeys: keyed.finish(),
    shape: {
      kinds,
      task,
      positiveClass,
      textNumbers: plan.textNumbers,
      flags: plan.flags,
      leftOut: plan.leftOut,
      leftOutBecause: plan.leftOutBecause,
      texts: plan.texts,
      ...(withCommas.size === 0 ? {} : { decimalCommas: withCommas }),
    },
    notes: [...file.notes, ...operationNotes(roles), ...plan.notes, ...notes],
  };
}

/** Which class the score belongs to, and the table with that score. */
export function modelOutput(
  collected: CollectedTable,
  task: Task,
  roles: ColumnRoles,
  options: ReadTableOptions,
): { table: Table; positiveClass: string | null; notes: string[] } {
  const positiveClass = positiveClassIn(collected, task, options);
  const table = withScore(collected, positiveClass);
  return { table, positiveClass, notes: scoreNotes(table, task, positiveClass, roles.probabilities.size) };
}

function positiveClassIn(collected: CollectedTable, task: Task, options: ReadTableOptions): string | null {
  if (task === 'regression') return null;
  if (options.like !== undefined) return options.like.positiveClass;
  return positiveClassOf(options.positiveClass, collected.classes, [...collected.probabilities.keys()]);
}

/** Without a score column, the probability of the positive class is the score; of several classes all are kept. */
function withScore({ table, probabilities }: CollectedTable, positiveClass: string | null): Table {
  if (table.score !== null) return table;
  const several =
    probabilities.size > 2
      ? { probabilities: new Map([...probabilities].map(([name, column]) => [classLabel(name), column])) }
      : {};
  for (const [name, column] of probabilities) {
    if (classLabel(name) === positiveClass)
      return { ...table, ...several, score: { ...column, name: SPECIAL_COLUMNS.score } };
  }
  return { ...table, ...several };
}

function scoreNotes(table: Table, task: Task, positiveClass: string | null, probabilities: number): string[] {
  if (task === 'regression' || positiveClass !== null) return [];
  if (table.score !== null)
    return ['which class the score belongs to is not known: name it with --positive-class'];
  if (probabilities > 0) return ['no probability is used as score: name a class with --positive-class'];
  return [];
}
