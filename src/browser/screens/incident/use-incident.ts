import type { Investigation } from '../../../store/rows/investigations.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { type Asked, useApi } from '../../data/use-api.ts';

/** All that is to be seen of an incident: one answer. */
export function useIncident(id: string): Asked<Investigation> {
  return useApi<Investigation>(apiUrl(`/alerts/${encodeURIComponent(id)}/investigation`));
}

/** The command that prints the answer that the screen is made of, as `investigation`. */
export function incidentCommand(id: string): string {
  return `shiftwatch alert show ${id} --json`;
}
