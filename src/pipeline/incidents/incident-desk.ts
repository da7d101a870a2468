import type { ApiDeps } from '../../api/api-deps.ts';
import { removeAnnotation } from '../../store/alerts/annotations.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { expectChange, resolveByHand } from './close-incident.ts';
import { investigate } from './investigate.ts';

/** What people may say of an incident, as the API asks for it. */
export function incidentDesk(
  pool: Pool,
  catalog: ModelCatalog,
  timeZone = 'UTC',
): Pick<ApiDeps, 'incidents'> {
  return {
    incidents: {
      resolve: async (id, closing, nowMs) => await resolveByHand(pool, catalog, id, closing, nowMs),
      expect: async (id, closing, nowMs) => await expectChange(pool, catalog, id, closing, nowMs),
      investigate: async (id, nowMs) => await investigate(pool, id, { catalog, timeZone, nowMs }),
      removeAnnotation: async (id, by, nowMs) => await removeAnnotation(pool, id, by, nowMs),
    },
  };
}
