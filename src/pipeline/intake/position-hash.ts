import type { SourcePosition } from '../../core/events/events.ts';
import { hashIdBytes, toBigint } from '../../core/ids/id-hash.ts';

const HASH_BYTES = 8;
const TWO_32 = 2 ** 32;

/**
 * Stands for the hash of an id where a row has none: the id hash of sixteen bytes, of which the first eight are the hash
 * of source and partition and the others the offset, little-endian. Rows of a log differ in the offset only, so a row
 * costs one round of the hash and no text.
 */
export class PositionHash {
  #source: string | null = null;
  #partition = 0;
  readonly #halves = new Int32Array(4);
  readonly #bytes = new Uint8Array(this.#halves.buffer);

  /** `into[0]` gets the low half, `into[1]` the high one, both signed. */
  of({ source, partition, offset }: SourcePosition, into: Int32Array): void {
    if (source !== this.#source || partition !== this.#partition) {
      const log = Buffer.from(`${source}\u0000${partition}`);
      hashIdBytes(log, 0, log.length, this.#halves);
      this.#source = source;
      this.#partition = partition;
    }
    const small = Number(offset);
    if (Number.isSafeInteger(small)) {
      this.#halves[2] = small;
      this.#halves[3] = Math.floor(small / TWO_32);
    } else {
      this.#halves[2] = Number(BigInt.asIntN(32, offset));
      this.#halves[3] = Number(BigInt.asIntN(32, offset >> 32n));
    }
    hashIdBytes(this.#bytes, 0, 2 * HASH_BYTES, into);
  }
}

const shared = new PositionHash();
const halves = new Int32Array(2);

/** The same as one number. */
export function positionHash(position: SourcePosition): bigint {
  shared.of(position, halves);
  return toBigint(halves[1] ?? 0, halves[0] ?? 0);
}
