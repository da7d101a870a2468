/** Columns that name rows instead of describing them: found between the two passes over a file, and left out. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { numberCell, textCell, timestampCell } from './cell-sql.ts';
import type { ColumnSummary, FileSummary } from './summary/column-summary.ts';
import { queryRows } from './database.ts';
import type { Relation } from './relation.ts';
import type { SourceColumn } from './source-column.ts';

/** By column, what makes it one: goes behind its name. */
export type Identifiers = ReadonlyMap<SourceColumn, string>;

/** In fewer rows anything may happen to be different everywhere. */
const MIN_ROWS = 200;
/** Different values for each row: retries and the like repeat a few. */
const NEARLY_UNIQUE = 0.99;
/** In a long file, where no value is common: some clients ask often again. */
const WITH_RETRIES = 0.95;
/** Each of which may stand in several rows, a basket or a visit, while none is common: a place or a product would be. */
const NAMES_GROUPS = 0.2;
const MOST_COMMON = 0.005;
const MIN_GROUPED_ROWS = 1_000;
/** A letter and a long number, or a hash: C63569187 is nobody's category. A postcode has no letter, a city no number. */
const CODE = `'[A-Za-z].*\\d{4}|\\d{4}.*[A-Za-z]|[0-9a-f]{16}'`;
/** The number of different texts is known to a third before they are counted. */
const KNOWN_TO = 0.6;
/** So many rows with the value of another would be expected of numbers drawn from the range at random; and so few of those are there. */
const MIN_COINCIDENCES = 20;
const FEW_OF_THEM = 0.1;
/** Parts of the time that are looked at, and how many of them must hold rows. */
const PARTS = 64;
const MIN_PARTS = 16;
const RISING = 0.95;
/** Of rows with times: a visit or a search has many rows, that come together and never again. */
const NAMES_MOMENTS = 0.02;
const MANY_MOMENTS = 100;
const MOST_OF_MOMENT = 0.02;
/** Nearly all of those with several rows have them within this part of the time; those of a place or a product come all the time. */
const BRIEFLY = 0.05;
const NEARLY_ALL_BRIEF = 0.99;
/** Of a larger file values are counted whose hash falls into a part of about so many. */
const MAX_COUNTED = 2_000_000;

/**
 * Which columns are identifiers: texts of which nearly every row has its own (99 % of at least 200, 95 % of at least 1,000 where none is common), codes that name
 * groups of rows (a fifth as many as at least 1,000 rows, none in more than 0.5 % of them), texts whose rows come together and never again
 * (a fiftieth as many as at least 1,000 rows with times, 99 % of them within a twentieth of the time), and whole numbers of which nearly every row has its own although their range is so narrow that at random 20 rows would share theirs, and ten
 * times as many as do (a running number, or some of one), or that rise with the row's time, each in at most five rows on average: whatever comes later lies above.
 * Numbers that merely never repeat are measurements.
 *
 * Cost: a query over the columns that may be one; mostly there is none.
 */
export async function findIdentifiers(
  connection: DuckDBConnection,
  { from }: Pick<Relation, 'from'>,
  columns: readonly SourceColumn[],
  { columns: summaries }: FileSummary,
  time: SourceColumn | undefined,
): Promise<Identifiers> {
  const found = new Map<SourceColumn, string>();
  for (const column of columns) {
    const summary = summaries.get(column);
    if (summary === undefined) continue;
    const kind = suspected(summary, time === undefined ? NAMES_GROUPS : NAMES_MOMENTS);
    if (kind === null) continue;
    const { share, most, codes } = await shareOfDifferent(connection, from, column, kind, summary.present);
    const isLong = summary.present >= MIN_GROUPED_ROWS;
    const isCode = kind === 'text' && isLong && codes >= NEARLY_UNIQUE;
    if (isCode && share >= NAMES_GROUPS && share < NEARLY_UNIQUE && most <= MOST_COMMON)
      found.set(column, 'names groups of rows, none of them common');
    const isOwn = share >= NEARLY_UNIQUE || (isLong && share >= WITH_RETRIES && most <= MOST_COMMON);
    if (isOwn && kind === 'text') found.set(column, 'is unique in nearly every row');
    else if (share >= NEARLY_UNIQUE && isDense(summary, share)) found.set(column, 'numbers the rows');
    else if (kind === 'text') {
      if (found.has(column) || time === undefined || !isLong || most > MOST_OF_MOMENT) continue;
      if (share < NAMES_MOMENTS || share * summary.present < MANY_MOMENTS) continue;
      if (await comesOnce(connection, from, column, time))
        found.set(column, 'names rows that come together and never again');
    } else if (share < NAMES_GROUPS || time === undefined) continue;
    else if (await risesInTime(connection, from, column, time))
      found.set(column, 'rises with the time of the rows, as running numbers and counters do');
  }
  return found;
}

