import { messageContent } from '../../act/message/message-content.ts';
import type { Diagnosis, Evidence, FeatureComparison } from '../../core/findings.ts';
import { OPERATIONAL_METRICS } from '../../core/operational.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import { loadAlert } from '../../store/alerts/alerts.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import { findAlert } from '../../store/read-models/alerts.ts';
import {
  deliveriesOf,
  meanwhile,
  neighboursOf,
  newestEvents,
} from '../../store/read-models/investigation.ts';
import type { AlertEventRow, AlertRow } from '../../store/rows/alerts.ts';
import type { IncidentAction, Investigation } from '../../store/rows/investigations.ts';
import { capital } from '../../words/display-text.ts';
import { incidentName, subjectsInWords } from '../../words/incident-name.ts';
import { decisionReason, retrainReason } from '../../words/words.ts';
import { describeAlert } from '../messages/describe-alert.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

const MOST_FEATURES = 12;
const MOST_EVENTS = 500;

interface How {
  readonly catalog: ModelCatalog;
  readonly timeZone: string;
  readonly nowMs: number;
}

/**
 * All that is to be seen of an incident, in one answer: a dozen queries, whatever it went through. It says what its messages say, since it
 * is made of what they are made of; where its model is configured no more, what its row says. Null: there is none.
 */
export async function investigate(pool: Pool, alertId: string, how: How): Promise<Investigation | null> {
  return await inTransaction(pool, async (tx) => {
    const [alert, stored] = [await findAlert(tx, alertId), await loadAlert(tx, alertId)];
    if (alert === null || stored === null) return null;
    const current = await describeAlert(tx, stored, how.catalog, how.nowMs);
    const news = current === null ? null : newsOf(current.described, alert, stored.toldTypes);
    const events = await newestEvents(tx, alertId, MOST_EVENTS + 1);
    const shownIn = newestShown(alert, events);
    const before =
      shownIn === null
        ? null
        : await describeAlert(tx, { ...stored, lastWindowId: shownIn }, how.catalog, how.nowMs);
    const shown = before === null ? news : newsOf(before.described, alert, stored.toldTypes);
    const features = shown?.features ?? [];
    const moved = features.filter(({ drifted, faults }) => drifted || faults.length > 0);
    return {
      alert,
      ...(news === null || shown === null ? withoutWindows(alert) : ofNews(news, shown, how)),
      evidence: shown === null ? [] : evidenceOf(shown.diagnosis, features),
      features: moved.slice(0, MOST_FEATURES),
      more_features: Math.max(0, moved.length - MOST_FEATURES),
      story: events.slice(-MOST_EVENTS).map((event) => ({ ...event, says: saysOf(event) })),
      more_story: events.length > MOST_EVENTS,
      deliveries: await deliveriesOf(tx, alertId),
      neighbours: await neighboursOf(tx, alertId),
      meanwhile: await meanwhile(tx, alert),
      actions: actionsOf(alert),
    };
  });
}

const SHOWS: ReadonlySet<string> = new Set(['pending', 'firing', 'still_firing']);

/** Once its newest windows show that it is over, what it was stands in an earlier one. Null: the newest shows it. */
function newestShown({ state }: AlertRow, events: readonly AlertEventRow[]): string | null {
  if (state !== 'resolved' && state !== 'recovering') return null;
  return events.findLast(({ kind, window_id: id }) => SHOWS.has(kind) && id !== null)?.window_id ?? null;
}

type Told = Pick<Investigation, 'headline' | 'facts' | 'verdict'>;

/** As a message would say it now. */
function newsOf(
  described: Omit<IncidentNews, 'kind' | 'decisionReason' | 'nextReminderAtMs'>,
  alert: AlertRow,
  toldTypes: IncidentNews['toldTypes'],
): IncidentNews {
  const { state, until, closed, next_reminder_at: next } = alert;
  const isOver = state === 'resolved';
  const byHand =
    isOver && closed !== null
      ? {
          by: closed.by,
          comment: closed.comment,
          isExpected: closed.expected,
          ...(closed.replaced_by !== null && { replacedBy: closed.replaced_by }),
        }
      : null;
  return {
    ...described,
    kind: isOver ? 'resolved' : state === 'recovering' ? 'reminder' : 'firing',
    decisionReason: 'due',
    nextReminderAtMs: next === null ? null : Date.parse(next),
    ...(isOver && until !== null && { overByMs: Date.parse(until) }),
    ...(toldTypes !== undefined && { toldTypes }),
    ...(byHand !== null && { byHand }),
  };
}

