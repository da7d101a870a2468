import type { Task } from '../core/model.ts';
import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';
import { encodeRowSample } from '../stats/profile/row-sample-codec.ts';
import { sumRowSamples } from '../stats/profile/sum-row-samples.ts';
import type { PartKind } from '../store/window-parts.ts';
import { newInputs, newLabels, readInputs, readLabels } from '../window/part-profiles.ts';
import { type StoredBaseline, threadBaselines } from './baseline-cache.ts';

/** A part of a window's content, or a sum of some: what one segment gained of one kind. */
export interface WindowPart {
  readonly segment: string;
  readonly kind: PartKind;
  readonly rows: number;
  readonly delta: Uint8Array;
}

/** Plain data: parts are summed in a thread too. */
export interface PartsToSum {
  readonly task: Task;
  readonly baseline: StoredBaseline | null;
  readonly parts: readonly WindowPart[];
}

/** What `sumParts` does, for a thread: it knows baselines as bytes. */
export function sumWindowParts({ task, baseline, parts }: PartsToSum): WindowPart[] {
  return sumParts(parts, baseline === null ? null : threadBaselines.open(baseline).reference, task);
}

/** One part a segment and kind that holds what all of them hold; their order does not matter. */
export function sumParts(
  parts: readonly WindowPart[],
  reference: ReferenceProfile | null,
  task: Task,
): WindowPart[] {
  const groups = Map.groupBy(parts, ({ kind, segment }) => `${kind}\u0000${segment}`);
  return [...groups.values()].flatMap((group): WindowPart[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { segment, kind } = first;
    const rows = group.reduce((sum, part) => sum + part.rows, 0);
    return [{ segment, kind, rows, delta: sumOf(group, first, reference, task) }];
  });
}

function sumOf(
  group: readonly WindowPart[],
  { segment, kind }: WindowPart,
  reference: ReferenceProfile | null,
  task: Task,
): Uint8Array {
  if (kind === 'label') {
    const sum = newLabels(segment, reference, task);
    for (const { delta } of group) sum.merge(readLabels(segment, delta, reference, task));
    return sum.encode();
  }
  if (kind === 'rows') {
    if (reference === null) throw new Error('a window has a sample of rows and no baseline to read it by');
    return encodeRowSample(
      sumRowSamples(
        group.map(({ delta }) => delta),
        reference,
      ),
    );
  }
  const sum = newInputs(segment, reference, task);
  for (const { delta } of group) sum.merge(readInputs(segment, delta, reference, task));
  return sum.encode();
}
