import { hellinger } from '../../../stats/distances/hellinger.ts';
import { jensenShannon } from '../../../stats/distances/jensen-shannon.ts';
import { lInfinity } from '../../../stats/distances/total-variation.ts';
import type { AlignedCounts } from '../column-pair.ts';
import { countInBins, doaneEdges } from '../equal-width-bins.ts';
import type { Sample } from '../sample.ts';
import { chunkedMethod } from './chunked-method.ts';

type Distance = (reference: ArrayLike<number>, current: ArrayLike<number>) => number;

/** Doane bins over the reference alone; whatever lies outside its range is one more cell. */
function inReferenceBins(distance: Distance) {
  return (reference: Sample): ((rows: Sample) => number) | null => {
    const edges = doaneEdges(reference);
    if (edges === null) return null;
    const before = [...countInBins(reference.raw, edges).counts, 0];
    return (rows) => {
      const { counts, below, above } = countInBins(rows.raw, edges);
      return distance(before, [...counts, below + above]);
    };
  };
}

/** The reference's levels; all that it never had are one more cell. */
function overReferenceLevels(distance: Distance) {
  return (counts: AlignedCounts): number => {
    const before: number[] = [];
    const now: number[] = [];
    let unseen = 0;
    for (const [i, rows] of counts.reference.entries()) {
      if (rows === 0) {
        unseen += counts.current[i] ?? 0;
        continue;
      }
      before.push(rows);
      now.push(counts.current[i] ?? 0);
    }
    return distance([...before, 0], [...now, unseen]);
  };
}

export const JENSEN_SHANNON = chunkedMethod({
  name: 'jensen_shannon',
  numeric: inReferenceBins(jensenShannon),
  categorical: overReferenceLevels(jensenShannon),
  largest: null,
});

export const HELLINGER = chunkedMethod({
  name: 'hellinger',
  numeric: inReferenceBins(hellinger),
  categorical: overReferenceLevels(hellinger),
  largest: null,
});

/** Unlike the other two it keeps each unseen level apart. */
export const L_INFINITY = chunkedMethod({
  name: 'l_infinity',
  categorical: (counts) => lInfinity(counts.reference, counts.current),
  largest: null,
});
