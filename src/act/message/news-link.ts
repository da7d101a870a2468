import type { Notification } from '../../core/jobs.ts';

/** The page of an incident. Null: nobody knows where pages can be reached. */
export function incidentUrl(publicUrl: string | null, incidentId: string): string | null {
  return publicUrl === null ? null : `${publicUrl}/incidents/${encodeURIComponent(incidentId)}`;
}

/** Where a message leads: of an incident to it, of all else to the first page. */
export function newsUrl(
  publicUrl: string | null,
  { about, incidentId }: Pick<Notification, 'about' | 'incidentId'>,
): string | null {
  return about === 'incident' ? incidentUrl(publicUrl, incidentId) : publicUrl;
}
