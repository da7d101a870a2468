/**
 * Whether a comma in a column of text is a decimal comma (1,5), or parts thousands (1,234,567). Said aloud either way:
 * 1,234 alone may be both.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../database.ts';
import type { DecimalMark, SourceColumn } from '../source-column.ts';
import { listed } from '../special-columns.ts';

export interface MarkedColumns {
  readonly columns: readonly SourceColumn[];
  readonly notes: readonly string[];
}

/** Enough of a file to tell how its numbers are written. */
const ROWS_LOOKED_AT = 20_000;
const COLUMNS_AT_ONCE = 128;
/** A few slips change nothing. */
const MOSTLY = 0.95;

const DECIMAL_COMMA = String.raw`[-+]?(\d*|\d{1,3}(\.\d{3})+),\d+([eE][-+]?\d+)?`;
const THOUSANDS = String.raw`[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?`;
const EITHER = String.raw`[-+]?[1-9]\d{0,2},\d{3}`;
const PLAIN = String.raw`[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?`;
const WITH_POINT = String.raw`[-+]?\d*\.\d+([eE][-+]?\d+)?`;
const POINT_THOUSANDS = String.raw`[-+]?[1-9]\d{0,2}(\.\d{3})+`;

interface Counted {
  readonly column: SourceColumn;
  readonly present: number;
  readonly plain: number;
  readonly withPoint: number;
  /** Of these `either` could be one as well as the other. */
  readonly decimalCommas: number;
  readonly thousands: number;
  readonly either: number;
}

/** @param delimiter of CSV; where it is the comma, commas in cells are rare and more often part thousands */
export async function markDecimals(
  connection: DuckDBConnection,
  { from, columns, delimiter }: { from: string; columns: readonly SourceColumn[]; delimiter: string | null },
  said: DecimalMark | null,
): Promise<MarkedColumns> {
  const texts = columns.filter(({ type }) => type === 'text');
  const counted: Counted[] = [];
  for (let at = 0; at < texts.length; at += COLUMNS_AT_ONCE)
    counted.push(...(await count(connection, from, texts.slice(at, at + COLUMNS_AT_ONCE))));
  const unsure: string[] = [];
  const numbers = counted.filter(isNumbers);
  const definite = new Map(numbers.map((each) => [each.column, definiteMark(each)] as const));
  const inFile = new Set(definite.values());
  const assumed: DecimalMark = inFile.has('comma')
    ? 'comma'
    : inFile.has('point') || delimiter === ','
      ? 'point'
      : 'comma';
  const marks = new Map<SourceColumn, DecimalMark>();
  for (const each of numbers) {
    const mark = said ?? definite.get(each.column) ?? null;
    if (mark !== null) marks.set(each.column, mark);
    else if (each.either > 0) {
      marks.set(each.column, assumed);
      unsure.push(each.column.name);
    } else if (assumed === 'comma' && inFile.has('comma') && each.withPoint === 0)
      marks.set(each.column, 'comma');
  }
  const withCommas = new Set(
    numbers.flatMap((each) => (each.decimalCommas + each.thousands > 0 ? [each.column] : [])),
  );
  const named = (mark: DecimalMark): string[] =>
    numbers
      .filter(({ column }) => withCommas.has(column) && marks.get(column) === mark)
      .map(({ column }) => column.name);
  return {
    columns: columns.map((column) => {
      const decimal = marks.get(column);
      if (decimal === undefined) return column;
      return { ...column, decimal, ...(withCommas.has(column) && { hasCommas: true }) };
    }),
    notes: [
      ...about(named('comma'), 'read as numbers with decimal commas'),
      ...about(named('point'), 'read as numbers with commas between thousands'),
      ...(unsure.length === 0 || said !== null
        ? []
        : [
            `${listed(unsure)} could be read either way (is 1,234 above a thousand?): --decimal ${assumed === 'comma' ? 'point' : 'comma'} reads the other`,
          ]),
    ],
  };
}

function about(names: readonly string[], how: string): string[] {
  return names.length === 0 ? [] : [`${listed(names)} ${names.length === 1 ? 'is' : 'are'} ${how}`];
}

async function count(
  connection: DuckDBConnection,
  from: string,
  columns: readonly SourceColumn[],
): Promise<Counted[]> {
  const head = `(SELECT ${columns.map(({ sql }, at) => `trim(${sql}) AS t${at}`).join(', ')} FROM ${from} LIMIT ${ROWS_LOOKED_AT})`;
  const some = columns.map((_, at) => `count(CASE WHEN contains(t${at}, ',') THEN 1 END)`);
  const [commas = []] = await queryRows(connection, `SELECT ${some.join(', ')} FROM ${head}`);
  // Most files have none, and are not looked at any further.
  if (commas.every((each) => Number(each) === 0)) return [];
  const patterns = [PLAIN, WITH_POINT, DECIMAL_COMMA, THOUSANDS, EITHER];
  const counts = columns.flatMap((_, at) => [
    `count(CASE WHEN t${at} <> '' AND lower(t${at}) NOT IN ('na', 'n/a', 'nan', 'null', 'none') THEN 1 END)`,
    ...patterns.map((pattern) => `count(CASE WHEN regexp_full_match(t${at}, '${pattern}') THEN 1 END)`),
  ]);
  const [row = []] = await queryRows(connection, `SELECT ${counts.join(', ')} FROM ${head}`);
  const width = 1 + patterns.length;
  return columns.map((column, at) => {
    const own = row.slice(at * width, (at + 1) * width).map(Number);
    const [present = 0, plain = 0, withPoint = 0, decimalCommas = 0, thousands = 0, either = 0] = own;
    return { column, present, plain, withPoint, decimalCommas, thousands, either };
  });
}

/** Numbers throughout, whatever their commas mean. */
function isNumbers({ present, plain, decimalCommas, thousands, either }: Counted): boolean {
  return present > 0 && plain + decimalCommas + thousands - either > MOSTLY * present;
}

function definiteMark({ withPoint, decimalCommas, thousands, either }: Counted): DecimalMark | null {
  const isComma = decimalCommas > either;
  const isPoint = thousands > either || (either > 0 && withPoint > 0);
  return isComma === isPoint ? null : isComma ? 'comma' : 'point';
}

/** The text of a number as the database casts it. */
export function castableText(text: string, decimal: DecimalMark | undefined): string {
  if (decimal === undefined) return text;
  if (decimal === 'point')
    return `CASE WHEN regexp_full_match(trim(${text}), '${THOUSANDS}') THEN replace(${text}, ',', '') ELSE ${text} END`;
  return `CASE WHEN contains(${text}, ',') THEN
      CASE WHEN regexp_full_match(trim(${text}), '${DECIMAL_COMMA}') THEN replace(replace(${text}, '.', ''), ',', '.') END
    WHEN regexp_full_match(trim(${text}), '${POINT_THOUSANDS}') THEN replace(${text}, '.', '')
    ELSE ${text} END`;
}
