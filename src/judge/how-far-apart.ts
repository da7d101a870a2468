import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import type { PooledTest } from '../core/columns/pooled-figures.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { squaresBefore } from '../stats/pooled/stretches-before.ts';
import { moderatedVariances, sharedDf } from '../stats/significance/moderated-variance.ts';
import type { Variance } from '../stats/significance/moderated-variance.ts';

/** Of a column as far as it and its company tell, and as far as the others alone do. */
export interface OwnAndCompany {
  readonly own: Variance;
  readonly company: Variance;
}

interface HowFarApart {
  /** Of stretches of so many windows, half as many, … and single ones; empty where nobody knows of the longest. */
  upTo(length: number, test: PooledTest, name: string): Variance[];
  /** Of single windows. */
  ofOne(test: PooledTest, name: string): OwnAndCompany | null;
}

/** A column of which there is no stretch: what it is drawn to. */
const UNSEEN: Variance = { value: 0, df: 0 };

/**
 * How far from the table stretches of so many windows were before the last ones, of each column as far as all of them tell (`moderatedVariances`): a column whose
 * weather changes slowly is away for as long as a change that began, and only what it and its company did before tells one from the other.
 */
export function howFarApart(
  asked: readonly FeatureComparison[],
  seen: (name: string) => readonly WindowCounts[],
): HowFarApart {
  // Most windows ask nothing: then nothing is put in line either.
  const columns = kept((_all: null) =>
    asked.flatMap(({ name, kind, counts }) => {
      if (counts === undefined) return [];
      const windows = alignWindows(counts.bins, [...seen(name), counts]);
      return [{ name, reference: counts.reference, windows, ordered: kind === 'numeric' }];
    }),
  );
  const ofLength = kept((length: number) => {
    const squares = columns(null).map((column) => squaresBefore(column, length));
    return kept((test: PooledTest) => {
      const known = columns(null).flatMap(({ name }, at) => {
        const own = squares[at]!.get(test);
        return own === undefined ? [] : [{ name, own }];
      });
      const all = known.reduce((total, { own }) => total + own.stretches, 0);
      const factor = known.reduce((total, { own }) => total + own.value * own.stretches, 0) / all;
      // What sets stretches apart beyond chance moves all cells at once: who lay near by chance has not seen nine times as much.
      const variances = known.map(({ own }) => ({
        value: own.value,
        df: own.stretches * sharedDf(factor, own.df),
      }));
      const moderated = moderatedVariances([...variances, ...besideFew(variances)]);
      const most = all * sharedDf(factor, known[0]?.own.df ?? 1);
      const scaled = known.map(({ name, own }, at): [string, OwnAndCompany] => [
        name,
        {
          own: atSize(moderated[at]!, own.ratio, most),
          get company() {
            const others = moderatedVariances([...variances.toSpliced(at, 1), UNSEEN]);
            return atSize(others.at(-1)!, own.ratio, most);
          },
        },
      ]);
      return new Map(scaled);
    });
  });
  const known = (length: number, test: PooledTest, name: string): OwnAndCompany | null => {
    const found = ofLength(length)(test).get(name);
    return found !== undefined && found.own.df > 0 ? found : null;
  };
  const upTo = (length: number, test: PooledTest, name: string): Variance[] => {
    const found = known(length, test, name);
    if (found === null) return [];
    // What is apart is so in longer stretches as well, of which fewer are known.
    return length === 1 ? [found.own] : [found.own, ...upTo(length / 2, test, name)];
  };
  return { upTo, ofOne: (test, name) => known(1, test, name) };
}

/** So few columns are no company. */
const FEW = 4;

/** A column that is no further apart than chance, beside few: of one alone six stretches would say next to nothing. */
function besideFew(variances: readonly Variance[]): Variance[] {
  const known = variances.filter(({ df }) => df > 0);
  return known.length === 0 || known.length >= FEW
    ? []
    : [{ value: 1, df: Math.max(...known.map(({ df }) => df)) }];
}

/**
 * Of stretches of so many times as many rows: what is beyond chance grows with them, what chance alone may show of it does not (drawn to zero as James and Stein do).
 */
function atSize({ value, df }: Variance, ratio: number, most: number): Variance {
  const beyond = value - 1;
  if (!(beyond > 0)) return { value, df };
  const sure = beyond * Math.max(0, 1 - 2 / Math.min(df, most) / beyond ** 2);
  return { value: 1 + (ratio <= 1 ? beyond * ratio : beyond + sure * (ratio - 1)), df };
}

function kept<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
