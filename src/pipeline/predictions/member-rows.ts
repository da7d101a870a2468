import type { Features } from '../../core/events/events.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { RowSample } from '../../stats/profile/rows/row-sample.ts';
import type { StoredSample } from '../../store/predictions/row-samples.ts';
import { rowsOfChunk } from '../../window/feature-chunk.ts';
import type { SampleRow } from '../../window/sample-table.ts';

/** A row of a window, and the segments it belongs to. */
export interface MemberRow extends SampleRow {
  readonly segments: readonly string[];
}

const NO_FEATURES: Features = new Map();

/**
 * The rows that stand for a window: predictions that were kept, with their labels, and the window's own sample. Whether
 * a row is in either depends on nothing but its id, so both together are as fair a sample as each.
 */
export function memberRows(stored: StoredSample, sample: RowSample | null): MemberRow[] {
  const taken = new Set(stored.rows.map(({ idHash }) => idHash));
  return [...storedRows(stored), ...sampledRows(sample, taken)];
}

function storedRows({ rows, chunks }: StoredSample): MemberRow[] {
  const opened = new Map([...chunks].map(([id, data]) => [id, rowsOfChunk(data)]));
  return rows.map(({ chunkId, chunkRow, ...row }) => ({
    ...row,
    features:
      (chunkId === null || chunkRow === null ? undefined : opened.get(chunkId)?.(chunkRow)) ?? NO_FEATURES,
  }));
}

function sampledRows(sample: RowSample | null, taken: ReadonlySet<bigint>): MemberRow[] {
  if (sample === null) return [];
  return sample.rows.flatMap(([hash, { values, predicted }]) => {
    // A prediction whose features are logged apart and have not come would look like one whose features are missing.
    if (values === null || taken.has(hash)) return [];
    return {
      features: namedValues(sample.reference, values),
      prediction: predicted?.prediction ?? null,
      score: predicted?.score ?? null,
      label: null,
      holdout: false,
      segments: predicted?.segments ?? [],
      probabilities: predicted?.probabilities ?? null,
      timestampMs: predicted?.atMs ?? Number.NaN,
    };
  });
}

function namedValues(
  { features }: ReferenceProfile,
  values: readonly (ReturnType<Features['get']> | undefined)[],
): Features {
  return new Map(
    features.flatMap(({ name }, i) => {
      const value = values[i];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
