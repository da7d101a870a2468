import type { FeatureKind } from '../../../core/table.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import { CELLS, severityNow } from '../../history/measured.ts';
import type { WindowInspection } from '../../rows/inspection.ts';
import type { MeasuredCells } from './feature-windows.ts';

/** A feature of a window whose comparisons are kept no longer. */
export type MeasuredInWindow = Omit<WindowInspection['features'][number], 'effect' | 'bins' | 'kind'> &
  Omit<MeasuredCells, 'kind'> & { readonly kind: FeatureKind };

/** The gravest first, as comparisons are told: faulty ones, then those that moved, by how far. */
export async function listMeasuredFeatures(db: Queryable, windowId: string): Promise<MeasuredInWindow[]> {
  return await select<MeasuredInWindow>(
    db,
    `select m.name, m.kind, m.status, ${severityNow('m.severity')} as severity, m.drifted, m.reason, m.faults, m.psi, m.q_value, m.ks, m.overdispersion, ${CELLS} as cells,
       json_build_object('reference', m.missing_reference, 'current', m.missing_current) as missing
     from measurement m where m.window_id = $1 and m.series = 'closed' and m.segment = '' and m.subject = 'feature'
     order by (m.status = 'fault') desc, m.drifted desc, m.psi desc nulls last, m.name`,
    [windowId],
  );
}
