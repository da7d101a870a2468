import type { AlertCause } from '../../core/alerts/alert.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import {
  KIND_OF_METRIC,
  OPERATIONAL_METRICS,
  type OperationKind,
  type OperationalMetric,
} from '../../core/operational.ts';
import { capital } from '../../words/display-text.ts';
import { formatTime } from '../../words/format.ts';
import { type AdviceWords, KIND_WORDS } from '../../words/words.ts';
import type { MessageContent } from './content.ts';

/** Incidents whose messages are about something else than a shift. */
export type OtherCause = Exclude<AlertCause, 'shift'>;

export const CAUSE_NAMES: Readonly<Record<OtherCause, string>> = {
  no_data: 'no data',
  operational: 'operational breach',
};

const ADVICE: Readonly<Record<OtherCause, AdviceWords>> = {
  no_data: {
    title: 'Find where it stops',
    text: 'Nothing is known of this model while nothing comes. Look at the service that logs its predictions, then at the log itself. If the model is meant to be silent, set alerts.no_data to false.',
  },
  operational: {
    title: 'Look at the service',
    text: 'What the model says may be as good as ever; how it is served is not. Look at the machines, at what was deployed, and at the services it calls.',
  },
};

const SPEAKS_AGAIN: AdviceWords = {
  title: 'Wait',
  text: 'The incident is over when enough windows in a row have predictions. If the silence was not planned, find out why it was.',
};

const OPERATION_WORDS: Readonly<Record<OperationKind, string>> = {
  latency: 'latency',
  throughput: 'throughput',
  cost: 'cost',
  energy: 'energy',
  errors: 'errors',
};

/** The newest window of a reminder may be the first of those that end a silence. */
function badgeOf({ kind, rows }: IncidentNews, about: string): string {
  if (kind === 'resolved') return KIND_WORDS.resolved;
  return about === CAUSE_NAMES.no_data && rows > 0
    ? `Coming back: ${about}`
    : `${KIND_WORDS[kind]}: ${about}`;
}

/** What a message about another cause says in place of what it would say of a shift. */
export function causeContent(
  notification: IncidentNews,
  cause: OtherCause,
  timeZone: string,
): Pick<MessageContent, 'tone' | 'badge' | 'headline' | 'advice'> {
  const { kind } = notification;
  const over = kind === 'resolved';
  const about = cause === 'no_data' ? CAUSE_NAMES.no_data : kindsInWords(notification);
  return {
    tone: over ? 'good' : cause === 'no_data' ? 'alarm' : 'warn',
    badge: badgeOf(notification, about),
    headline: cause === 'no_data' ? silence(notification, timeZone) : operation(notification),
    advice: over ? null : cause === 'no_data' && notification.rows > 0 ? SPEAKS_AGAIN : ADVICE[cause],
  };
}

function silence(
  { kind, rows, sinceMs, windowStartMs, windowEndMs, decisionReason }: IncidentNews,
  timeZone: string,
): string {
  // The newest window of a reminder may be the first of those that end it.
  if (kind !== 'resolved' && rows > 0)
    return `Predictions come again in the window of ${formatTime(windowStartMs, timeZone)}; there were none since ${formatTime(sinceMs, timeZone)}.`;
  // Of what came after the newest window that was judged nothing is known here.
  if (kind !== 'resolved')
    return `No predictions since ${formatTime(sinceMs, timeZone)}, as of ${formatTime(windowEndMs, timeZone)}.`;
  if (decisionReason === 'not_watched') return 'Nothing has come yet, and that is no incident any more.';
  return rows > 0
    ? 'Predictions come again.'
    : 'This version is still silent, but another one has taken over its predictions.';
}

function operation(notification: IncidentNews): string {
  const claims = (notification.operational?.breaches ?? []).map(({ claim }) => claim);
  const [first] = claims;
  if (notification.kind === 'resolved' || first === undefined) {
    return `Back within limits: ${kindsInWords(notification)}.`;
  }
  const more = claims.length === 1 ? '' : ` (and ${claims.length - 1} more)`;
  return `${capital(first)}${more}.`;
}

/** `latency and errors`: what is bad now, or what the incident was about. */
function kindsInWords({ subjects = [], operational }: IncidentNews): string {
  const now = (operational?.breaches ?? []).map(({ metric }) => metric);
  const metrics: readonly OperationalMetric[] =
    now.length > 0 ? now : OPERATIONAL_METRICS.filter((metric) => subjects.includes(metric));
  return [...new Set(metrics.map((metric) => OPERATION_WORDS[KIND_OF_METRIC[metric]]))].join(' and ');
}
