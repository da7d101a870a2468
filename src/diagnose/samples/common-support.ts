import { keptWith } from '../../core/memory/remember.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import { allRows } from './picks.ts';
import { selectRows, sortedPresent } from './row-samples.ts';
import type { NumericCells, RowSamples } from './row-samples.ts';

/** A tail as long again as the outermost half per cent is still the reference's. */
const TAIL = 0.005;

/** Rows where the reference has others like them. */
export interface CommonSupport {
  readonly samples: RowSamples;
  /** The column that leaves most current rows out, and the share of them that all columns leave out. Null: none is. */
  readonly outside: { readonly feature: string; readonly share: number } | null;
}

/** Of a reference the same for every window. */
const rangeOf = keptWith((values: Float64Array): readonly [number, number] | null => {
  const sorted = sortedPresent(values);
  if (sorted.length === 0) return null;
  const [low, high] = [quantileReached(sorted, TAIL), quantileReached(sorted, 1 - TAIL)];
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return [2 * first - low, 2 * last - high];
});

/**
 * What labels of current rows are compared with is what the reference's rows like them had; of rows beyond all of those nothing is
 * known, and a relation drawn out to where they are is nobody's. Outside is a number beyond the reference's least or largest by
 * more than its outermost half per cent is wide. Levels have rules of their own (`fitWithinLevels`). O(rows · columns).
 */
export function commonSupport(samples: RowSamples): CommonSupport {
  const { current, reference } = samples.rows;
  const isOutside = new Uint8Array(current);
  let feature = '';
  let most = 0;
  for (const pair of samples.features) {
    if (pair.kind !== 'numeric' || samples.aside.has(pair.name)) continue;
    const left = markOutside(pair, isOutside);
    if (left > most) [feature, most] = [pair.name, left];
  }
  if (most === 0) return { samples, outside: null };
  const inside = Int32Array.from([...isOutside.keys()].filter((row) => isOutside[row] === 0));
  return {
    samples: selectRows(samples, allRows(reference), inside),
    outside: { feature, share: 1 - inside.length / current },
  };
}

function markOutside({ reference, current }: NumericCells, isOutside: Uint8Array): number {
  const range = rangeOf(reference);
  if (range === null) return 0;
  let left = 0;
  for (let row = 0; row < current.length; row++) {
    const value = current[row]!;
    // Missing ones compare as neither.
    if (!(value < range[0] || value > range[1])) continue;
    isOutside[row] = 1;
    left += 1;
  }
  return left;
}
