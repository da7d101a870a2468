import { remember } from '../../core/memory/remember.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadBaselineProfile } from '../../store/evaluation/baselines.ts';

/** What counts were counted on; null: on no baseline. */
export type References = (baselineId: number | null) => Promise<ReferenceProfile | null>;

/** A wide one is some megabytes. What is old is read by few of them at a time. */
const MOST_KEPT = 3;

/** Baselines of what is old, the last few remembered. */
export function baselineReferences(db: Queryable): References {
  const kept = new Map<number, ReferenceProfile>();
  return async (id) => {
    if (id === null) return null;
    const known = kept.get(id) ?? decodeReference(await loadBaselineProfile(db, id));
    // Last in, last out.
    kept.delete(id);
    remember(kept, id, known, MOST_KEPT);
    return known;
  };
}
