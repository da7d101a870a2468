/** What healthy windows look like: those the training data is made of, where its rows have times. */
import { referenceWindowsOf, storedWindows } from '../../compare/overdispersion.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { OwnWindows, Table } from '../../core/table.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { windowsThatTell } from '../../stats/significance/overdispersion.ts';
import { takeRows } from '../../stats/table/sample-rows.ts';
import { profileTable } from '../../stats/table/table-profile.ts';
import { windowStart } from '../../window/window-range.ts';

/**
 * The table cut into windows of each length that the model has, as `compare` cuts its reference, counted on the grid that
 * windows will be counted on. Empty where there are no times, or fewer than seven windows. Windows of so many rows have
 * no length.
 */
export function ownWindows(
  table: Table,
  reference: ReferenceProfile,
  { windows }: Pick<ModelSpec, 'windows'>,
): ReadonlyMap<number, OwnWindows> {
  const { timestampMs } = table;
  if (timestampMs === null) return new Map();
  const lengths = new Set(windows.flatMap(({ sizeMs, rows }) => (rows === undefined ? [sizeMs] : [])));
  return new Map(
    [...lengths].flatMap((sizeMs): [number, OwnWindows][] => {
      const chosen = windowsThatTell(rowsByWindow(timestampMs, sizeMs));
      if (chosen.length === 0) return [];
      const counted = chosen.map(({ rows }) => {
        const { input, labels } = profileTable(takeRows(table, rows), reference);
        return { input, labels: table.label === null ? null : labels };
      });
      return [
        [
          sizeMs,
          storedWindows(
            referenceWindowsOf(counted),
            chosen.map(({ startMs }) => startMs),
          ),
        ],
      ];
    }),
  );
}

/** In order of time; rows without a time are in none. */
function rowsByWindow(
  timestampMs: Float64Array,
  sizeMs: number,
): { readonly startMs: number; readonly rows: Int32Array }[] {
  const rowsOf = new Map<number, number[]>();
  for (const [row, ms] of timestampMs.entries()) {
    if (!Number.isFinite(ms)) continue;
    const start = windowStart(ms, sizeMs);
    const rows = rowsOf.get(start);
    if (rows === undefined) rowsOf.set(start, [row]);
    else rows.push(row);
  }
  return [...rowsOf]
    .sort(([a], [b]) => a - b)
    .map(([startMs, rows]) => ({ startMs, rows: Int32Array.from(rows) }));
}
