import { remember } from '../../core/memory/remember.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadBaselineProfile } from '../../store/evaluation/baselines.ts';
import { loadForgotten } from '../../store/history/forgotten-features.ts';

/** A wide one is some megabytes. What is old is read by few of them at a time. */
const MOST_KEPT = 3;

/** Baselines of what is old, the last few remembered. */
export class BaselineReferences {
  readonly #db: Queryable;
  readonly #kept = new Map<number, ReferenceProfile>();
  #asOf = 0;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** What may name a feature that was forgotten since is read anew. @returns how much is forgotten by now */
  async keepUp(): Promise<number> {
    const { generation } = await loadForgotten(this.#db);
    if (generation !== this.#asOf) this.#kept.clear();
    this.#asOf = generation;
    return generation;
  }

  /** What counts were counted on; null: on no baseline. */
  async of(id: number | null): Promise<ReferenceProfile | null> {
    if (id === null) return null;
    const known = this.#kept.get(id) ?? decodeReference(await loadBaselineProfile(this.#db, id));
    // Last in, last out.
    this.#kept.delete(id);
    remember(this.#kept, id, known, MOST_KEPT);
    return known;
  }
}
