/** The first pass over a file: how many rows, and what each column holds. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { numberCell, numberOrWord, textCell } from '../cell-sql.ts';
import { queryRows } from '../database.ts';
import { canBeAskedFor } from './few-texts.ts';
import { columnsWithFractions, isBroken } from './fractions.ts';
import type { Relation } from '../relation.ts';
import type { SourceColumn } from '../source-column.ts';

/** Of a column whose first rows already say that it is a measurement, `present` and `numbers` are all rows, and no range is known. */
export interface ColumnSummary {
  /** Cells that hold something: neither NULL, NaN, the empty text nor a word for nothing (NA). */
  readonly present: number;
  /** Among them, numbers or text that reads as one. */
  readonly numbers: number;
  /** Among these, text with leading zeros or a plus sign: codes (postal codes, phone numbers), not quantities. */
  readonly codes: number;
  readonly booleans: number;
  /** Dates and times. */
  readonly times: number;
  /** Numbers given as text. */
  readonly textNumbers: number;
  /** Numbers that are 1 or 0; of a column of numbers proper, only whether all are: else 0. */
  readonly flags: number;
  /** Numbers that are not whole. */
  readonly broken: number;
  /** Smallest and largest number; NaN where there is none. */
  readonly low: number;
  readonly high: number;
  /** About how many different texts there are among cells that are no numbers, to a third. */
  readonly distinctTexts: number;
  /** Every different text, the empty one too, of a long column of text that has few. Absent: not known. */
  readonly texts?: readonly string[];
}

export interface FileSummary {
  readonly rows: number;
  readonly columns: ReadonlyMap<SourceColumn, ColumnSummary>;
}

/**
 * Over the whole file, whatever its size: kinds do not depend on which rows come first. One query for all columns;
 * where columns lie apart one for each, so that only one is held at a time.
 */
export async function summarizeColumns(
  connection: DuckDBConnection,
  { from, columnsLieApart }: Pick<Relation, 'from' | 'columnsLieApart'>,
  columns: readonly SourceColumn[],
): Promise<FileSummary> {
  const together = columnsLieApart ? 1 : COLUMNS_AT_ONCE;
  const groups = columns.length === 0 ? [[]] : inGroups(columns, together);
  const summaries = new Map<SourceColumn, ColumnSummary>();
  let rows = columnsLieApart ? await countRows(connection, from) : 0;
  const measured = columnsLieApart ? await columnsWithFractions(connection, from, columns) : NO_COLUMNS;
  for (const group of groups) {
    const [column] = group;
    if (column !== undefined && measured.has(column)) {
      summaries.set(column, { ...NOTHING, present: rows, numbers: rows, broken: 1 });
      continue;
    }
    const isRepeated =
      rows >= MANY_ROWS && column?.type === 'text' && (await hasFewTexts(connection, from, column));
    rows = isRepeated
      ? await summarizeTexts(connection, from, column, summaries)
      : await summarizeTogether(connection, from, group, summaries);
  }
  return { rows, columns: summaries };
}

const NO_COLUMNS: ReadonlySet<SourceColumn> = new Set();

/** From here on it pays to ask how many different texts there are: below as many each is looked at once instead of in every row. */
const MANY_ROWS = 100_000;
const FEW_TEXTS = 10_000;

/** Parquet says how many it has. */
async function countRows(connection: DuckDBConnection, from: string): Promise<number> {
  const [row] = await queryRows(connection, `SELECT count(*) FROM ${from}`);
  return Number(row?.[0] ?? 0);
}

async function hasFewTexts(
  connection: DuckDBConnection,
  from: string,
  { sql }: SourceColumn,
): Promise<boolean> {
  const [row] = await queryRows(connection, `SELECT approx_count_distinct(${sql}) FROM ${from}`);
  return Number(row?.[0] ?? FEW_TEXTS) < FEW_TEXTS;
}

/** The same answer as of `summarizeTogether`, from each text and how many rows have it. */
async function summarizeTexts(
  connection: DuckDBConnection,
  from: string,
  column: SourceColumn,
  summaries: Map<SourceColumn, ColumnSummary>,
): Promise<number> {
  const { inner, outer } = countedSql({ ...column, sql: 'text' }, 0, weighed);
  const texts = `SELECT ${column.sql} AS text, count(*) AS weight FROM ${from} GROUP BY text`;
  const all = `CASE WHEN ${canBeAskedFor('text')} THEN list(text ORDER BY text) END`;
  const sql = `SELECT ${all}, sum(weight), ${outer.join(', ')} FROM (SELECT text, weight, ${inner.join(', ')} FROM (${texts}))`;
  const [[known, ...row] = []] = await queryRows(connection, sql);
  const [rows = 0, ...counts] = numbersOf(row);
  const summary = summaryOf(column, rows, counts);
  summaries.set(column, Array.isArray(known) ? { ...summary, texts: known.filter(isText) } : summary);
  return rows;
}

const isText = (cell: unknown): cell is string => typeof cell === 'string';

const numbersOf = (row: readonly unknown[]): number[] =>
  row.map((cell) => (cell === null ? Number.NaN : Number(cell)));

/** The database holds a chunk for every step of an expression, and there are hundreds a column of text. */
const COLUMNS_AT_ONCE = 128;

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

const NOTHING: ColumnSummary = {
  present: 0,
  numbers: 0,
  codes: 0,
  booleans: 0,
  times: 0,
  textNumbers: 0,
  flags: 0,
  broken: 0,
  low: Number.NaN,
  high: Number.NaN,
  distinctTexts: 0,
};