type Kind = 'text' | 'number';

/** Numbers with leading zeros are texts here as everywhere. */
function suspected(summary: ColumnSummary, least: number): Kind | null {
  const { present, numbers, codes, times, booleans, broken, low, high, distinctTexts } = summary;
  if (present < MIN_ROWS || booleans === present) return null;
  if (numbers === present) {
    if (codes > 0) return 'text';
    return broken === 0 && high - low + 1 >= NAMES_GROUPS * present ? 'number' : null;
  }
  const texts = present - numbers;
  const isText = texts > (1 - NEARLY_UNIQUE) * present && times < NEARLY_UNIQUE * present;
  return isText && distinctTexts >= KNOWN_TO * least * texts ? 'text' : null;
}

/** @param share of different values for each row: of a retry the number is there twice */
function isDense({ present, low, high }: ColumnSummary, share: number): boolean {
  const expected = (present * (present - 1)) / (2 * (high - low + 1));
  return expected >= MIN_COINCIDENCES && (1 - share) * present <= FEW_OF_THEM * expected;
}

interface Different {
  /** Different values for each row. */
  readonly share: number;
  /** Part of the rows that the commonest has. */
  readonly most: number;
  /** Part of the rows that hold a code. */
  readonly codes: number;
}

async function shareOfDifferent(
  connection: DuckDBConnection,
  from: string,
  column: SourceColumn,
  kind: Kind,
  present: number,
): Promise<Different> {
  const { sql } = textCell(column);
  const parts = Math.ceil(present / MAX_COUNTED);
  // By their text, since numbers of nineteen digits are more than a double tells apart.
  const isOne =
    kind === 'text' ? `nullif(${sql}, '') IS NOT NULL` : `NOT isnan(${numberCell(column, false).sql})`;
  const hashes = `SELECT hash(${sql}) AS h, regexp_matches(${sql}, ${CODE})::INTEGER AS d FROM ${from} WHERE ${isOne}`;
  const values = `SELECT h, count(*) AS n, sum(d) AS digits FROM (${hashes}) WHERE h % ${parts} = 0 GROUP BY h`;
  const [row = []] = await queryRows(
    connection,
    `SELECT sum(n), count(*), max(n), sum(digits) FROM (${values})`,
  );
  const [all = 0, different = 0, most = 0, digits = 0] = row.map(Number);
  return {
    share: different / Math.max(1, all),
    most: most / Math.max(1, all * parts),
    codes: digits / Math.max(1, all),
  };
}

/** Whether the numbers of each part of the time lie above those of the part before; rows of one number may lie in both. */
async function risesInTime(
  connection: DuckDBConnection,
  from: string,
  column: SourceColumn,
  time: SourceColumn,
): Promise<boolean> {
  const cells = `SELECT ${numberCell(column, false).sql} AS x, ${timestampCell(time).sql} AS ms FROM ${from}`;
  const timed = `SELECT x, ms FROM (${cells}) WHERE NOT isnan(x) AND ms IS NOT NULL`;
  const part = `least(${PARTS - 1}, floor(${PARTS} * (ms - begins) / greatest(1, ends - begins)))`;
  const parts = await queryRows(
    connection,
    `WITH timed AS (${timed}), span AS (SELECT min(ms) AS begins, max(ms) AS ends FROM timed)
      SELECT ${part} AS part, min(x), max(x) FROM timed, span GROUP BY part ORDER BY part`,
  );
  if (parts.length < MIN_PARTS) return false;
  let rising = 0;
  for (const [i, [, low]] of parts.entries()) {
    const above = parts[i - 1]?.[2];
    if (above !== undefined && Number(low) >= Number(above)) rising += 1;
  }
  return rising >= RISING * (parts.length - 1);
}

/** Whether nearly every value of several rows has them within a short part of the time. */
async function comesOnce(
  connection: DuckDBConnection,
  from: string,
  column: SourceColumn,
  time: SourceColumn,
): Promise<boolean> {
  const cells = `SELECT nullif(${textCell(column).sql}, '') AS x, ${timestampCell(time).sql} AS ms FROM ${from}`;
  const timed = `SELECT hash(x) AS h, ms FROM (${cells}) WHERE x IS NOT NULL AND ms IS NOT NULL`;
  const [row = []] = await queryRows(
    connection,
    `WITH timed AS (${timed}), whole AS (SELECT max(ms) - min(ms) AS span FROM timed),
      spans AS (SELECT max(ms) - min(ms) AS span FROM timed GROUP BY h HAVING count(*) >= 2)
      SELECT count(*), count(*) FILTER (spans.span <= ${BRIEFLY} * whole.span) FROM spans, whole`,
  );
  const [repeated = 0, brief = 0] = row.map(Number);
  return repeated >= MANY_MOMENTS / 2 && brief >= NEARLY_ALL_BRIEF * repeated;
}
