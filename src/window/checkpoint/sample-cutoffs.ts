import { lesserHash, type RowSample } from '../../stats/profile/rows/row-sample.ts';

/** Windows remembered: 8 bytes a row of their samples, so at most 32 MB. */
export const MOST_WINDOWS = 2_000;

interface StoredHashes {
  /** Of the rows stored, ascending; no more than the sample keeps. */
  readonly hashes: BigInt64Array;
  /** That of the samples' sum. */
  readonly cutoff: bigint | null;
}

/**
 * From which hash on a window's sample is known to want no more rows, because this process has stored that many with
 * smaller ones. Other processes may have stored more: what is known here is then too large, and rows are written that
 * the sum leaves out. It is never too small, and what is forgotten costs one sample written again, nothing else.
 */
export class SampleCutoffs {
  readonly #most: number;
  /** By window id; the one stored last at the end. */
  readonly #stored = new Map<number, StoredHashes>();

  constructor(most = MOST_WINDOWS) {
    this.#most = most;
  }

  /** Null: every row may still be wanted. */
  of(windowId: number): bigint | null {
    return this.#stored.get(windowId)?.cutoff ?? null;
  }

  /** These rows of a window are stored now. */
  note(windowId: number, sample: RowSample): void {
    const known = this.#stored.get(windowId) ?? { hashes: new BigInt64Array(), cutoff: null };
    this.#stored.delete(windowId);
    this.#stored.set(windowId, withRows(known, sample));
    const oldest = this.#stored.keys().next();
    if (this.#stored.size > this.#most && oldest.done !== true) this.#stored.delete(oldest.value);
  }

  /** The database is not where this process believed it to be. */
  forget(): void {
    this.#stored.clear();
  }
}

function withRows(known: StoredHashes, sample: RowSample): StoredHashes {
  const { capacity, rows } = sample;
  let hashes = new BigInt64Array(known.hashes.length + rows.length);
  hashes.set(known.hashes);
  hashes.set(
    rows.map(([hash]) => hash),
    known.hashes.length,
  );
  hashes = distinct(hashes.sort());
  let cutoff = lesserHash(known.cutoff, sample.cutoff);
  if (hashes.length > capacity) cutoff = lesserHash(cutoff, hashes[capacity] ?? null);
  return { hashes: cutoff === null ? hashes : hashes.slice(0, firstFrom(hashes, cutoff)), cutoff };
}

/** Of ascending hashes, each once. By halves, because reading 64 bits makes a bigint of them. */
function distinct(hashes: BigInt64Array): BigInt64Array<ArrayBuffer> {
  const halves = new Int32Array(hashes.buffer);
  let kept = 0;
  for (let i = 0; i < halves.length; i += 2) {
    if (i > 0 && halves[i] === halves[kept - 2] && halves[i + 1] === halves[kept - 1]) continue;
    halves[kept] = halves[i] ?? 0;
    halves[kept + 1] = halves[i + 1] ?? 0;
    kept += 2;
  }
  return new BigInt64Array(hashes.buffer as ArrayBuffer, 0, kept / 2);
}

/** The place of the first hash that is not below the cutoff. */
function firstFrom(hashes: BigInt64Array, cutoff: bigint): number {
  let [from, to] = [0, hashes.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((hashes[middle] ?? cutoff) < cutoff) from = middle + 1;
    else to = middle;
  }
  return from;
}
