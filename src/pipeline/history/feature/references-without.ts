import { fail, ok, type Result } from '../../../core/result.ts';
import type { ReferenceProfile } from '../../../stats/profile/feature-reference.ts';
import { withoutFeature } from '../../../stats/profile/forgotten-columns.ts';
import { decodeReference } from '../../../stats/profile/reference-codec.ts';
import type { Pool } from '../../../store/connection/pool.ts';
import { loadBaselineProfile } from '../../../store/evaluation/baselines.ts';

const MOST_REFERENCES = 20;

/** Baselines without the feature, the last few of them. */
export class ReferencesWithout {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #known = new Map<number, Result<ReferenceProfile, unknown>>();

  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.#name = name;
  }

  async of(baselineId: number | null): Promise<Result<ReferenceProfile | null, unknown>> {
    if (baselineId === null) return ok(null);
    const known = this.#known.get(baselineId);
    if (known !== undefined) return known;
    const reference = this.#read(await loadBaselineProfile(this.#pool, baselineId));
    if (this.#known.size >= MOST_REFERENCES) this.#known.clear();
    this.#known.set(baselineId, reference);
    return reference;
  }

  #read(profile: Uint8Array): Result<ReferenceProfile, unknown> {
    try {
      return ok(withoutFeature(decodeReference(profile), this.#name));
    } catch (error) {
      return fail(error);
    }
  }
}
