/**
 * The k-th uniform number in [0, 1) of a seed, computed from k alone: nothing has to be remembered but how many were
 * used, so a run that is saved and resumed draws the same numbers. Two rounds of the MurmurHash3 finaliser (Appleby,
 * public domain). Not for secrets.
 *
 * @example numberedRandom(1, 0) // 0.2513085170648992
 */
export function numberedRandom(seed: number, k: number): number {
  const low = k % 2 ** 32;
  const high = Math.floor(k / 2 ** 32);
  const key = finalize((seed ^ 0x9e3779b9) + Math.imul(high, 0x85ebca6b));
  const mixed = finalize(finalize(key + low) + key);
  return (mixed >>> 0) / 2 ** 32;
}

function finalize(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
