import type { ApiDeps } from '../../api/api-deps.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { createSilence, expireSilence } from '../../store/alerts/silences.ts';
import { acknowledgeAlert, snoozeAlert, unacknowledgeAlert, unsnoozeAlert } from './attend-alerts.ts';
import { currentHolds } from './current-holds.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

/** What people may do about alerts, as the API asks for it. */
export function alertDesks(
  pool: Pool,
  catalog: ModelCatalog,
): Pick<ApiDeps, 'silences' | 'attention' | 'currentHolds'> {
  return {
    silences: {
      create: async (silence, nowMs) => await createSilence(pool, silence, nowMs),
      expire: async (id, by, nowMs) => await expireSilence(pool, id, by, nowMs),
    },
    attention: {
      acknowledge: async (id, attention, nowMs) => await acknowledgeAlert(pool, id, attention, nowMs),
      unacknowledge: async (id, nowMs) => await unacknowledgeAlert(pool, id, nowMs),
      snooze: async (id, attention, nowMs) => await snoozeAlert(pool, id, attention, nowMs),
      unsnooze: async (id, nowMs) => await unsnoozeAlert(pool, id, nowMs),
    },
    currentHolds: async (nowMs) =>
      await currentHolds(pool, (model) => catalog.model(model)?.spec.alerts.mute ?? [], nowMs),
  };
}
