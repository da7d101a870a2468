import type { Column, Table } from '../../../core/table.ts';
import { rowsWrittenAs } from '../../../stats/habits/written-date.ts';
import type { DatePart } from '../../../stats/habits/written-date.ts';
import { asPercent } from '../../wording.ts';
import { partsPossible, partsWritten } from '../../samples/calendar.ts';
import { bothNamed } from './misplaced.ts';
import type { Suspicion } from '../suspicion.ts';

/** Of the rows that are not what they were, nearly all are what the other column was. */
const MIN_RESTORED = 0.95;
const MIN_ROWS = 20;
const MIN_SHARE = 0.05;

interface Turned {
  readonly column: Column;
  /** Rows that are the other part of the date, as 1. */
  readonly rows: Uint8Array;
}

/**
 * Month and day of each row's own date in each other's columns: 3 April read as 4 March, in all rows or, where a reader helps itself, in those of the
 * first twelve days of a month. Claimed where the two were what they are called by (by the reference's own times, or what they may have been where it has
 * none), and of the rows that are it no longer nearly all are what the other was, in both columns. No change of the world writes dates the other way round.
 * O(rows · columns).
 */
export function exchangedDates(reference: Table | null, current: Table | null): Suspicion[] {
  const now = current?.timestampMs ?? null;
  if (reference === null || current === null || now === null) return [];
  const { timestampMs } = reference;
  const others = new Map(current.features.map((column) => [column.name, column]));
  const turned = (from: DatePart, to: DatePart): Turned | null => {
    for (const column of reference.features) {
      const other = others.get(column.name);
      const before = timestampMs === null ? partsPossible(column) : partsWritten(column, timestampMs);
      const rows = other !== undefined && before.includes(from) ? turnedRows(other, now, { from, to }) : null;
      if (rows !== null) return { column, rows };
    }
    return null;
  };
  const months = turned('month', 'day_of_month');
  const days = months === null ? null : turned('day_of_month', 'month');
  if (months === null || days === null || months.column === days.column) return [];
  const inBoth = months.rows.reduce((sum, is, row) => sum + (is & days.rows[row]!), 0);
  const most = Math.max(countOf(months.rows), countOf(days.rows));
  if (inBoth < MIN_RESTORED * most) return [];
  const share = inBoth / current.rows;
  const where = share >= MIN_RESTORED ? '' : ` in ${asPercent(share)} of the rows`;
  const detail = `by the rows' own times ${months.column.name} holds the day of the month now${where}, and ${days.column.name} the month`;
  return bothNamed(months.column.name, days.column.name, detail, { share, statistic: share, p: 0, doubt: 0 });
}

const countOf = (rows: Uint8Array): number => rows.reduce((sum, is) => sum + is, 0);

/** Null: most of what is not `from` any more is not `to` either, or hardly any row is another. */
function turnedRows(
  column: Column,
  timestampMs: Float64Array,
  { from, to }: { readonly from: DatePart; readonly to: DatePart },
): Uint8Array | null {
  const [own, other] = [from, to].map((part) => rowsWrittenAs(column, timestampMs, part)) as [
    Uint8Array,
    Uint8Array,
  ];
  const parted = own.reduce((sum, is) => sum + 1 - is, 0);
  const rows = other.map((is, row) => Number(is === 1 && own[row] === 0));
  const isTurned =
    parted >= Math.max(MIN_ROWS, MIN_SHARE * own.length) && countOf(rows) >= MIN_RESTORED * parted;
  return isTurned ? rows : null;
}
