import type { ModelSpec } from '../core/model.ts';

/**
 * Whether a row of this id is kept beside the counts. Of a sampled model, the ids whose hash falls below the share:
 * the same ones in every process and after every restart, so that a label is known to have its prediction or not.
 */
export function isKept(model: Pick<ModelSpec, 'storePredictions' | 'sampling'>, idHash: bigint): boolean {
  return isKeptByLow(model, Number(BigInt.asIntN(32, idHash)));
}

/** Whether every row is kept: then no id has to be hashed to be told. */
export function isEachKept({
  storePredictions,
  sampling,
}: Pick<ModelSpec, 'storePredictions' | 'sampling'>): boolean {
  return storePredictions && (sampling ?? 1) >= 1;
}

/** `isKept` by the low half of the hash. */
export function isKeptByLow(model: Pick<ModelSpec, 'storePredictions' | 'sampling'>, low: number): boolean {
  if (!model.storePredictions) return false;
  const share = model.sampling ?? 1;
  // The lowest bits: the highest order the row samples, and would let only their beginning through.
  return share >= 1 || low >>> 0 < share * 2 ** 32;
}
