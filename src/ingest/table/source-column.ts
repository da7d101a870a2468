export type DecimalMark = 'comma' | 'point';

/** Of dates with strokes: 31/12/2026, or 12/31/2026. */
export type DateOrder = 'day_first' | 'month_first';

/** What the database says a column of the file holds. */
export type SourceType = 'text' | 'number' | 'boolean' | 'time' | 'json' | 'nested';

export interface SourceColumn {
  readonly name: string;
  /** SQL that yields the raw value. */
  readonly sql: string;
  readonly type: SourceType;
  /** CSV: every value is text, so text that reads as a number is one, and `1.0` may be the class `1`. */
  readonly untyped: boolean;
  /** Of numbers as text that have commas: what those are. */
  readonly decimal?: DecimalMark;
  /** Of dates with strokes, where the column shows it. */
  readonly dateOrder?: DateOrder;
  /** Some of its numbers have one, and do not only stand beside columns that do. */
  readonly hasCommas?: true;
}

const NUMBER_TYPE = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|BIGNUM|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const TIME_TYPE = /^(?:DATE|TIMESTAMP.*)$/;
const TEXT_TYPE = /^(?:VARCHAR|UUID|ENUM\(.*\))$/s;

/** @example sourceType('DECIMAL(10,2)') // 'number' */
export function sourceType(sqlType: string): SourceType {
  if (sqlType.endsWith(']')) return 'nested';
  if (NUMBER_TYPE.test(sqlType)) return 'number';
  if (sqlType === 'BOOLEAN') return 'boolean';
  if (sqlType === 'JSON') return 'json';
  if (TIME_TYPE.test(sqlType)) return 'time';
  return TEXT_TYPE.test(sqlType) ? 'text' : 'nested';
}

/** A column of a file that knows types. */
export function sourceColumn(name: string, sql: string, sqlType: string): SourceColumn {
  const type = sourceType(sqlType);
  // Functions of text take no UUID and no ENUM.
  return {
    name,
    sql: type === 'text' && sqlType !== 'VARCHAR' ? `${sql}::VARCHAR` : sql,
    type,
    untyped: false,
  };
}
