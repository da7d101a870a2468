/** How a cell is read, as SQL, so that a million cells are converted without becoming JavaScript values first. */
import { classLabel } from '../../core/columns/class-label.ts';
import { castableText } from './formats/decimal-marks.ts';
import type { DateOrder, DecimalMark, SourceColumn } from './source-column.ts';

/** A missing cell is NaN among numbers and the empty text among texts. */
export interface CellSql {
  readonly sql: string;
  /**
   * Whether NULL is a missing cell too. Otherwise it is one that is there but unreadable (invalid). Mapping
   * NULL to something else in SQL would triple the cost of the texts of a file.
   */
  readonly nullIsMissing: boolean;
}

const MISSING_NUMBER = `'nan'::DOUBLE`;

/**
 * What files of text put where no number is. Only for numbers: as a category, NA is Namibia. Where a column of JSON holds
 * numbers proper, a missing one is null or absent, and such a word is a text like any other, as in logs.
 */
const MISSING_WORDS = `('', 'na', 'n/a', 'nan', 'null', 'none')`;

/** DuckDB reads 1_000 as a number; no writer of data does. */
const textAsNumber = (text: string, decimal?: DecimalMark): string =>
  `CASE WHEN contains(${text}, '_') THEN NULL ELSE try_cast(${castableText(text, decimal)} AS DOUBLE) END`;

const isMissingText = (text: string): string => `lower(trim(${text})) IN ${MISSING_WORDS}`;

const JSON_NUMBERS = `('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')`;
/** The text of a JSON scalar: a string without its quotes, anything else as written. */
const jsonText = (json: string): string => `(${json} ->> '$')`;

/**
 * A number. With `strict`, text is invalid even when it reads as one: the same column held numbers proper in
 * the reference, and a changed type is a finding.
 */
export function numberCell(column: SourceColumn, strict: boolean): CellSql {
  return anyNumber(
    column,
    strict
      ? strictText
      : (text) => (column.type === 'json' ? typedText(text) : looseText(text, column.decimal)),
  );
}

/** For finding out what a column holds: words for nothing are no reason against numbers, whatever the format. */
export function numberOrWord(column: SourceColumn): CellSql {
  return anyNumber(column, (text) => looseText(text, column.decimal));
}

function anyNumber({ sql, type }: SourceColumn, ofText: (text: string) => string): CellSql {
  switch (type) {
    case 'number':
      return { sql: `${sql}::DOUBLE`, nullIsMissing: true };
    case 'time':
      return { sql: `epoch(${sql})::DOUBLE`, nullIsMissing: true };
    case 'text':
      return { sql: ofText(sql), nullIsMissing: false };
    case 'json': {
      const text = jsonText(sql);
      const number = `CASE
        WHEN ${sql} IS NULL OR json_type(${sql}) = 'NULL' THEN ${MISSING_NUMBER}
        WHEN json_type(${sql}) IN ${JSON_NUMBERS} THEN try_cast(${text} AS DOUBLE)
        WHEN json_type(${sql}) = 'VARCHAR' THEN ${ofText(text)}
        ELSE NULL END`;
      return { sql: number, nullIsMissing: false };
    }
    default:
      return { sql: `CASE WHEN ${sql} IS NULL THEN ${MISSING_NUMBER} END`, nullIsMissing: false };
  }
}

// In this order because few cells are missing, and looking for words costs more than reading a number.
const looseText = (text: string, decimal?: DecimalMark): string =>
  `CASE WHEN ${text} IS NULL THEN ${MISSING_NUMBER}
    ELSE coalesce(${textAsNumber(text, decimal)}, CASE WHEN ${isMissingText(text)} THEN ${MISSING_NUMBER} END) END`;
const typedText = (text: string): string =>
  `CASE WHEN ${text} IS NULL OR ${text} = '' THEN ${MISSING_NUMBER} ELSE ${textAsNumber(text)} END`;
const strictText = (text: string): string =>
  `CASE WHEN ${text} IS NULL OR ${text} = '' THEN ${MISSING_NUMBER} END`;

/** A category, a class or an id. */
export function textCell({ sql, type }: SourceColumn): CellSql {
  switch (type) {
    case 'text':
      return { sql, nullIsMissing: true };
    case 'number':
      // A NaN is a missing value in any kind of column.
      return { sql: `CASE WHEN NOT isnan(${sql}::DOUBLE) THEN ${sql}::VARCHAR END`, nullIsMissing: true };
    case 'json': {
      const text = `CASE
        WHEN ${sql} IS NULL OR json_type(${sql}) = 'NULL' THEN ''
        WHEN json_type(${sql}) IN ('OBJECT', 'ARRAY') THEN NULL
        ELSE ${jsonText(sql)} END`;
      return { sql: text, nullIsMissing: false };
    }
    case 'nested':
      return { sql: `CASE WHEN ${sql} IS NULL THEN '' END`, nullIsMissing: false };
    default:
      return { sql: `${sql}::VARCHAR`, nullIsMissing: true };
  }
}

/** Before a text of JSON that reads as a number of another spelling. No text is confused with one that bears it itself. */
const AS_LOGGED = '\u0001';
const NUMBER_TEXT = `'-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?'`;

/**
 * A level of a feature. Where a column of JSON mixes types, the number 1.0 is the level 1 and the text "1.0" one of its
 * own: such a text is marked, and `levelOf` tells the two apart.
 */
export function levelCell(column: SourceColumn): CellSql {
  const cell = textCell(column);
  if (column.type !== 'json') return cell;
  const text = jsonText(column.sql);
  const looksOtherwise = `json_type(${column.sql}) = 'VARCHAR' AND (starts_with(${text}, chr(1))
    OR (regexp_full_match(${text}, ${NUMBER_TEXT}) AND NOT regexp_full_match(${text}, '-?[1-9]\\d*|0')))`;
  return { ...cell, sql: `CASE WHEN ${looksOtherwise} THEN chr(1) || ${text} ELSE ${cell.sql} END` };
}

