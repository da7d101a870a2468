import { fSurvival } from '../distributions.ts';
import { mean, sampleVariance } from '../elementary.ts';
import { digamma, trigamma, trigammaInverse } from '../special/polygamma.ts';

/** A mean of squares, and how many of them it is worth. */
export interface Variance {
  readonly value: number;
  readonly df: number;
}

/** Standard errors that columns seem less alike by than they are. */
const BY_CHANCE = 1;
/** In parts of the middle one: what chance made next to nothing is not nothing in logarithms. */
const LEAST = 1e-5;

/**
 * Variances of columns that are each known from a few squares only, drawn towards what all of them together say, as far as they are alike.
 *
 * Formula: of e = ln s² − ψ(d/2) + ln(d/2) over the columns the mean and the variance less the mean of ψ′(d/2) give the scaled inverse χ² that they
 * came from, s₀² with d₀ degrees of freedom; each becomes (d₀s₀² + ds²)/(d₀ + d) with d₀ + d. Columns that differ by chance only have d₀ = ∞, and all of
 * them the mean s² by degrees of freedom. Fewer than two with a square stay as they are; one without any becomes s₀², d₀. O(columns).
 * Source: Smyth, Linear models and empirical Bayes methods, Stat. Appl. Genet. Mol. Biol. 3 (2004), article 3.
 *
 * @example moderatedVariances([{ value: 1, df: 4 }, { value: 1, df: 4 }]) // [{ value: 1, df: Infinity }, { value: 1, df: Infinity }]
 */
export function moderatedVariances(variances: readonly Variance[]): Variance[] {
  const known = variances.filter(({ df, value }) => df > 0 && Number.isFinite(value));
  if (known.length < 2) return [...variances];
  const least = LEAST * middleOf(known.map(({ value }) => value));
  const logs = known.map(
    ({ value, df }) => Math.log(Math.max(value, least)) - digamma(df / 2) + Math.log(df / 2),
  );
  const variance = sampleVariance(logs);
  const chance = variance * Math.sqrt(2 / (known.length - 1));
  const beyond = variance - BY_CHANCE * chance - mean(known.map(({ df }) => trigamma(df / 2)));
  if (!(beyond > 0)) {
    const all = known.reduce((total, { df }) => total + df, 0);
    const value = known.reduce((total, one) => total + one.value * one.df, 0) / all;
    return variances.map(() => ({ value, df: Infinity }));
  }
  const df = 2 * trigammaInverse(beyond);
  const value = Math.exp(mean(logs) + digamma(df / 2) - Math.log(df / 2));
  return variances.map((one) =>
    one.df > 0
      ? { value: (df * value + one.df * one.value) / (df + one.df), df: df + one.df }
      : { value, df },
  );
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Degrees of freedom of X² whose mean is `factor` times its cells less one, what is beyond chance being in one direction: (df + b)²/(df + 2b + b²), b = (factor − 1)·df.
 *
 * @example sharedDf(1, 9) // 9
 */
export function sharedDf(factor: number, df: number): number {
  const beyond = Math.max(0, factor - 1) * df;
  return (df + beyond) ** 2 / (df + 2 * beyond + beyond ** 2);
}

/**
 * p-value of G in cells that lie further apart than chance: by its mean and variance, or as if all of it that is beyond chance were in one direction, whichever is less rare.
 * `cells` is their number less one, the variance in units of chance. O(1).
 *
 * @example cellsApart(18, 9, { value: 1, df: Infinity }) // 0.03517353946698525
 */
export function cellsApart(g: number, cells: number, { value, df }: Variance): number {
  const inOne = (g - (cells - 1)) / (1 + (value - 1) * cells);
  return Math.max(fSurvival(g / cells / value, sharedDf(value, cells), df), fSurvival(inOne, 1, df));
}
