import type { CountingKernel } from '../../../kernel/kernel.ts';
import { BATCH_ROWS, type BatchTarget } from './flat-columns.ts';
import type { InputProfile } from '../input-profile.ts';

const FIRST_TARGETS = 16;
/** Of a target in the kernel's memory: where its profile's addresses are, where its rows, how many. */
const WORDS = 3;

/** Which rows of a batch go into which profiles, and the same as the kernel reads it. */
export class FlatTargets {
  /** The first `used` of them are of this batch; the others lend their arrays to the next. */
  readonly all: BatchTarget[] = [];
  used = 0;
  readonly #kernel: CountingKernel;
  readonly #of = new Map<InputProfile, BatchTarget>();
  #table: Int32Array;
  /** Room for the numbers of as many targets. */
  left: Int32Array;

  constructor(kernel: CountingKernel) {
    this.#kernel = kernel;
    this.#table = kernel.int32(WORDS * FIRST_TARGETS);
    this.left = kernel.int32(FIRST_TARGETS);
  }

  /** Notes a row for a profile; profiles mostly come in the order they came in for the row before. */
  note(profile: InputProfile, order: number, row: number): void {
    let target = this.all[order];
    if (order >= this.used || target?.profile !== profile) target = this.#of.get(profile);
    target ??= this.#add(profile);
    target.rows[target.count++] = row;
  }

  #add(profile: InputProfile): BatchTarget {
    let target = this.all[this.used];
    if (target === undefined) {
      target = { profile, rows: this.#kernel.uint16(BATCH_ROWS), count: 0 };
      this.all.push(target);
    }
    target.profile = profile;
    this.#of.set(profile, target);
    this.used += 1;
    return target;
  }

  /** Where the kernel finds them, as they are now. */
  describe(): number {
    if (this.used > this.left.length) {
      const room = 2 * this.used;
      this.#table = this.#kernel.int32(WORDS * room);
      this.left = this.#kernel.int32(room);
    }
    for (let t = 0; t < this.used; t++) {
      const { profile = null, rows, count = 0 } = this.all[t] ?? {};
      this.#table[WORDS * t] = profile?.addressesIn(this.#kernel)?.byteOffset ?? 0;
      this.#table[WORDS * t + 1] = rows?.byteOffset ?? 0;
      this.#table[WORDS * t + 2] = count;
    }
    return this.#table.byteOffset;
  }

  /** Profiles are let go, so that closed windows are not kept alive. */
  clear(): void {
    for (let t = 0; t < this.used; t++) {
      const target = this.all[t];
      if (target === undefined) continue;
      target.profile = null;
      target.count = 0;
    }
    this.#of.clear();
    this.used = 0;
  }
}
