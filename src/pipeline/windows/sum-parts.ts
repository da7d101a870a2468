import type { Task } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { encodeRowSample } from '../../stats/profile/rows/row-sample-codec.ts';
import { sumRowSamples } from '../../stats/profile/rows/sum-row-samples.ts';
import type { UnreadablePart } from '../../store/windows/unreadable-parts.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { newInputs, newLabels, readInputs, readLabels } from '../../window/part-profiles.ts';
import { type StoredBaseline, threadBaselines } from './baseline-cache.ts';
import { sumReadable } from './readable-parts.ts';

/** What one segment gained of one kind, in all of some parts. */
export type PartSum = Omit<StoredPart, 'id'>;

export interface PartSums {
  readonly sums: readonly PartSum[];
  /** In none of them. */
  readonly unreadable: readonly UnreadablePart[];
}

/** Plain data: parts are summed in a thread too. */
export interface PartsToSum {
  readonly task: Task;
  readonly baseline: StoredBaseline | null;
  readonly parts: readonly StoredPart[];
}

/** What `sumParts` does, for a thread: it knows baselines as bytes. */
export function sumStoredParts({ task, baseline, parts }: PartsToSum): PartSums {
  return sumParts(parts, baseline === null ? null : threadBaselines.open(baseline).reference, task);
}

/** One part a segment and kind that holds what all of them hold that decode; their order does not matter. */
export function sumParts(
  parts: readonly StoredPart[],
  reference: ReferenceProfile | null,
  task: Task,
): PartSums {
  const sums: PartSum[] = [];
  const unreadable: UnreadablePart[] = [];
  for (const group of Map.groupBy(parts, ({ kind, segment }) => `${kind}\u0000${segment}`).values()) {
    const summed = sumReadable(group, reference, task, (each) => sumOf(each, reference, task));
    unreadable.push(...summed.unreadable);
    if (summed.sum !== null) sums.push(summed.sum);
  }
  return { sums, unreadable };
}

/** Of parts of one segment and kind; null: there are none. */
function sumOf(group: readonly StoredPart[], reference: ReferenceProfile | null, task: Task): PartSum | null {
  const [first] = group;
  if (first === undefined) return null;
  const { segment, kind } = first;
  const rows = group.reduce((sum, part) => sum + part.rows, 0);
  return { segment, kind, rows, delta: encodedSum(group, first, reference, task) };
}

function encodedSum(
  group: readonly StoredPart[],
  { segment, kind }: StoredPart,
  reference: ReferenceProfile | null,
  task: Task,
): Uint8Array {
  if (kind === 'label') {
    const sum = newLabels(segment, reference, task);
    for (const { delta } of group) {
      const part = readLabels(segment, delta, reference, task);
      sum.merge(part);
      part.release();
    }
    return encodedAtLast(sum);
  }
  if (kind === 'rows') {
    if (reference === null) throw new Error('rows, and no baseline to read them by');
    const deltas = group.map(({ delta }) => delta);
    return encodeRowSample(sumRowSamples(deltas, reference));
  }
  const sum = newInputs(segment, reference, task);
  for (const { delta } of group) {
    const part = readInputs(segment, delta, reference, task);
    sum.merge(part);
    part.release();
  }
  return encodedAtLast(sum);
}

function encodedAtLast(profile: InputProfile | LabelProfile): Uint8Array {
  const bytes = profile.encode();
  profile.release();
  return bytes;
}
