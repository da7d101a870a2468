import { mutate } from 'swr';
import type { AlertRow } from '../../../store/rows/alerts.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { apiUrl, send } from '../../data/fetch-json.ts';
import { type Asked, useApi } from '../../data/use-api.ts';

/** All that is to be seen of an incident: one answer. */
export function useIncident(id: string): Asked<Investigation> {
  return useApi<Investigation>(investigationUrl(id));
}

function investigationUrl(id: string): string {
  return apiUrl(`/alerts/${encodeURIComponent(id)}/investigation`);
}

/** Sends what somebody does about an incident, and shows what the answer says of it before all else is asked anew. */
export async function sendDeed(
  method: 'POST' | 'DELETE',
  { id }: Pick<AlertRow, 'id'>,
  deed: string,
  body?: object,
): Promise<void> {
  const alert = await send<AlertRow>(method, `/alerts/${id}/${deed}`, body);
  await mutate<Investigation>(investigationUrl(id), (shown) => shown && { ...shown, alert }, {
    revalidate: false,
  });
}

/** The command that prints the answer that the screen is made of, as `investigation`. */
export function incidentCommand(id: string): string {
  return `shiftwatch alert show ${id} --json`;
}
