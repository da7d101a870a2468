import type { Column, Table } from '../../core/table.ts';
import { keptWith, keptWithBoth } from '../../core/memory/remember.ts';
import { partsThatMayBe, writtenDate } from '../../stats/habits/written-date.ts';
import type { DatePart } from '../../stats/habits/written-date.ts';
import { bothNamed } from './misplaced.ts';
import type { Suspicion } from './suspicion.ts';

/** Kept with a reference, which is the same for every window. */
const written = keptWithBoth(writtenDate);
const possible = keptWith(partsThatMayBe);

/**
 * Month and day of each row's own date in each other's columns: 3 April read as 4 March. Claimed where the two were what they are called by
 * (by the reference's own times, or what they may have been where it has none), and each now is what the other was, and not what it was itself.
 * No change of the world writes dates the other way round. O(rows · columns).
 */
export function exchangedDates(reference: Table | null, current: Table | null): Suspicion[] {
  const now = current?.timestampMs ?? null;
  if (reference === null || current === null || now === null) return [];
  const { timestampMs } = reference;
  const others = new Map(current.features.map((column) => [column.name, column]));
  const turned = (column: Column, from: DatePart, to: DatePart): boolean => {
    const other = others.get(column.name);
    const before = timestampMs === null ? possible(column) : written(column, timestampMs);
    if (other === undefined || !before.includes(from)) return false;
    const parts = writtenDate(other, now);
    return parts.includes(to) && !parts.includes(from);
  };
  const months = reference.features.find((column) => turned(column, 'month', 'day_of_month'));
  const days = reference.features.find((column) => turned(column, 'day_of_month', 'month'));
  if (months === undefined || days === undefined || months === days) return [];
  const detail = `by the rows' own times ${months.name} holds the day of the month now, and ${days.name} the month`;
  return bothNamed(months.name, days.name, detail, { share: 1, statistic: 1, p: 0, doubt: 0 });
}
