import { quantilePassed } from '../stats/quantiles.ts';
import { clip, logOf } from './family.ts';
import type { Family, NumericFeature, ColumnScale } from './family.ts';
import { populationOf } from './population.ts';

/** A number in standard deviations from its middle, in the unit in which it grows (logarithm, log odds). */
export interface StandardScale {
  readonly feature: NumericFeature;
  readonly to: (value: number) => number;
  readonly from: (z: number) => number;
}

export function standardScale(family: Family, name: string): StandardScale {
  const feature = family.features.find((each) => each.name === name);
  const shape = populationOf(family).numeric.get(name);
  if (feature?.kind !== 'numeric' || shape === undefined) {
    throw new Error(`${name} is no number of ${family.name}`);
  }
  const { to, from } = SCALES[feature.scale];
  const middle = to(quantilePassed(shape.sorted, 0.5));
  // Half of what lies between the 16th and the 84th percentile: one outlier does not stretch it.
  const width = Math.max(
    1e-9,
    (to(quantilePassed(shape.sorted, 0.84)) - to(quantilePassed(shape.sorted, 0.16))) / 2,
  );
  return {
    feature,
    to: (value) => (to(value) - middle) / width,
    from: (z) => from(middle + width * z),
  };
}

interface Mapping {
  readonly to: (value: number) => number;
  readonly from: (value: number) => number;
}

const SAME: Mapping = { to: (value) => value, from: (value) => value };

const SCALES: Readonly<Record<ColumnScale, Mapping>> = {
  linear: SAME,
  fixed: SAME,
  log: { to: logOf, from: Math.exp },
  logit: {
    to: (share) => {
      const inside = clip(share, 1e-4, 1 - 1e-4);
      return Math.log(inside / (1 - inside));
    },
    from: (value) => 1 / (1 + Math.exp(-value)),
  },
};
