/** A file of rows, read as `compare` and `baseline create` read it → what was noticed of it. */
import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import { namedFeatures } from '../ingest/table/plan-features.ts';
import { columnsOfFile, readTable } from '../ingest/table/read-table.ts';
import type { ReadTable, ReadTableOptions } from '../ingest/table/read-table.ts';
import { columnRoles } from '../ingest/table/special-columns.ts';
import type { ColumnRoles, SpecialNames } from '../ingest/table/special-columns.ts';
import { guessRoles } from '../ingest/guess-roles.ts';
import { noticeTable, unread } from './notice-table.ts';
import type { Noticed, NoticedColumn } from './noticed.ts';

/** Times, scores and ids that are nearly all readable as such. */
const MOSTLY = 0.95;

export interface FileNoticed {
  readonly noticed: Noticed;
  readonly read: ReadTable;
  /** Columns that have a role under another name than the usual: to be named wherever the file is read again. */
  readonly columns: SpecialNames;
}

/** @throws UserError as `readTable` does */
export async function noticeFile(
  path: string,
  model: string | null,
  options: ReadTableOptions,
): Promise<FileNoticed> {
  const found = await columnsOfFile(path, options);
  const said = options.columns ?? {};
  const features = namedFeatures(options);
  const names = found.map(({ name }) => name);
  let guessed = guessRoles(names, said, features);
  let read = await readTable(path, { ...options, columns: { ...said, ...guessed } });
  const fitting = withoutMisfits(guessed, read);
  if (Object.keys(fitting).length < Object.keys(guessed).length) {
    guessed = fitting;
    read = await readTable(path, { ...options, columns: { ...said, ...guessed } });
  }
  const columns = { ...said, ...guessed };
  const roles = columnRoles(path, found, columns, features);
  const noticed = noticeTable({
    read: { ...read, notes: [...read.notes, ...guessNotes(guessed), ...missingNotes(read, names)] },
    source: { file: basename(path) },
    model: model ?? modelOfFile(path),
    named: namesOf(roles),
    others: otherColumns(roles, read),
    modelVersions: ['default'],
    featuresFrom: 'prediction',
    labelsWithinMs: null,
  });
  return { noticed, read, columns };
}

/** Guesses by name that the cells speak against are none. */
function withoutMisfits(guessed: SpecialNames, { table, shape }: ReadTable): SpecialNames {
  const { timestamp, score, predictionId, ...others } = guessed;
  const dated = table.timestampMs?.reduce((count, ms) => (Number.isFinite(ms) ? count + 1 : count), 0) ?? 0;
  const likely = table.score?.values.reduce((count, p) => (p >= 0 && p <= 1 ? count + 1 : count), 0) ?? 0;
  const ids = new Set(table.predictionId ?? []);
  return {
    ...others,
    ...(timestamp !== undefined && dated >= MOSTLY * table.rows && { timestamp }),
    ...(score !== undefined && shape.task === 'classification' && likely >= MOSTLY * table.rows && { score }),
    ...(predictionId !== undefined && ids.size >= MOSTLY * table.rows && { predictionId }),
  };
}

const ROLE_WORDS = {
  prediction: ['prediction', '--prediction'],
  score: ['score', '--score'],
  label: ['label', '--label'],
  timestamp: ['timestamp', '--timestamp'],
  predictionId: ['prediction id', '--prediction-id'],
} as const;

function guessNotes(guessed: SpecialNames): string[] {
  return Object.entries(ROLE_WORDS).flatMap(([role, [word, flag]]) => {
    const name = guessed[role as keyof typeof ROLE_WORDS];
    return name === undefined ? [] : [`${name} is taken for the ${word} by its name (${flag} names another)`];
  });
}

function missingNotes({ table }: ReadTable, names: readonly string[]): string[] {
  const which = `of ${names.slice(0, 30).join(', ')}`;
  return [
    ...(table.prediction === null && table.label === null
      ? [`no column holds predictions or labels: name them with --prediction and --label, ${which}`]
      : []),
    ...(table.timestampMs === null
      ? ['no column holds times: --timestamp names it, else the size of windows is a guess']
      : []),
  ];
}

function namesOf({ special }: ColumnRoles): Record<string, string | undefined> {
  return Object.fromEntries(
    [...special].map(([role, { name }]) => [role === 'predictionId' ? 'prediction_id' : role, name]),
  );
}

function otherColumns({ probabilities, operation }: ColumnRoles, { shape }: ReadTable): NoticedColumn[] {
  return [
    ...[...probabilities].map(([of, { name }]) =>
      unread(name, 'probability', `of class ${of}${of === shape.positiveClass ? ', the score' : ''}`),
    ),
    ...[...operation.values()].map(({ name }) => unread(name, 'operation', 'how predictions were made')),
  ];
}

/** `loans-2026.csv.gz` is of the model `loans-2026`. */
function modelOfFile(path: string): string {
  const name = basename(path)
    .replace(/(\.(csv|tsv|jsonl|ndjson|json|parquet|gz))+$/i, '')
    .normalize('NFC')
    .trim();
  if (name !== '' && !/\p{Cc}/u.test(name) && name.length <= 256) return name;
  throw new UserError(`${JSON.stringify(path)} gives the model no name`, { fix: 'Name it with --model.' });
}
