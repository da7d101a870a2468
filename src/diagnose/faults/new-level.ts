/** Who is new may well be otherwise. */
import { logGamma } from '../../stats/special/log-gamma.ts';
import { asLevels } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { FEW_LEVELS } from '../thresholds.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Of fewer rows of the reference nobody knows what such rows are. */
const MIN_ROWS = 20;
/** Of the rows in question. */
const MOSTLY = 0.9;
/** That so many of any rows would be of the new levels. */
const UNLIKELY = 1e-6;

/** A level, and the column it is of, that the reference hardly had. */
export interface NewLevel {
  readonly column: string;
  readonly level: string;
}

export const saidOfNewLevel = ({ column, level }: NewLevel): string =>
  `they are rows of ${column} ${level}, which the reference does not know`;

/** ln of how many ways there are to choose so many of them: where nearly all levels are rare, those of any rows are. */
const logWays = (of: number, chosen: number): number =>
  logGamma(of + 1) - logGamma(chosen + 1) - logGamma(of - chosen + 1);

/**
 * The first column whose levels that hardly any row of the reference had hold nine in ten of these rows, as no chance would bring
 * about: who is new may well be otherwise. Null: there is none.
 */
export function ofNewLevel(rows: readonly number[], columns: readonly ColumnCells[]): NewLevel | null {
  for (const column of columns) {
    const pair = column.kind === 'levels' ? column : asLevels(column, FEW_LEVELS);
    if (pair === null) continue;
    const before = levelCounts(pair.reference, pair.levels.length);
    const now = levelCounts(pair.current, pair.levels.length);
    const isNew = (code: number): boolean => code >= 0 && before[code]! < MIN_ROWS;
    const inside = rows.filter((row) => isNew(pair.current[row]!));
    const codes = new Set(inside.map((row) => pair.current[row]!));
    const all = [...codes].reduce((sum, code) => sum + now[code]!, 0);
    const known = now.filter((rows, code) => rows > 0 && isNew(code)).length;
    const byChance = inside.length * Math.log(all / pair.current.length) + logWays(known, codes.size);
    if (inside.length < MOSTLY * rows.length || byChance > Math.log(UNLIKELY)) continue;
    const [first = -1] = [...codes].sort((a, b) => now[b]! - now[a]!);
    return { column: pair.name, level: pair.levels[first] ?? '' };
  }
  return null;
}