/** Adds what was counted to `summaries`; answers the number of rows. */
async function summarizeTogether(
  connection: DuckDBConnection,
  from: string,
  columns: readonly SourceColumn[],
  summaries: Map<SourceColumn, ColumnSummary>,
): Promise<number> {
  const counted = columns.map((column, index) => countedSql(column, index));
  // Text and number of a cell are worked out once, in the inner query, and counted in several ways around it.
  const inner = ['1 AS row', ...counted.flatMap((column) => column.inner)];
  const outer = ['count(*)', ...counted.flatMap((column) => column.outer)];
  const sql = `SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${from})`;
  const [row = []] = await queryRows(connection, sql);
  const [rows = 0, ...counts] = numbersOf(row);
  let at = 0;
  for (const [index, column] of columns.entries()) {
    const own = counted[index]?.outer.length ?? 0;
    summaries.set(column, summaryOf(column, rows, counts.slice(at, at + own)));
    at += own;
  }
  return rows;
}

interface CountedSql {
  /** Computed for each row. */
  readonly inner: readonly string[];
  /** Counted over all rows. */
  readonly outer: readonly string[];
}

/** How many rows have something in an expression. */
type Counting = (present: string) => string;

const byRow: Counting = (present) => `count(${present})`;
const weighed: Counting = (present) => `coalesce(sum(CASE WHEN ${present} IS NOT NULL THEN weight END), 0)`;

/** Of numbers that may be NaN, which is above all others. */
function rangeSql(number: string): string[] {
  return [`min(${number})`, `max(CASE WHEN NOT isnan(${number}) THEN ${number} END)`];
}

const brokenSql = (number: string, count: Counting): string =>
  count(`CASE WHEN ${isBroken(number)} THEN 1 END`);

/** What the type already says is not counted cell by cell. */
function countedSql(column: SourceColumn, index: number, count: Counting = byRow): CountedSql {
  const [text, number, proper] = [`t${index}`, `n${index}`, `p${index}`];
  if (column.type === 'number') {
    const present = `count(${number}) - count(CASE WHEN isnan(${number}) THEN 1 END)`;
    return {
      inner: [`${column.sql}::DOUBLE AS ${number}`],
      outer: [present, brokenSql(number, count), ...rangeSql(number)],
    };
  }
  if (column.type === 'nested') return { inner: [`${column.sql} AS ${text}`], outer: [count(text)] };
  if (column.type !== 'text' && column.type !== 'json')
    return { inner: [`${column.sql} AS ${text}`], outer: [count(text)] };
  const inner = [`${textCell(column).sql} AS ${text}`];
  // Nested, because the dear part of a condition is left out only for rows that an outer CASE has sorted out.
  const counts = (condition: string, dear: string): string =>
    count(`CASE WHEN ${condition} THEN CASE WHEN ${dear} THEN 1 END END`);
  const isWord = `${number} IS NULL AND ${text} IS NOT NULL`;
  return {
    inner: [
      ...inner,
      `${numberOrWord(column).sql} AS ${number}`,
      ...(column.type === 'json' ? [`${numberCell(column, true).sql} AS ${proper}`] : []),
    ],
    outer: [
      count(number),
      count(`CASE WHEN isnan(${number}) THEN 1 END`),
      // Spaces, signs and 0 sort before 1; nothing else can begin a code.
      counts(`${text} < '1' AND ${number} IS NOT NULL`, `regexp_matches(${text}, '^\\s*(\\+|-?0\\d)')`),
      counts(`${isWord} AND length(${text}) BETWEEN 4 AND 9`, `lower(trim(${text})) IN ('true', 'false')`),
      counts(
        `${isWord} AND length(${text}) BETWEEN 8 AND 40`,
        `try_cast(${text} AS TIMESTAMPTZ) IS NOT NULL`,
      ),
      count(`CASE WHEN ${number} = 0 OR ${number} = 1 THEN 1 END`),
      brokenSql(number, count),
      ...rangeSql(number),
      `approx_count_distinct(CASE WHEN ${isWord} THEN ${text} END)`,
      ...(column.type === 'json' ? [count(`CASE WHEN NOT isnan(${proper}) THEN 1 END`)] : []),
    ],
  };
}

function summaryOf(column: SourceColumn, rows: number, counts: readonly number[]): ColumnSummary {
  const [first = 0, ...rest] = counts;
  const typed = { ...NOTHING, present: first };
  switch (column.type) {
    case 'number': {
      const [broken = 0, low = 0, high = 0] = rest;
      const flags = broken === 0 && low >= 0 && high <= 1 ? first : 0;
      return { ...typed, numbers: first, flags, broken, low, high };
    }
    case 'boolean':
      return { ...typed, booleans: first };
    case 'time':
      return { ...typed, times: first };
    case 'nested':
      return typed;
    default: {
      // NA and the like are missing numbers, so they are no reason against a numeric column.
      const [missing = 0, codes = 0, booleans = 0, times = 0, ...more] = rest;
      const [flags = 0, broken = 0, low = 0, high = 0, distinctTexts = 0, proper = 0] = more;
      const numbers = first - missing;
      const found = {
        present: rows - missing,
        numbers,
        codes,
        booleans,
        times,
        textNumbers: numbers - proper,
      };
      return { ...found, flags, broken, low, high, distinctTexts };
    }
  }
}

/** Distinct numbers of a column; decides between classes and quantities. */
export async function distinctNumbers(
  connection: DuckDBConnection,
  from: string,
  column: SourceColumn,
): Promise<number> {
  const number = `nullif(${numberCell(column, false).sql}, 'nan'::DOUBLE)`;
  const [row] = await queryRows(connection, `SELECT count(DISTINCT ${number}) FROM ${from}`);
  return Number(row?.[0] ?? 0);
}
