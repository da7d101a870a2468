import type { WorldChange } from './change.ts';
import type { Draws } from './draws.ts';
import { clip, rounded } from './family.ts';
import type { Family, Row } from './family.ts';
import { populationOf } from './population.ts';
import { standardScale } from './standard-scale.ts';

/** A column that can move, or a level that can become more frequent. */
export interface Mover {
  readonly feature: string;
  readonly level: string | null;
}

/** Beyond so many standard deviations a tilt does not grow on, so that rows are still found. */
const TILT_REACH = 3;

/** Every value of a number moved by `size` standard deviations, in the unit in which the feature grows. */
export function movedMean(family: Family, feature: string, size: number): WorldChange {
  return movedNumber(family, feature, (z) => z + size);
}

/** Values spread `1 + size` times as wide around their middle. */
export function movedSpread(family: Family, feature: string, size: number): WorldChange {
  return movedNumber(family, feature, (z) => z * (1 + size));
}

function movedNumber(family: Family, name: string, move: (z: number) => number): WorldChange {
  const { feature, to, from } = standardScale(family, name);
  const [low, high] = feature.bounds ?? [-Infinity, Infinity];
  const step = 10 ** -feature.decimals;
  const moved = (value: number): number => rounded(clip(from(move(to(value))), low, high), feature.decimals);
  // What moved was measured once, after it moved: a value rounded before leaves the comb that a conversion leaves.
  const measured = (value: number, draw: Draws): number =>
    value === 0 ? value : value + step * (draw.uniform() - 0.5);
  return { inputs: (row, draw) => ({ ...row, [name]: moved(measured(Number(row[name]), draw)) }) };
}

/** Rows with large values, or of one level, are met more often: who comes changes, nobody himself does. */
export function movedMix(family: Family, { feature, level }: Mover, size: number): WorldChange {
  if (level !== null) return movedShare(family, feature, level, size);
  const { to } = standardScale(family, feature);
  const tilt = (row: Row): number => Math.exp(size * clip(to(Number(row[feature])), -TILT_REACH, TILT_REACH));
  const peak = Math.exp(Math.abs(size) * TILT_REACH);
  return { admit: (row) => tilt(row) / peak };
}

/** By `size` standard deviations of "is of this level". */
function movedShare(family: Family, feature: string, level: string, size: number): WorldChange {
  const share = populationOf(family).levels.get(feature)?.get(level);
  if (share === undefined) throw new Error(`${feature} has no level ${level}`);
  const wanted = clip(share + size * Math.sqrt(share * (1 - share)), 0.02, 0.98);
  const inside = wanted / share;
  const outside = (1 - wanted) / (1 - share);
  const peak = Math.max(inside, outside);
  return { admit: (row) => (row[feature] === level ? inside : outside) / peak };
}
