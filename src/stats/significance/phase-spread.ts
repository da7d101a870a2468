import type { CycleKind } from '../../core/columns/cycle-figures.ts';
import { chiSquareSurvival } from '../distributions.ts';
import { sum } from '../elementary.ts';
import { phaseOf } from './cycle.ts';
import { spreadBeside } from './overdispersion.ts';
import type { BesideUsual, WindowSpread } from './overdispersion.ts';

/** Windows at most so large, as a part of the one that is judged, hardly show what only shows in many rows. */
const SMALL = 1 / 4;
/** Fewer hours or days than this are no spread. */
const MIN_PHASES = 5;
/** What chance shows of hours that do not differ is no spread either. */
const BY_CHANCE = 0.05;

/** Of a window of the reference: its hour of the day and its day of the week. */
export type HourAndDay = Readonly<Record<'hour_of_day' | 'day_of_week', number>>;

const KINDS = ['hour_of_day', 'day_of_week'] as const satisfies readonly CycleKind[];

export function hourAndDayOf(startMs: number, timeZone: string): HourAndDay {
  return {
    hour_of_day: phaseOf('hour_of_day', startMs, timeZone),
    day_of_week: phaseOf('day_of_week', startMs, timeZone),
  };
}

/** How far phases are from each other, and each beside the others. */
export interface PhaseSpread {
  readonly spread: WindowSpread;
  readonly beside: readonly BesideUsual[];
}

/**
 * How far the hours of the day, and the days of the week, are from each other in a column that was not shown to follow them.
 *
 * Purpose: a reference of ten rows an hour cannot show, window by window, that the same hour of production, of 600 rows, is always a
 * little apart. All windows of an hour together have as many rows, and can. Formula: X² of each hour (day) beside all others, as
 * `windowSpread` has it; of hours no further apart than chance would have them at 5 % nothing is said. None where the reference's windows are
 * a quarter as large as this one or larger: they show it themselves. O(windows · cells).
 */
export function phaseSpreads(
  windows: readonly (readonly number[])[],
  clocks: readonly (HourAndDay | undefined)[],
  rows: number,
): PhaseSpread[] {
  const all = windows.reduce((total, counts) => total + sum(counts), 0);
  if (all / Math.max(1, windows.length) > SMALL * rows) return [];
  return KINDS.flatMap((kind): PhaseSpread[] => {
    const phases = new Map<number, number[]>();
    for (const [at, counts] of windows.entries()) {
      const phase = clocks[at]?.[kind];
      if (phase === undefined) return [];
      const sums = phases.get(phase);
      if (sums === undefined) phases.set(phase, [...counts]);
      else for (const [cell, count] of counts.entries()) sums[cell]! += count;
    }
    const total = [...phases.values()].reduce<number[]>(
      (sums, counts) => counts.map((count, cell) => count + (sums[cell] ?? 0)),
      [],
    );
    const beside = [...phases.values()].map((counts) => ({
      counts,
      usual: total.map((count, cell) => count - counts[cell]!),
    }));
    const spread = spreadBeside(beside, MIN_PHASES);
    if (spread === null) return [];
    const free = spread.windows - 1;
    return chiSquareSurvival(spread.mean * free, spread.df * free) < BY_CHANCE ? [{ spread, beside }] : [];
  });
}
