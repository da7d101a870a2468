import { createHash } from 'node:crypto';

export interface HoldoutDraw {
  /** From 0 (nobody) to 1 (everybody); 0.05. */
  readonly share?: number;
  /** Another draws others. */
  readonly salt?: string;
}

/**
 * Whether a prediction is of the hold-out: nobody acts on it, so that its label is not the model's own doing. The first
 * 8 bytes of SHA-256 of `salt + "\0" + id` in UTF-8, read as a big-endian number, below `share` of 2^64: the same answer
 * in every process and language.
 *
 * @param id what the decision is drawn by: the prediction's id, or a customer's, who then is of it every time
 * @example inHoldout('a1', { share: 1 }) // true
 */
export function inHoldout(
  id: string | number | bigint,
  { share = 0.05, salt = '' }: HoldoutDraw = {},
): boolean {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share: ${share} is not from 0 to 1`);
  const drawn = createHash('sha256')
    .update(`${salt}\0${String(id)}`)
    .digest()
    .readBigUInt64BE(0);
  // Compared exactly: as a double the draw would be rounded.
  return drawn < BigInt(Math.ceil(share * 2 ** 64));
}