/** The one spelling of a level that `levelCell` has read. */
export function levelOf({ type, untyped }: SourceColumn): (raw: string) => string {
  // Numbers that were logged as such, or may have been: 1.0 and 1 are one level. Text is its own level, spaces and all.
  const numberOrText = (raw: string): string => (raw === raw.trim() ? classLabel(raw) : raw);
  if (type === 'json') return (raw) => (raw.startsWith(AS_LOGGED) ? raw.slice(1) : numberOrText(raw));
  return untyped || type === 'number' ? numberOrText : (raw) => raw;
}

/** `true` or `false`, as `booleanLevel` of the core reads them: True and 1 are true. A yes in such a column is invalid. */
export function booleanCell(column: SourceColumn): CellSql {
  const text = textCell(column);
  if (column.type === 'boolean') return text;
  const word = `lower(trim(${text.sql}))`;
  const missing = text.nullIsMissing ? `WHEN ${text.sql} IS NULL THEN ''` : '';
  return {
    sql: `CASE ${missing} WHEN ${word} IN ('true', 'false', '') THEN ${word}
      WHEN ${word} IN ('1', '1.0') THEN 'true' WHEN ${word} IN ('0', '0.0') THEN 'false' END`,
    nullIsMissing: false,
  };
}

/** The same where the reference wrote 1 and 0: a number, to which True and true are 1. */
export function flagCell(column: SourceColumn): CellSql {
  if (column.type === 'boolean') return { sql: `${column.sql}::INTEGER::DOUBLE`, nullIsMissing: true };
  const number = numberCell(column, false);
  if (column.type !== 'text' && column.type !== 'json') return number;
  const word = `lower(trim(${textCell(column).sql}))`;
  return {
    sql: `CASE WHEN ${word} = 'true' THEN 1::DOUBLE WHEN ${word} = 'false' THEN 0::DOUBLE ELSE ${number.sql} END`,
    nullIsMissing: number.nullIsMissing,
  };
}

const POINTED_DATE = String.raw`\d{1,2}\.\d{1,2}\.\d{4}( \d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?`;
const POINTED_FORMATS = `['%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M:%S.%n']`;

export const SLASHED_DATE = String.raw`\d{1,2}/\d{1,2}/\d{4}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?`;

function slashedFormats(order: DateOrder): string {
  const day = order === 'day_first' ? '%d/%m/%Y' : '%m/%d/%Y';
  return `['${day}', '${day} %H:%M', '${day} %H:%M:%S', '${day} %H:%M:%S.%n']`;
}

/**
 * Epoch milliseconds, by the same rules as in logs: ISO 8601 (without a zone it is UTC), or an epoch number
 * whose unit its size tells. Files may have dates with points, day first (31.12.2026 23:59), which no country reads otherwise,
 * and dates with strokes where the column shows whether the day or the month comes first.
 */
export function timestampCell(column: SourceColumn): CellSql {
  if (column.type === 'time') return { sql: `epoch_ms(${column.sql})::DOUBLE`, nullIsMissing: true };
  if (column.type === 'number')
    return { sql: epochMsSql(numberCell(column, false).sql, column.sql), nullIsMissing: true };
  const text = `trim(${textCell(column).sql})`;
  const slashed =
    column.dateOrder === undefined
      ? ''
      : `WHEN regexp_full_match(${text}, '${SLASHED_DATE}')
        THEN epoch_ms(try_strptime(replace(${text}, 'T', ' '), ${slashedFormats(column.dateOrder)}))::DOUBLE`;
  const ms = `CASE
    WHEN regexp_full_match(${text}, '\\d{8}') THEN epoch_ms(try_strptime(${text}, '%Y%m%d'))::DOUBLE
    WHEN regexp_full_match(${text}, '\\d+(\\.\\d+)?') THEN ${epochMsSql(`try_cast(${text} AS DOUBLE)`, `split_part(${text}, '.', 1)`, millisecondSql(text))}
    WHEN regexp_full_match(${text}, '${POINTED_DATE}') THEN epoch_ms(try_strptime(${text}, ${POINTED_FORMATS}))::DOUBLE
    ${slashed}
    ELSE epoch_ms(try_cast(regexp_replace(${text}, '(\\.\\d{6})\\d+', '\\1') AS TIMESTAMPTZ))::DOUBLE END`;
  return { sql: ms, nullIsMissing: true };
}

/** Of seconds as text: by their digits, of which a double would not hold all. */
function millisecondSql(text: string): string {
  const fraction = `rpad(left(split_part(${text}, '.', 2), 3), 3, '0')`;
  return `try_cast(split_part(${text}, '.', 1) AS DOUBLE) * 1000 + try_cast(${fraction} AS DOUBLE)`;
}

/** s up to 1e11, ms up to 1e14, µs up to 1e17, ns up to 1e20. The thousandth undoes the rounding of 1767225600.123;
 * nanoseconds have more digits than a double. */
function epochMsSql(value: string, given: string, fromSeconds = `floor(${value} * 1000 + 0.001)`): string {
  return `CASE
    WHEN isnan(${value}) OR ${value} < 0 OR ${value} >= 1e20 THEN NULL
    WHEN ${value} < 1e11 THEN ${fromSeconds}
    WHEN ${value} < 1e14 THEN floor(${value})
    WHEN ${value} < 1e17 THEN floor(${value} / 1e3)
    ELSE coalesce((try_cast(${given} AS HUGEINT) // 1000000)::DOUBLE, floor(${value} / 1e6)) END`;
}
