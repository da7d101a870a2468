/** Whether dates with strokes in a column of text have the day or the month first. Said aloud either way: 03/04/2026 alone may be both. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { SLASHED_DATE } from '../cell-sql.ts';
import { queryRows } from '../database.ts';
import type { DateOrder, SourceColumn } from '../source-column.ts';
import type { MarkedColumns } from './decimal-marks.ts';

/** Enough of a file to tell which columns hold such dates. */
const ROWS_LOOKED_AT = 1_000;
/** A few slips change nothing. */
const MOSTLY = 0.95;

/** Columns that hold none cost a look at some rows; of the others all rows are looked at, because the first may all be of a month's first days. */
export async function markSlashedDates(
  connection: DuckDBConnection,
  { from, columns }: { from: string; columns: readonly SourceColumn[] },
): Promise<MarkedColumns> {
  const orders = new Map<SourceColumn, DateOrder>();
  const notes: string[] = [];
  for (const column of await datedColumns(connection, from, columns)) {
    const [dayFirst, monthFirst] = await countOrders(connection, from, column);
    if (dayFirst > 0 !== monthFirst > 0) {
      orders.set(column, dayFirst > 0 ? 'day_first' : 'month_first');
      notes.push(`${column.name} is read as dates with the ${dayFirst > 0 ? 'day' : 'month'} first`);
    } else {
      const why =
        dayFirst > 0
          ? 'of which some have the day first and some the month'
          : 'which could be read either way';
      notes.push(
        `${column.name} holds dates like 03/04/2026, ${why}: as times they are read once they are written as 2026-04-03`,
      );
    }
  }
  const marked = columns.map((column) => {
    const order = orders.get(column);
    return order === undefined ? column : { ...column, dateOrder: order };
  });
  return { columns: marked, notes };
}

async function datedColumns(
  connection: DuckDBConnection,
  from: string,
  columns: readonly SourceColumn[],
): Promise<SourceColumn[]> {
  const texts = columns.filter(({ type }) => type === 'text');
  if (texts.length === 0) return [];
  const cells = texts.map(({ sql }, at) => `trim(${sql}) AS t${at}`).join(', ');
  const counts = texts.flatMap((_, at) => [
    `count(nullif(t${at}, ''))`,
    `count(CASE WHEN contains(t${at}, '/') AND regexp_full_match(t${at}, '${SLASHED_DATE}') THEN 1 END)`,
  ]);
  const head = `(SELECT ${cells} FROM ${from} LIMIT ${ROWS_LOOKED_AT})`;
  const [row = []] = await queryRows(connection, `SELECT ${counts.join(', ')} FROM ${head}`);
  return texts.filter((_, at) => {
    const [present, dated] = [Number(row[2 * at]), Number(row[2 * at + 1])];
    return dated > 0 && dated > MOSTLY * present;
  });
}

/** How many dates can only have the day first, and how many only the month. */
async function countOrders(
  connection: DuckDBConnection,
  from: string,
  { sql }: SourceColumn,
): Promise<[number, number]> {
  const part = (n: number): string => `try_cast(split_part(trim(${sql}), '/', ${n}) AS INTEGER) > 12`;
  const counts = [1, 2].map((n) => `count(CASE WHEN ${part(n)} THEN 1 END)`);
  const [row = []] = await queryRows(connection, `SELECT ${counts.join(', ')} FROM ${from}`);
  return [Number(row[0]), Number(row[1])];
}
