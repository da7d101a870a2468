import type { CategoricalProfile } from '../stats/profile/categorical-profile.ts';
import { valueCount } from '../stats/profile/feature-reference.ts';
import { RARE_OR_NEW } from './measures.ts';
import type { Measures } from './measures.ts';

/** Levels under this share of the reference's values are one cell together with levels it never had. */
export const RARE_SHARE = 0.01;

/** One unseen row must not make a test infinite: what is rare or new is one cell. O(levels). */
export function measureCategorical(profile: CategoricalProfile): Measures {
  const reference = profile.reference;
  const smallest = RARE_SHARE * valueCount(reference);
  const cells: { bins: string[]; reference: number[]; current: number[] } = {
    bins: [],
    reference: [],
    current: [],
  };
  let rareBefore = reference.otherCount;
  let rareNow = profile.newLevels.total;
  for (const [i, level] of reference.levels.entries()) {
    const before = reference.counts[i] ?? 0;
    const now = profile.counts[i] ?? 0;
    if (before >= smallest) {
      cells.bins.push(level);
      cells.reference.push(before);
      cells.current.push(now);
    } else {
      rareBefore += before;
      rareNow += now;
    }
  }
  if (rareBefore + rareNow > 0) {
    cells.bins.push(RARE_OR_NEW);
    cells.reference.push(rareBefore);
    cells.current.push(rareNow);
  }
  return {
    name: reference.name,
    kind: reference.kind,
    rows: { reference: reference.rows, current: profile.rows },
    missing: { reference: reference.missing, current: profile.missing },
    invalid: {
      reference: reference.invalid + reference.infinite,
      current: profile.invalid + profile.infinite,
    },
    newLevels: { reference: reference.otherCount, current: profile.newLevels.total },
    counts: cells,
    metrics: {},
  };
}
