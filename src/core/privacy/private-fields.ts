import { createHmac } from 'node:crypto';
import { classLabel } from '../columns/class-label.ts';

export const PREDICTION_ID = 'prediction_id';

const HASHED_LENGTH = 22;

/** What of a model's rows is never kept, and what only as a hash. Holds a secret where no printing finds it. */
export class PrivateFields {
  readonly drop: ReadonlySet<string>;
  readonly hash: ReadonlySet<string>;
  readonly #key: string;

  constructor(drop: Iterable<string>, hash: Iterable<string>, key: string) {
    this.drop = new Set(drop);
    this.hash = new Set(hash);
    this.#key = key;
  }

  /**
   * The first 128 bits of HMAC-SHA256, in base64url: equal values stay equal, and without the key nobody can try out which
   * value it was. A number or a boolean is hashed as the text it is written as, so that `1`, `1.0` and `"1"` are equal. Cost: some µs.
   *
   * @example new PrivateFields([], ['mail'], 'k'.repeat(32)).hashed('ana@example.org') // '5wd4oHmcVYGxwiKwegfGX4'
   */
  hashed(value: string | number | boolean): string {
    const text = typeof value === 'string' ? value : classLabel(value);
    return createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, HASHED_LENGTH);
  }

  /** An id as it is kept. */
  id(given: string): string {
    return this.hash.has(PREDICTION_ID) ? this.hashed(given) : given;
  }

  /** For what was hashed when it was put aside: the same fields, but for those. */
  withHashed(names: readonly string[]): PrivateFields {
    const done = new Set(names);
    return new PrivateFields(
      this.drop,
      [...this.hash].filter((name) => !done.has(name)),
      this.#key,
    );
  }

  with({ drop, hash }: PrivateFields): PrivateFields {
    return new PrivateFields([...this.drop, ...drop], [...this.hash, ...hash], this.#key);
  }
}
