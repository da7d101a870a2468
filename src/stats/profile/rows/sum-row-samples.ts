import type { ReferenceProfile } from '../feature-reference.ts';
import { decodeRowSample } from './row-sample-codec.ts';
import { RowSample } from './row-sample.ts';

/** The sum of stored samples. One is in memory at a time, and of it only the rows that the sum so far still wants. */
export function sumRowSamples(encoded: readonly Uint8Array[], reference: ReferenceProfile): RowSample {
  const sum = new RowSample(reference);
  for (const bytes of encoded) sum.merge(decodeRowSample(bytes, reference, sum.cutoff));
  return sum;
}
