import type { Inspections } from '../../api/inspections.ts';
import type { FeatureValue } from '../../core/events/events.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { PrivateFields } from '../../core/privacy/private-fields.ts';
import { fail, ok } from '../../core/result.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { findInspectedWindow } from '../../store/read-models/screens/feature-windows.ts';
import type { WindowSample } from '../../store/rows/inspection.ts';
import type { BaselineReferences } from '../history/baseline-references.ts';
import { loadMembers } from './member-sample.ts';

const MOST_ROWS = 100;
/** As `PrivateFields` makes them. */
const HASHED = /^[\w-]{22}$/;

/**
 * Some rows of a window as they are kept: those of the smallest ids, whatever is in them. Fields that are private were dropped or
 * hashed before they were kept; of what was kept before it became private nothing is shown as it is.
 */
export async function readWindowSample(
  pool: Pool,
  references: BaselineReferences,
  specOf: (model: string) => ModelSpec | null,
  id: string,
): ReturnType<Inspections['sample']> {
  const window = await findInspectedWindow(pool, id);
  if (window === null) return fail({ reason: 'not_found', detail: `There is no window ${id}.` });
  await references.keepUp();
  const reference = await references.of(window.baseline);
  const spec = specOf(window.model);
  const fields = spec?.privateFields;
  const names = (reference?.features ?? [])
    .map(({ name }) => name)
    .filter((name) => fields?.drop.has(name) !== true);
  const members = await loadMembers(pool, window, { spec, reference, most: MOST_ROWS });
  const rows = members.map(
    ({ features, prediction, score, label, timestampMs }): WindowSample['rows'][number] => ({
      at: Number.isFinite(timestampMs) ? new Date(timestampMs).toISOString() : null,
      prediction,
      score,
      label,
      values: names.map((name) => shownValue(name, features.get(name), fields)),
    }),
  );
  return ok({
    window_id: id,
    personal_data: true,
    note: rows.length > 0 ? null : noteOf(reference === null, window.counts_kept),
    features: names,
    rows,
  });
}

function noteOf(hasNoBaseline: boolean, areCountsKept: boolean): string {
  if (hasNoBaseline) return 'There was no baseline when this window opened, and so no rows of it were kept.';
  return areCountsKept ? 'No rows of this window are kept.' : 'The rows of this window are kept no longer.';
}

function shownValue(
  name: string,
  value: FeatureValue | undefined,
  fields: PrivateFields | undefined,
): string | number | boolean | null {
  if (value === undefined || value === null || typeof value === 'symbol') return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (fields?.hash.has(name) !== true) return value;
  return typeof value === 'string' && HASHED.test(value) ? value : fields.hashed(value);
}
