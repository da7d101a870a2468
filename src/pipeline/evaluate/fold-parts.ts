/** Stored counts of a window, added up by part, and the sums as they are stored. */
import type { Task } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { encodeRowSample } from '../../stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../stats/profile/rows/row-sample.ts';
import { sumRowSamples } from '../../stats/profile/rows/sum-row-samples.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { groupOf, isJudged } from '../../window/part-names.ts';
import { newInputs, newLabels, packInputs, readInputs, readLabels } from '../../window/part-profiles.ts';
import type { PartSum } from '../windows/sum-parts.ts';

export interface PartProfiles {
  readonly input: InputProfile;
  readonly labels: LabelProfile;
}

export function fold(
  parts: readonly StoredPart[],
  reference: ReferenceProfile | null,
  task: Task,
): Map<string, PartProfiles> {
  const folded = new Map<string, PartProfiles>();
  for (const part of parts) {
    let profiles = folded.get(part.segment);
    if (profiles === undefined) {
      profiles = {
        input: newInputs(part.segment, reference, task),
        labels: newLabels(part.segment, reference, task),
      };
      folded.set(part.segment, profiles);
    }
    const { segment, delta } = part;
    if (part.kind === 'input') takeIn(profiles.input, readInputs(segment, delta, reference, task));
    else takeIn(profiles.labels, readLabels(segment, delta, reference, task));
  }
  return folded;
}

/** `part` lends its memory to the next one. */
function takeIn<P extends { merge(other: P): void; release(): void }>(sum: P, part: P): void {
  sum.merge(part);
  part.release();
}

/** Null: no part of the window has a sample. */
export function foldRows(parts: readonly StoredPart[], reference: ReferenceProfile): RowSample | null {
  if (parts.length === 0) return null;
  const samples = parts.map(({ delta }) => delta);
  return sumRowSamples(samples, reference);
}

export function foldedParts(segment: string, folded: ReadonlyMap<string, PartProfiles>): PartSum[] {
  const profiles = folded.get(segment);
  if (profiles === undefined) return [];
  const { input, labels } = profiles;
  const parts: PartSum[] = [];
  // A hold-out has labels only.
  if (isJudged(segment) || groupOf(segment) !== null) {
    parts.push({ segment, kind: 'input', rows: input.rows, delta: packInputs(input) });
  }
  if (labels.labelled !== 0) {
    parts.push({ segment, kind: 'label', rows: labels.labelled, delta: labels.encode() });
  }
  return parts;
}

/** Of a window whose predictions are stored; enough to tell units and names by, once these are gone. */
const ROWS_BESIDE_STORED = 500;

/** @param stored how many rows are read beside the sample, from predictions that are kept: these need not lie in it again */
export function foldedSample(sample: RowSample | null, stored: number): PartSum[] {
  if (sample === null) return [];
  let kept = sample;
  if (stored >= sample.rows.length && sample.rows.length > ROWS_BESIDE_STORED) {
    kept = new RowSample(sample.reference, { capacity: ROWS_BESIDE_STORED });
    kept.merge(sample);
  }
  return [{ segment: WHOLE, kind: 'rows', rows: kept.rows.length, delta: encodeRowSample(kept) }];
}
