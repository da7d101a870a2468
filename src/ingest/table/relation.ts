/** What to select from, and which columns there are, for each format. */
import { createReadStream } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { createGunzip } from 'node:zlib';
import { errorMessage, UserError } from '../../core/errors.ts';
import { parseCsvHead } from './formats/csv-header.ts';
import { queryRows } from './database.ts';
import { notGzip } from './formats/gzip.ts';
import { type JsonKey, keysOf } from './formats/json-keys.ts';
import type { SourceColumn } from './source-column.ts';
import { sourceColumn, sourceType } from './source-column.ts';
import { PROBABILITY_PREFIX } from '../../core/table.ts';
import { sqlName, sqlString } from './sql-text.ts';

export interface Relation {
  /** Goes behind FROM. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
  readonly notes: readonly string[];
  /** Of CSV. */
  readonly delimiter?: string;
  /** One column can be read without the others. */
  readonly columnsLieApart: boolean;
}

/** A header of some thousand columns fits. */
const HEAD_CHARACTERS = 1024 * 1024;

/** What the database reads at a time anyway: a line may fill it. */
const LONGEST_LINE_BYTES = 32_000_000;

/** @throws UserError where the file is plainly something else */
function expectCsv(path: string, text: string): void {
  const other = text.startsWith('PAR1')
    ? (['Parquet', '.parquet'] as const)
    : /^\uFEFF?\s*(?:\{\s*"|\[\s*\{)/.test(text)
      ? (['JSON', '.jsonl or .json'] as const)
      : null;
  if (other === null) return;
  throw new UserError(`${path} holds ${other[0]}, not CSV`, { fix: `Name it ${other[1]}.` });
}

/** Columns are named by position (two names may differ only in case) and read as text (ids keep their zeros). */
export async function csvRelation(path: string, readable: string, gzipped: boolean): Promise<Relation> {
  const text = await firstCharacters(path, readable, gzipped);
  expectCsv(path, text);
  const head = parseCsvHead(text);
  if (head === null)
    throw new UserError(`${path} is empty`, { fix: 'Write a header line and rows into it first.' });
  expectDistinct(path, head.names);
  const types = head.names.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    'header = true',
    `max_line_size = ${LONGEST_LINE_BYTES}`,
    `buffer_size = ${LONGEST_LINE_BYTES}`,
    `delim = ${sqlString(head.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `compression = '${gzipped ? 'gzip' : 'none'}'`,
    `columns = {${types}}`,
    // Else it would be what the first break in the file is, also of one within the header's quotes.
    ...(head.lineEnd === null ? [] : [`new_line = ${sqlString(escaped(head.lineEnd))}`]),
  ];
  const columns = head.names.map((name, index) => ({
    name,
    sql: `c${index}`,
    type: 'text' as const,
    untyped: true,
  }));
  const unnamed = columns.filter(({ name }) => name === '').length;
  return {
    from: `read_csv(${sqlString(readable)}, ${options.join(', ')})`,
    columns: columns.filter(({ name }) => name !== ''),
    delimiter: head.delimiter,
    columnsLieApart: false,
    notes:
      unnamed === 0 ? [] : ['a column without a name is left out (data frames write their row numbers so)'],
  };
}

/** As the database wants it to be written. */
const escaped = (lineEnd: string): string => lineEnd.replace('\r', '\\r').replace('\n', '\\n');

async function firstCharacters(path: string, readable: string, gzipped: boolean): Promise<string> {
  const file = createReadStream(readable);
  const stream = gzipped ? file.pipe(createGunzip()) : file;
  // Errors of the file do not travel through pipe by themselves.
  if (gzipped) file.on('error', (error) => stream.destroy(error));
  let text = '';
  try {
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length >= HEAD_CHARACTERS) break;
    }
  } catch (error) {
    throw notGzip(path, error);
  } finally {
    file.destroy();
  }
  return text;
}

function expectDistinct(path: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) {
      throw new UserError(`${path} has two columns named ${name}`, { fix: 'Rename or remove one of them.' });
    }
    seen.add(name);
  }
}

export async function parquetRelation(connection: DuckDBConnection, readable: string): Promise<Relation> {
  const from = `read_parquet(${sqlString(readable)})`;
  const described = await describe(connection, from);
  const names = caseNotes(described).length === 0 ? [] : await namesInParquet(connection, readable);
  const isKnown = names.length === described.length;
  return {
    from,
    columns: described.map((column, at) => ({ ...asColumn(column), name: names[at] ?? column.name })),
    notes: isKnown ? [] : caseNotes(described),
    columnsLieApart: true,
  };
}

/** Of the columns, not of what is nested in them, as the file has them. */
async function namesInParquet(connection: DuckDBConnection, readable: string): Promise<string[]> {
  const fields = await queryRows(
    connection,
    `select name, coalesce(num_children, 0) from parquet_schema(${sqlString(readable)})`,
  );
  const names: string[] = [];
  let nested = 0;
  // The first is the file itself; the fields of one that has some follow it, theirs within.
  for (const [name, children] of fields.slice(1)) {
    if (nested === 0) names.push(String(name));
    else nested -= 1;
    nested += Number(children);
  }
  return names;
}

interface Described {
  readonly name: string;
  readonly sqlType: string;
}

async function describe(
  connection: DuckDBConnection,
  from: string,
  what: string = '*',
): Promise<Described[]> {
  const rows = await queryRows(connection, `DESCRIBE SELECT ${what} FROM ${from}`);
  return rows.map(([name, sqlType]) => ({ name: String(name), sqlType: String(sqlType) }));
}

function asColumn({ name, sqlType }: Described): SourceColumn {
  return sourceColumn(name, sqlName(name), sqlType);
}

/**
 * The whole file is looked at for its types: a column that turns to text in the last row must be known before
 * the first is read. Ids are read as text, or JSON numbers beyond 2^53 would lose digits.
 */
export async function jsonRelation(
  connection: DuckDBConnection,
  path: string,
  readable: string,
  options: { lines: boolean; gzipped: boolean; idColumn: string },
): Promise<Relation> {
  const source = [
    sqlString(readable),
    `format = '${options.lines ? 'newline_delimited' : 'auto'}'`,
    `compression = '${options.gzipped ? 'gzip' : 'uncompressed'}'`,
  ].join(', ');
  // Wide or sparse objects stay objects with fields; by default they turn into maps.
  const detection = 'sample_size = -1, map_inference_threshold = -1, field_appearance_threshold = 0';
  const detected = `read_json(${source}, ${detection})`;
  const described = await describe(connection, detected).catch(ofStructsThatRepeat);
  if (described === null || caseNotes(described).length > 0) {
    const from = `read_json_objects(${source})`;
    const columns = byKey(await keysOf(connection, from), options.idColumn);
    return { from, columns, notes: [], columnsLieApart: false };
  }
  if (described.length === 1 && described[0]?.name === 'json') {
    throw new UserError(`${path} does not hold JSON objects`, {
      fix: options.lines ? 'Write one object on each line.' : 'Write a list of objects.',
    });
  }
  const typed = described.map((column) =>
    readAsText(column, options.idColumn) ? { ...column, sqlType: 'VARCHAR' } : column,
  );
  const types = typed.map(({ name, sqlType }) => `${sqlString(name)}: ${sqlString(sqlType)}`).join(', ');
  const from = `read_json(${source}, columns = {${types}})`;
  return { from, columns: await jsonColumns(connection, from, typed), notes: [], columnsLieApart: false };
}

/** Fields of one object that differ only in case. */
function ofStructsThatRepeat(error: unknown): null {
  if (errorMessage(error).includes('Duplicate name')) return null;
  throw error;
}

function byKey(keys: readonly JsonKey[], idColumn: string): SourceColumn[] {
  const fieldsOf = (name: string): readonly JsonKey[] => keys.find((key) => key.name === name)?.fields ?? [];
  const features = fieldsOf('features');
  const asText = (key: JsonKey): SourceColumn =>
    key.name === idColumn && key.text !== null ? { ...key, sql: key.text, type: 'text' } : key;
  if (features.length === 0) return keys.map(asText);
  return [
    ...keys.filter(({ name }) => ENVELOPE.has(name)).map(asText),
    ...fieldsOf('probabilities').map((key) => ({ ...key, name: `${PROBABILITY_PREFIX}${key.name}` })),
    ...features,
  ];
}

/** Times too: the detected type would forget an offset such as +02:00. */
function readAsText({ name, sqlType }: Described, idColumn: string): boolean {
  return name === idColumn || sourceType(sqlType) === 'time';
}

/** Prediction logs hold their features one level down; files made for comparing do not. */
async function jsonColumns(
  connection: DuckDBConnection,
  from: string,
  described: readonly Described[],
): Promise<SourceColumn[]> {
  const fieldsOf = async (name: string): Promise<Described[]> =>
    described.some((column) => column.name === name && column.sqlType.startsWith('STRUCT('))
      ? await describe(connection, from, `unnest(${sqlName(name)})`)
      : [];
  const features = await fieldsOf('features');
  if (features.length === 0) return described.map(asColumn);
  const envelope = described.filter(({ name }) => ENVELOPE.has(name)).map(asColumn);
  const probabilities = (await fieldsOf('probabilities')).map((field) => ({
    ...asField('probabilities', field),
    name: `${PROBABILITY_PREFIX}${field.name}`,
  }));
  return [...envelope, ...probabilities, ...features.map((field) => asField('features', field))];
}

const ENVELOPE: ReadonlySet<string> = new Set(['prediction_id', 'timestamp', 'prediction', 'score', 'label']);

function asField(parent: string, { name, sqlType }: Described): SourceColumn {
  return sourceColumn(name, `struct_extract(${sqlName(parent)}, ${sqlString(name)})`, sqlType);
}

/** SQL names ignore case, so the database renames `Age` beside `age` to `Age_1`. */
function caseNotes(described: readonly Described[]): string[] {
  const lower = new Set(described.map(({ name }) => name.toLowerCase()));
  return described
    .filter(({ name }) => lower.has(name.toLowerCase().replace(/_\d+$/, '')) && /_\d+$/.test(name))
    .map(({ name }) => `${name} may stand for a column whose name differs from another only in case`);
}
