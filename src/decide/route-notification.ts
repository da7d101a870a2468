import type { Consequence, Urgency } from '../core/alerts/consequence.ts';
import { INCIDENT_KINDS } from '../core/alerts/alert.ts';
import type { NotificationKind } from '../core/jobs.ts';
import type { AlertSpec } from '../core/model.ts';

const ROUTE_REASONS = [
  /** About the watching or the retraining itself: waiting for a digest would make it worse. */
  'needs_an_answer',
  'consequence_pages',
  'incident_was_paged',
  'everything_pages',
  'no_digest_channel',
  'consequence_can_wait',
  'digest_off',
] as const;
export type RouteReason = (typeof ROUTE_REASONS)[number];

export interface Route {
  readonly urgency: Urgency;
  readonly reason: RouteReason;
  readonly channels: readonly string[];
}

/** Kinds that are about an incident found in windows. All others are told at once. */
const ABOUT_WINDOWS: ReadonlySet<NotificationKind> = new Set(INCIDENT_KINDS);

/**
 * Who hears of a notification, and how soon. By what it means, not by how far something moved: what harms now, or is
 * about to, pages; a shift that costs nothing so far waits for the digest. What was once paged about is paged about
 * until its end, so that nobody is left with an incident that nobody closes. Where no digest could go, everything
 * pages: silence has to be asked for (`digest: off`).
 */
export function routeNotification(
  news: {
    readonly kind: NotificationKind;
    /** Of the window at hand. */
    readonly consequences: readonly Consequence[];
    /** Whether somebody has been paged about this incident. */
    readonly wasPaged: boolean;
  },
  alerts: Pick<AlertSpec, 'channels' | 'page' | 'digest'>,
): Route {
  const { digest = null } = alerts;
  const page = (reason: RouteReason): Route => ({ urgency: 'page', reason, channels: alerts.channels });
  if (!ABOUT_WINDOWS.has(news.kind)) return page('needs_an_answer');
  if (news.wasPaged) return page('incident_was_paged');
  if (pagesEverything(alerts)) return page('everything_pages');
  if (news.kind === 'firing' && pagingConsequence(news.consequences, alerts) !== null) {
    return page('consequence_pages');
  }
  if (digest === null) return { urgency: 'show', reason: 'digest_off', channels: [] };
  if (digest.channels.length === 0) return page('no_digest_channel');
  return { urgency: 'digest', reason: 'consequence_can_wait', channels: digest.channels };
}

/** The gravest consequence that pages by itself; null: none does. */
export function pagingConsequence(
  consequences: readonly Consequence[],
  { page }: Pick<AlertSpec, 'page'>,
): Consequence | null {
  return consequences.find((each) => page === undefined || page === 'all' || page.includes(each)) ?? null;
}

function pagesEverything({ page }: Pick<AlertSpec, 'page'>): boolean {
  return page === undefined || page === 'all';
}