function ofNews(news: IncidentNews, shown: IncidentNews, { timeZone, nowMs }: How): Told {
  const { badge, headline, advice, facts } = messageContent(news, { publicUrl: null, timeZone, nowMs });
  const { diagnosis, judged } = shown;
  const isWeighed = news.cause === 'shift' && news.diagnosis.types.length > 0;
  return {
    headline: {
      says: headline,
      what: badge,
      since: new Date(news.sinceMs).toISOString(),
      sure: isWeighed ? news.diagnosis.confidence : null,
      todo: advice,
    },
    facts: facts.map(([label, value]) => ({ label, value })),
    verdict: {
      window_id: shown.windowId,
      start: new Date(judged?.sinceMs ?? shown.windowStartMs).toISOString(),
      end: new Date(shown.windowEndMs).toISOString(),
      judged_windows: judged?.windows ?? 1,
      rows: judged?.rows ?? shown.rows,
      diagnosis,
      performance: shown.performance,
      operational: shown.operational ?? null,
    },
  };
}

function withoutWindows(alert: AlertRow): Told {
  const what = capital(`${incidentName(alert)}${subjectsInWords(alert)}`);
  const headline = { says: alert.summary ?? `${what}.`, what, since: alert.since, sure: null, todo: null };
  return { headline, facts: [], verdict: null };
}

function evidenceOf(diagnosis: Diagnosis, features: readonly FeatureComparison[]): Investigation['evidence'] {
  const names = features.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
  return diagnosis.evidence.map(({ claim, statistic, value, p_value }) => ({
    says: claim,
    about: aboutOf({ claim, statistic }, names),
    statistic,
    value,
    p_value,
  }));
}

const OF_PERFORMANCE = /\b(?:accuracy|performance|roc|auc|f1|mae|rmse|log loss|calibration|error|errors)\b/i;

/** By what it names: a feature, else what kind of thing it speaks of. Names come from logs, and the longest that is named counts. */
function aboutOf(
  { claim, statistic }: Pick<Evidence, 'claim' | 'statistic'>,
  names: readonly string[],
): Investigation['evidence'][number]['about'] {
  const name = names.find((each) => isNamed(claim, each));
  if (name !== undefined) return { subject: 'feature', name };
  const metric = OPERATIONAL_METRICS.find((each) => claim.includes(each));
  if (metric !== undefined) return { subject: 'operation', name: metric };
  if (OF_PERFORMANCE.test(claim) || statistic === 'concept_part')
    return { subject: 'performance', name: null };
  for (const subject of ['score', 'prediction', 'label'] as const)
    if (new RegExp(`\\b${subject}s?\\b`, 'i').test(claim)) return { subject, name: null };
  return { subject: 'all', name: null };
}

/** As a word of its own: a feature `age` is not named by `average`. */
function isNamed(claim: string, name: string): boolean {
  for (let at = claim.indexOf(name); at !== -1; at = claim.indexOf(name, at + 1)) {
    const [before, after] = [claim[at - 1] ?? ' ', claim[at + name.length] ?? ' '];
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) return true;
  }
  return false;
}

function saysOf({ kind, reason }: { readonly kind: string; readonly reason: string }): string {
  return kind.startsWith('retrain_') ? retrainReason(reason) : decisionReason(reason);
}

function actionsOf({ state, acknowledged, snoozed, closed, fired_at }: AlertRow): IncidentAction[] {
  const isOpen = state === 'firing' || state === 'recovering';
  const mayBeExpected = (isOpen || (state === 'resolved' && fired_at !== null)) && closed?.expected !== true;
  return [
    ...(isOpen ? ([acknowledged === null ? 'acknowledge' : 'unacknowledge'] as const) : []),
    ...(isOpen ? ([snoozed === null ? 'snooze' : 'unsnooze'] as const) : []),
    'silence',
    ...(mayBeExpected ? (['expected'] as const) : []),
    ...(isOpen ? (['resolve'] as const) : []),
  ];
}
