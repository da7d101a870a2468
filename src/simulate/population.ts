import { mean, standardDeviation } from '../stats/elementary.ts';
import { draws } from './draws.ts';
import type { Family } from './family.ts';

/** What a family looks like while nothing changes, from so many rows of a seed of its own. */
const ROWS = 4_000;
const SEED = 4_000;

export interface NumericShape {
  readonly mean: number;
  readonly deviation: number;
  readonly sorted: Float64Array;
}

export interface Population {
  readonly numeric: ReadonlyMap<string, NumericShape>;
  /** Share of each level. */
  readonly levels: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Of the truth's index. */
  readonly index: NumericShape;
}

const known = new WeakMap<Family, Population>();

export function populationOf(family: Family): Population {
  const kept = known.get(family);
  if (kept !== undefined) return kept;
  const draw = draws(SEED);
  const rows = Array.from({ length: ROWS }, () => family.draw(draw));
  const numeric = new Map<string, NumericShape>();
  const levels = new Map<string, Map<string, number>>();
  for (const { name, kind } of family.features) {
    if (kind === 'numeric') numeric.set(name, shapeOf(rows.map((row) => Number(row[name]))));
    else levels.set(name, sharesOf(rows.map((row) => String(row[name]))));
  }
  const population = { numeric, levels, index: shapeOf(rows.map((row) => family.truth(row))) };
  known.set(family, population);
  return population;
}

export function shapeOf(values: readonly number[]): NumericShape {
  return {
    mean: mean(values),
    deviation: standardDeviation(values),
    sorted: Float64Array.from(values).sort(),
  };
}

function sharesOf(values: readonly string[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const value of values) shares.set(value, (shares.get(value) ?? 0) + 1 / values.length);
  return shares;
}
