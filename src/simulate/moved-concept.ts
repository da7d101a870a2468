import { quantilePassed } from '../stats/quantiles.ts';
import type { WorldChange } from './change.ts';
import type { Family, Row } from './family.ts';
import { populationOf } from './population.ts';
import { standardScale } from './standard-scale.ts';

/** Rows whose relation to the label changes: above or below a value, or of one level. */
export type Stratum =
  | { readonly feature: string; readonly above: number }
  | { readonly feature: string; readonly below: number }
  | { readonly feature: string; readonly level: string };

export function isInside(stratum: Stratum, row: Row): boolean {
  const value = row[stratum.feature];
  if ('level' in stratum) return value === stratum.level;
  return 'above' in stratum ? Number(value) > stratum.above : Number(value) <= stratum.below;
}

/** The stratum at one end of a feature that holds this share of the rows. */
export function stratumAt(family: Family, feature: string, end: 'low' | 'high', share: number): Stratum {
  const shape = populationOf(family).numeric.get(feature);
  if (shape === undefined) throw new Error(`${feature} is no number of ${family.name}`);
  return end === 'low'
    ? { feature, below: quantilePassed(shape.sorted, share) }
    : { feature, above: quantilePassed(shape.sorted, 1 - share) };
}

/** The same inputs lead to other labels everywhere: `size` is added to the index (log odds). */
export function movedEverywhere(size: number): WorldChange {
  return { concept: (index) => index + size };
}

/** The same, for the rows of one stratum only. */
export function movedInside(stratum: Stratum, size: number): WorldChange {
  return { concept: (index, row) => (isInside(stratum, row) ? index + size : index) };
}

/**
 * Two features change their roles: their standardised values are turned by `size` right angles before the truth looks
 * at them, so that what the one did the other does, in part with the opposite sign.
 */
export function turned(family: Family, [a, b]: readonly [string, string], size: number): WorldChange {
  const first = standardScale(family, a);
  const second = standardScale(family, b);
  const sin = Math.sin((size * Math.PI) / 2);
  const cos = Math.cos((size * Math.PI) / 2);
  return {
    concept: (_, row) => {
      const p = first.to(Number(row[a]));
      const q = second.to(Number(row[b]));
      return family.truth({
        ...row,
        [a]: first.from(cos * p - sin * q),
        [b]: second.from(sin * p + cos * q),
      });
    },
  };
}
