import { BoundedCounts } from '../bounded-counts.ts';
import type { ByteReader } from '../bytes.ts';
import type { ColumnSlot, ReferenceProfile } from './feature-reference.ts';

/**
 * Columns of a baseline that are forgotten. What is stored of windows goes by the place of a column, so the place stays, and says
 * nothing: neither name nor counts. Whoever reads older bytes by such a baseline passes over what they hold there, so they may be rewritten
 * at any time, in any order; and who still knows the column reads the place as one in which nothing was counted.
 */

/** In place of the mark over what a column was counted on, which has 32 bits. */
export const FORGOTTEN_COLUMN = 2 ** 32;

/** How columns lie in stored bytes. */
export function slotsOf({ slots, features }: ReferenceProfile): readonly ColumnSlot[] {
  return slots ?? features.map(() => 'kept');
}

/** The same object where the baseline does not have it. */
export function withoutFeature(reference: ReferenceProfile, name: string): ReferenceProfile {
  const kept = reference.features.filter((feature) => feature.name !== name);
  if (kept.length === reference.features.length) return reference;
  const features = reference.features.values();
  const slots = slotsOf(reference).map((slot): ColumnSlot => {
    const feature = slot === 'kept' ? features.next().value : undefined;
    if (feature === undefined || feature.name !== name) return slot;
    return feature.kind === 'numeric' ? 'numeric' : 'levels';
  });
  return { ...reference, features: kept, slots };
}

/** Passes over what was counted of a column before it was forgotten. */
export function skipColumn(
  reader: ByteReader,
  slot: ColumnSlot,
  mostNewLevels: number,
  hasGapSums: boolean,
): void {
  if (reader.unsigned() === FORGOTTEN_COLUMN) return;
  for (let i = 0; i < 3; i++) reader.signed();
  skipSparse(reader);
  if (slot === 'levels') {
    BoundedCounts.decode(reader, mostNewLevels);
    return;
  }
  const gaps = skipSparse(reader);
  const form = hasGapSums ? reader.unsigned() : 0;
  if (form === 0) skipSums(reader);
  else for (let i = 0; i < gaps; i++) reader.signed();
  skipSums(reader);
}

/** @returns how many there were */
function skipSparse(reader: ByteReader): number {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) {
    reader.unsigned();
    reader.signed();
  }
  return count;
}

function skipSums(reader: ByteReader): void {
  const count = reader.count(9);
  for (let i = 0; i < count; i++) {
    const hasRest = reader.unsigned() % 2 === 1;
    reader.float();
    if (hasRest) reader.float();
  }
}
