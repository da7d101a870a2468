import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import type { PooledTest } from '../core/columns/pooled-figures.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { squaresBefore } from '../stats/pooled/stretches-before.ts';
import { moderatedVariances, sharedDf } from '../stats/significance/moderated-variance.ts';
import type { Variance } from '../stats/significance/moderated-variance.ts';

/**
 * How far from the table stretches of so many windows were before the last ones, of each column as far as all of them tell (`moderatedVariances`): a column whose
 * weather changes slowly is away for as long as a change that began, and only what it and its company did before tells one from the other.
 */
export function howFarApart(
  asked: readonly FeatureComparison[],
  seen: (name: string) => readonly WindowCounts[],
): (length: number, test: PooledTest, name: string) => Variance[] {
  const columns = asked.flatMap(({ name, kind, counts }) =>
    counts === undefined
      ? []
      : [
          {
            name,
            reference: counts.reference,
            windows: alignWindows(counts.bins, [...seen(name), counts]),
            ordered: kind === 'numeric',
          },
        ],
  );
  const ofLength = kept((length: number) => {
    const squares = columns.map((column) => squaresBefore(column, length));
    return kept((test: PooledTest) => {
      const known = columns.flatMap(({ name }, at) => {
        const own = squares[at]!.get(test);
        return own === undefined ? [] : [{ name, own }];
      });
      const all = known.reduce((total, { own }) => total + own.stretches, 0);
      const factor = known.reduce((total, { own }) => total + own.value * own.stretches, 0) / all;
      // What sets stretches apart beyond chance moves all cells at once: who lay near by chance has not seen nine times as much.
      const moderated = moderatedVariances(
        known.map(({ own }) => ({ value: own.value, df: own.stretches * sharedDf(factor, own.df) })),
      );
      const most = all * sharedDf(factor, known[0]?.own.df ?? 1);
      return new Map(known.map(({ name, own }, at) => [name, atSize(moderated[at]!, own.ratio, most)]));
    });
  });
  const at = (length: number, test: PooledTest, name: string): Variance[] => {
    const known = ofLength(length)(test).get(name);
    if (known === undefined || !(known.df > 0)) return [];
    // What is apart is so in longer stretches as well, of which fewer are known.
    return length === 1 ? [known] : [known, ...at(length / 2, test, name)];
  };
  return at;
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
