import { boundedMessage } from '../../core/errors.ts';
import type { Task } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { sumRowSamples } from '../../stats/profile/rows/sum-row-samples.ts';
import type { UnreadablePart } from '../../store/windows/unreadable-parts.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { readInputs, readLabels } from '../../window/part-profiles.ts';

export interface Summed<T> {
  readonly sum: T;
  readonly unreadable: readonly UnreadablePart[];
}

/**
 * Adds up parts. Where that fails because some of them do not decode (a newer version wrote them, or a disk lied), the
 * others are added up without them. Looked for only then: reading each part once more costs as much as the sum.
 */
export function sumReadable<T>(
  parts: readonly StoredPart[],
  reference: ReferenceProfile | null,
  task: Task,
  sumOf: (parts: readonly StoredPart[]) => T,
): Summed<T> {
  try {
    return { sum: sumOf(parts), unreadable: [] };
  } catch (error) {
    const unreadable = parts.flatMap((part) => {
      const trouble = troubleOf(part, reference, task);
      return trouble === null
        ? []
        : [{ id: part.id, segment: part.segment, kind: part.kind, error: trouble }];
    });
    // Each can be read: it is something else.
    if (unreadable.length === 0) throw error;
    const out = new Set(unreadable.map(({ id }) => id));
    return { sum: sumOf(parts.filter(({ id }) => !out.has(id))), unreadable };
  }
}

/** Null: it decodes. */
function troubleOf(
  { kind, segment, delta }: StoredPart,
  reference: ReferenceProfile | null,
  task: Task,
): string | null {
  try {
    if (kind === 'input') readInputs(segment, delta, reference, task);
    else if (kind === 'label') readLabels(segment, delta, reference, task);
    else if (reference === null) return 'rows, and no baseline to read them by';
    else sumRowSamples([delta], reference);
    return null;
  } catch (error) {
    return boundedMessage(error);
  }
}
