import type { Task } from '../../../core/model.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { ReferenceProfile } from '../../../stats/profile/feature-reference.ts';
import { decodeRowSample, encodeRowSample } from '../../../stats/profile/rows/row-sample-codec.ts';
import type { RowSample } from '../../../stats/profile/rows/row-sample.ts';
import { changedInputs } from '../../../window/part-profiles.ts';
import type { ForgottenWords } from './forgotten-words.ts';

/** Counts, or a sample of rows, as they are stored of a window or of more. */
interface StoredProfile {
  readonly kind: 'input' | 'rows';
  readonly segment: string;
  readonly delta: Uint8Array;
}

/**
 * What is stored without one feature; null: it says nothing of it. Throws on what does not decode.
 *
 * @param reference the baseline it was counted on, which the feature is taken out of already
 */
function withoutForgotten(
  part: StoredProfile,
  { reference, task }: { readonly reference: ReferenceProfile | null; readonly task: Task },
  words: ForgottenWords,
): Uint8Array | null {
  if (part.kind === 'input') {
    return changedInputs(part, reference, task, (profile) => profile.forget(words.name));
  }
  if (reference === null) return null;
  const sample = decodeRowSample(part.delta, reference, null);
  renameSegments(sample, words);
  const bytes = encodeRowSample(sample);
  return Buffer.from(bytes).equals(part.delta) ? null : bytes;
}

function renameSegments(sample: RowSample, words: ForgottenWords): void {
  for (const [hash, row] of sample.rows) {
    const { predicted } = row;
    if (predicted === null || predicted.segments.every((each) => words.segment(each) === null)) continue;
    const segments = predicted.segments.map((each) => words.segment(each) ?? each);
    sample.remove(hash);
    sample.put(hash, { ...row, predicted: { ...predicted, segments } });
  }
}

/** The same, and what does not decode as a value. */
export function rewrittenPart(
  part: StoredProfile,
  reference: Result<ReferenceProfile | null, unknown>,
  task: Task,
  words: ForgottenWords,
): Result<Uint8Array | null, unknown> {
  if (!reference.ok) return reference;
  try {
    return ok(withoutForgotten(part, { reference: reference.value, task }, words));
  } catch (error) {
    return fail(error);
  }
}
