/** One feature's part in the seasonal comparison: what each window counts of it, on the grid of the whole reference. */
import type { Column } from '../../core/table.ts';
import { ByteWriter } from '../../stats/bytes.ts';
import { createFeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { FeatureReference } from '../../stats/profile/feature-reference.ts';
import { countColumn } from '../../stats/table/table-profile.ts';
import { describeColumn } from '../../stats/table/table-reference.ts';
import type { Cut, RowNumbers } from './cut.ts';

/** Encoded profiles, as they travel between threads; by slice and window. */
export interface ColumnSeason {
  readonly reference: FeatureReference;
  readonly before: readonly (readonly Uint8Array[])[];
  readonly now: readonly (readonly Uint8Array[])[];
}

/** Some rows of a side; null on the current side: the file does not have the column. */
export interface ColumnSides {
  readonly before: (rows: RowNumbers) => Column;
  readonly now: ((rows: RowNumbers) => Column) | null;
}

export function columnSeason({ before, now }: ColumnSides, { slices, season }: Cut): ColumnSeason | null {
  const whole = slices[0];
  if (season === null || whole === undefined) return null;
  const reference = describeColumn(before(null), whole.reference.count);
  return {
    reference,
    before: season.rows.map((windows) =>
      windows.map((rows) => counted(reference, before(rows), rows.length)),
    ),
    now: slices.map(({ current }) =>
      current.map(({ rows, count }) => counted(reference, now?.(rows) ?? null, count)),
    ),
  };
}

function counted(reference: FeatureReference, column: Column | null, rows: number): Uint8Array {
  const profile = createFeatureProfile(reference);
  countColumn(profile, column, rows);
  const writer = new ByteWriter();
  profile.encode(writer);
  return writer.finish();
}
