import { inWordsOfToday } from '../../core/alerts/severity.ts';
import type { IncidentNews, Notification, RunNews } from '../../core/jobs.ts';

/**
 * How the release before wrote every message: as one about a window, with an empty window where none was behind it. Its
 * rows may wait in the outbox, or be held back, when this release takes over.
 */
export type NotificationBefore = Omit<IncidentNews, 'about' | 'kind' | 'cause' | 'windowId'> &
  Partial<Pick<IncidentNews, 'cause'>> &
  Pick<RunNews, 'run'> & {
    readonly kind: Notification['kind'];
    readonly windowId: string | null;
    readonly retrainRun?: Pick<RunNews, 'runId' | 'expiresAtMs' | 'training'>;
  };

const ABOUT: Partial<Record<Notification['kind'], Notification['about']>> = {
  firing: 'incident',
  reminder: 'incident',
  resolved: 'incident',
  corrected: 'incident',
  log_incident: 'log',
  endpoint_disabled: 'endpoint',
  test: 'test',
  digest: 'digest',
};

/** A notification out of the database, whichever release wrote it. */
export function readNotification(given: Notification | NotificationBefore): Notification {
  const stored = 'features' in given ? withWordsOfToday(given) : given;
  if ('about' in stored) return stored;
  const { windowId: id, windowStartMs: startMs, windowEndMs: endMs, diagnosis, retrainRun, ...told } = stored;
  const about = ABOUT[stored.kind] ?? 'retrain';
  if (about === 'incident') return { cause: 'shift', ...stored, about } as IncidentNews;
  const { verdict, advice, summary, evidence } = diagnosis;
  const window = id === null ? null : { id, startMs, endMs };
  return { ...told, ...retrainRun, about, window, verdict, advice, summary, evidence } as Notification;
}

/** The same object where its words are those of today. */
function withWordsOfToday<T extends Pick<IncidentNews, 'features'>>(given: T): T {
  const features = given.features.map(inWordsOfToday);
  return features.some((feature, at) => feature !== given.features[at]) ? { ...given, features } : given;
}
