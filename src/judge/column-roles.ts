/** What each column of a reference is taken for, and why: listed before anything is judged, so that people can say otherwise. */
import { setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { ColumnRole } from '../core/columns/column-role.ts';
import type { Column, NumericColumn, Table } from '../core/table.ts';
import { calendarOf } from '../diagnose/samples/calendar.ts';
import { namedPart } from '../stats/habits/written-date.ts';
import { sum } from '../stats/elementary.ts';
import { presentValues } from '../stats/present-values.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

/** With fewer values a column says little of what comes later. */
const ALMOST_EMPTY = 0.95;
/** An id has a value of its own in nearly every row. */
const UNIQUE = 0.95;
/** In fewer rows many a category is unique by chance. */
const ROWS_OF_AN_ID = 100;

/** Why columns of a file are no features. */
export type LeftOut = ReadonlyMap<string, Pick<ColumnRole, 'role' | 'why'>>;

/** What the roles are found in. */
export interface RolesInput {
  /** All rows of the reference, or a sample of them. */
  readonly reference: Table;
  /** How many rows it has in all. */
  readonly rows: number;
  readonly settings: FeatureSettings;
  readonly leftOut?: LeftOut | undefined;
}

/**
 * Features in the order of the table, then what was left out. What people said comes first, then what follows from the row's
 * own time, then what looks like a mistake. O(rows · columns), on a sample as on the whole.
 */
export function rolesOfColumns({ reference, rows, settings, leftOut = new Map() }: RolesInput): ColumnRole[] {
  const calendar = calendarOf(reference);
  const ofFeature = (column: Column): ColumnRole => {
    const { name, kind } = column;
    const aside = setAside(settings.get(name));
    if (aside !== null) return { name, kind, role: aside, why: 'as the configuration says' };
    const known = settings.get(name)?.kind === undefined ? calendar.get(name) : undefined;
    if (known !== undefined) {
      const unit = known.unit.replaceAll('_', ' ');
      return {
        name,
        kind,
        role: 'calendar',
        why: `follows from the row's own time (${unit}, ${known.timeZone})`,
      };
    }
    return { name, kind, ...looks(column, reference.rows, rows) };
  };
  const names = new Set(reference.features.map(({ name }) => name));
  const others = new Map(leftOut);
  for (const [name, { kind }] of settings) {
    if (kind === 'identifier') others.set(name, { role: 'identifier', why: 'as the configuration says' });
  }
  return [
    ...reference.features.map(ofFeature),
    ...[...others].flatMap(([name, found]) => (names.has(name) ? [] : [{ name, kind: null, ...found }])),
  ];
}

/** Days of the week and months by name are part of a date, though no second year tells; null where it holds something else. */
export function calendarName(column: Column): string | null {
  if (column.kind === 'numeric') return null;
  const codes = new Set(column.codes);
  const part = namedPart(column.levels.filter((_, code) => codes.has(code)));
  return part === null ? null : `holds the names of ${part === 'month' ? 'months' : 'days of the week'}`;
}

function looks(column: Column, rows: number, inAll: number): Pick<ColumnRole, 'role' | 'why'> {
  const { missing, distinct } = countsOf(column, rows);
  const present = rows - missing;
  if (present === 0) return { role: 'doubtful', why: 'is empty' };
  if (missing > ALMOST_EMPTY * rows) return { role: 'doubtful', why: 'is almost empty' };
  if (
    present >= ROWS_OF_AN_ID &&
    distinct > UNIQUE * present &&
    (column.kind !== 'numeric' || isNumbered(column, inAll / rows))
  )
    return { role: 'doubtful', why: 'looks like an id, a value of its own in nearly every row' };
  if (distinct === 1) return { role: 'constant', why: 'holds one and the same value throughout' };
  return { role: 'feature', why: null };
}

/** Whole numbers that lie about as close together as when they are counted up, and every `of`-th of them is here. */
function isNumbered({ values }: NumericColumn, of: number): boolean {
  let [low, high, present] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return false;
    low = Math.min(low, value);
    high = Math.max(high, value);
    present += 1;
  }
  return high - low < 2 * present * of;
}

/** Missing cells, and different values. */
export function countsOf(column: Column, rows: number): { missing: number; distinct: number } {
  if (column.kind === 'numeric') {
    const values = presentValues(column.values).sort();
    let distinct = Math.min(1, values.length);
    for (let at = 1; at < values.length; at += 1) if (values[at] !== values[at - 1]) distinct += 1;
    return { missing: rows - values.length, distinct };
  }
  const counts = levelCounts(column.codes, column.levels.length);
  return { missing: rows - sum(counts), distinct: counts.filter((count) => count > 0).length };
}
