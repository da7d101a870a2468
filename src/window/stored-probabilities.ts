import type { FeaturesEvent, Features, FeatureValue, PredictionEvent } from '../core/events.ts';
import type { NumericColumn } from '../core/table.ts';
import { PROBABILITY_PREFIX } from '../core/table.ts';

/** Of two classes the score says all. */
const SEVERAL = 3;

/** Whether an event says more than a prediction and its score can. */
export function hasProbabilities(event: { readonly type: string }): boolean {
  const { probabilities = null } = event as Partial<PredictionEvent>;
  return probabilities !== null && probabilities.size >= SEVERAL;
}

/**
 * What is kept of a row's features: with the probabilities of several classes, where it has them, named as files name
 * them. A feature of the same name stands.
 */
export function featuresToStore(event: PredictionEvent | FeaturesEvent): Features {
  if (event.type !== 'prediction' || event.probabilities === null || !hasProbabilities(event)) {
    return event.features;
  }
  const named = [...event.probabilities].map(([name, p]): [string, FeatureValue] => [
    PROBABILITY_PREFIX + name,
    p,
  ]);
  return new Map([...named, ...event.features]);
}

/** Those of stored rows by class, as a table has them; null where the rows have none. `known`: what are features. */
export function storedProbabilities(
  rows: readonly { readonly features: Features }[],
  known: ReadonlySet<string>,
): ReadonlyMap<string, NumericColumn> | null {
  const names = new Set<string>();
  for (const { features } of rows) {
    for (const name of features.keys()) {
      if (name.startsWith(PROBABILITY_PREFIX) && !known.has(name)) names.add(name);
    }
  }
  if (names.size < SEVERAL) return null;
  return new Map([...names].map((name) => [name.slice(PROBABILITY_PREFIX.length), columnOf(name, rows)]));
}

function columnOf(name: string, rows: readonly { readonly features: Features }[]): NumericColumn {
  const values = Float64Array.from(rows, ({ features }) => {
    const p = features.get(name);
    return typeof p === 'number' ? p : Number.NaN;
  });
  return { name, kind: 'numeric', values, invalid: 0 };
}
