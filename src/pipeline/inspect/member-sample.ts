import type { ModelSpec } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { sumRowSamples } from '../../stats/profile/rows/sum-row-samples.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { InspectedWindow } from '../../store/read-models/screens/feature-windows.ts';
import { loadPartsOf } from '../../store/windows/window-parts.ts';
import { WHOLE } from '../../window/part-names.ts';
import { loadRowSample } from '../predictions/load-row-sample.ts';
import { type MemberRow, memberRows } from '../predictions/member-rows.ts';
import { sumReadable } from '../windows/readable-parts.ts';

/** Rows that stand for a window: kept predictions, with their labels where `areLabelled`, and its own sample. */
export async function loadMembers(
  pool: Pool,
  window: InspectedWindow,
  {
    spec,
    reference,
    most,
  }: {
    readonly spec: Pick<ModelSpec, 'storePredictions' | 'featuresFrom'> | null;
    readonly reference: ReferenceProfile | null;
    readonly most: number;
  },
): Promise<MemberRow[]> {
  if (reference === null) return [];
  const times = { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
  const stored =
    spec?.storePredictions === false
      ? { rows: [], chunks: new Map<number, Uint8Array>() }
      : await loadRowSample(pool, { modelVersionId: window.versionId, ...times }, most, {
          featuresApart: spec?.featuresFrom === 'features',
          labelledFirst: false,
        });
  const parts = await loadPartsOf(pool, [window.id], { segment: WHOLE, kind: 'rows' });
  const { sum } = sumReadable(parts, reference, window.task, (some) =>
    some.length === 0
      ? null
      : sumRowSamples(
          some.map(({ delta }) => delta),
          reference,
        ),
  );
  return memberRows(stored, sum).slice(0, most);
}
