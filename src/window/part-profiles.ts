import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Task } from '../core/model.ts';
import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';
import { InputProfile } from '../stats/profile/input-profile.ts';
import { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';
import { SEGMENT_SCORE_POINTS, WHOLE_SCORE_POINTS } from '../stats/profile/outcomes/score-grid.ts';
import { groupOf, holdoutName, WHOLE } from './part-names.ts';

/** What a window's parts are counted on, and so read by: which of the baseline's counts a part of this name has. */
export function newInputs(part: string, reference: ReferenceProfile | null, task: Task): InputProfile {
  return new InputProfile(inputsOf(part, reference), task);
}

export function readInputs(
  part: string,
  delta: Uint8Array,
  reference: ReferenceProfile | null,
  task: Task,
): InputProfile {
  return InputProfile.decode(unpacked(delta), inputsOf(part, reference), task);
}

/** What begins otherwise is a profile as it is: no format of profiles has this number. */
const PACKED = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
/** Larger than any sum of counts: what would unpack to more is damaged. */
const MOST_BYTES = 2 ** 26;

/** Of a window that has closed, by Zstandard: a quarter less. What is counted meanwhile is too small and too short-lived for it. */
export function packInputs(profile: InputProfile): Uint8Array {
  return packEncoded(profile.encode());
}

/** The same of one that is encoded. */
export function packEncoded(inputs: Uint8Array): Uint8Array {
  return zstdCompressSync(inputs);
}

/** The counts of a part after a change, as they were stored; null: it changes nothing. */
export function changedInputs(
  { segment, delta }: { readonly segment: string; readonly delta: Uint8Array },
  reference: ReferenceProfile | null,
  task: Task,
  change: (profile: InputProfile) => void,
): Uint8Array | null {
  const before = unpacked(delta);
  const profile = InputProfile.decode(before, inputsOf(segment, reference), task);
  change(profile);
  const after = profile.encode();
  profile.release();
  if (Buffer.from(after).equals(before)) return null;
  return before === delta ? after : zstdCompressSync(after);
}

function unpacked(delta: Uint8Array): Uint8Array {
  return PACKED.equals(delta.subarray(0, PACKED.length))
    ? zstdDecompressSync(delta, { maxOutputLength: MOST_BYTES })
    : delta;
}

export function newLabels(part: string, reference: ReferenceProfile | null, task: Task): LabelProfile {
  return new LabelProfile(reference, task, scorePoints(part));
}

export function readLabels(
  part: string,
  delta: Uint8Array,
  reference: ReferenceProfile | null,
  task: Task,
): LabelProfile {
  return LabelProfile.decode(delta, reference, task, scorePoints(part));
}

/** The hold-out's counts are taken from those of all rows, so both stand on one grid. */
function scorePoints(part: string): number {
  return part === WHOLE || part === holdoutName(WHOLE) ? WHOLE_SCORE_POINTS : SEGMENT_SCORE_POINTS;
}

const withoutFeatures = new WeakMap<ReferenceProfile, ReferenceProfile>();

/** Of a group only the predictions are counted: its features are nobody's question. */
function inputsOf(part: string, reference: ReferenceProfile | null): ReferenceProfile | null {
  if (reference === null || groupOf(part) === null) return reference;
  let bare = withoutFeatures.get(reference);
  if (bare === undefined) {
    bare = { ...reference, features: [], slots: [] };
    withoutFeatures.set(reference, bare);
  }
  return bare;
}
