import type { Diagnosis } from '../../core/findings.ts';
import type { DigestNews, IncidentNews, Notification } from '../../core/jobs.ts';
import { SYSTEM_NEWS } from './system-content.ts';

/** News that are not of many incidents at once. */
export type SingleNews = Exclude<Notification, DigestNews>;

/** The finding behind a message, in the fields that programs ask for whatever it is about. */
type Finding = Omit<IncidentNews, 'about' | 'kind' | 'windowId'> & { readonly windowId: string | null };

/** Behind a message about no window stands that nothing was judged. */
const NOTHING = {
  cause: 'shift',
  segment: '',
  series: 'closed',
  windowId: null,
  windowsInARow: 0,
  rows: 0,
  features: [],
  performance: null,
  nextReminderAtMs: null,
  retrain: null,
} as const;
const UNJUDGED: Diagnosis = {
  verdict: 'undetermined',
  types: [],
  not_tested: [],
  confidence: 0,
  evidence: [],
  faults: [],
  summary: '',
  advice: 'none',
  reason: null,
};

export function findingOf(news: SingleNews): Finding {
  if (news.about === 'incident') return news;
  const { sinceMs, summary } = news;
  const nothing = { ...NOTHING, windowStartMs: sinceMs, windowEndMs: sinceMs, ...news };
  if (news.about !== 'retrain') {
    return { ...nothing, diagnosis: { ...UNJUDGED, summary, advice: SYSTEM_NEWS[news.about].advice } };
  }
  const { window, verdict, evidence, advice } = news;
  const of = window && { windowId: window.id, windowStartMs: window.startMs, windowEndMs: window.endMs };
  return { ...nothing, ...of, diagnosis: { ...UNJUDGED, verdict, evidence: [...evidence], summary, advice } };
}
