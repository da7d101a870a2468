import { loadBaseline, type SharedBaseline } from '../../store/evaluation/baselines.ts';
import type { Pool } from '../../store/connection/pool.ts';

/** Of all that are remembered. */
const MOST_BYTES = 32 * 2 ** 20;

/**
 * Baselines as they are stored, remembered: windows of one model come all the time, and a baseline of ten thousand rows
 * and fifty columns is four megabytes, for which the driver takes forty. What is stored of a baseline changes only when a feature is forgotten.
 */
export class StoredBaselines {
  readonly #kept = new Map<number, { readonly loaded: Promise<SharedBaseline>; bytes: number }>();
  readonly #pool: Pool;
  readonly #mostBytes: number;
  #bytes = 0;
  #asOf = 0;

  constructor(pool: Pool, mostBytes: number = MOST_BYTES) {
    this.#pool = pool;
    this.#mostBytes = mostBytes;
  }

  /** Threads are given the memory itself, not a copy. */
  async load(id: number, asOf = this.#asOf): Promise<SharedBaseline> {
    if (asOf !== this.#asOf) {
      this.#kept.clear();
      this.#bytes = 0;
      this.#asOf = asOf;
    }
    const known = this.#kept.get(id);
    if (known !== undefined) {
      // Last in, last out.
      this.#kept.delete(id);
      this.#kept.set(id, known);
      return await known.loaded;
    }
    const entry = { loaded: loadBaseline(this.#pool, id), bytes: 0 };
    this.#kept.set(id, entry);
    try {
      const { profile, sample } = await entry.loaded;
      // Others that were loaded meanwhile may have taken its place already.
      if (this.#kept.get(id) === entry) {
        entry.bytes = profile.length + (sample?.length ?? 0);
        this.#bytes += entry.bytes;
      }
    } catch (error) {
      // A failed look-up is not remembered.
      this.#kept.delete(id);
      throw error;
    }
    this.#forgetOldest(id);
    return await entry.loaded;
  }

  #forgetOldest(newest: number): void {
    for (const [id, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return;
      if (id === newest) continue;
      this.#kept.delete(id);
      this.#bytes -= bytes;
    }
  }
}
