/** One notification of every kind, and of every way in which a kind differs, as the service makes it. */
import { digestEntry, MORNING, resolvedEntry } from '../decide/digest-entries.ts';
import type { Breach } from '../../src/core/operational.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { SystemNews, Notification, RetrainRequest, RunNews } from '../../src/core/jobs.ts';
import { endpointDisabledNotice } from '../../src/act/endpoint-notice.ts';
import { runNews } from '../../src/act/retrain/run-news.ts';
import { trialNotification } from '../../src/act/trial.ts';
import { composeDigest } from '../../src/decide/compose-digest.ts';
import type { DigestLine } from '../../src/core/alerts/digest.ts';
import { digestNews } from '../../src/pipeline/messages/send-digests.ts';
import {
  conceptMail,
  correctedMail,
  crowdedMail,
  faultMail,
  reminderMail,
  resolvedMail,
} from './sample-mails.ts';
import { sampleNotification, sampleRequest } from './sample-notification.ts';

const AT = Date.UTC(2026, 2, 1, 9);
const routed = {
  urgency: 'page',
  reason: 'needs_an_answer',
  consequence: 'performance_loss',
  pagedFor: 'performance_loss',
  atMs: AT,
} as const;
const insteadOf = { channel: 'night-shift', reason: 'server_down', detail: 'connect ETIMEDOUT' } as const;

const request = sampleRequest();
const scheduled: RetrainRequest = {
  ...request,
  trigger: 'schedule',
  reason: 'schedule_due',
  window: null,
  verdict: null,
  advice: null,
  summary: 'The schedule has come due.',
  evidence: [],
  performance: null,
  training: null,
};
const run = {
  id: request.runId,
  says: 'Nothing was heard for 2 h.',
  next: 'Look at it.',
  newVersion: null,
  outcome: null,
};

const breach: Breach = {
  metric: 'latency_p95_ms',
  kind: 'threshold',
  threshold: 200,
  value: 240,
  interval: [236, 244],
  p_value: 1e-9,
  claim: '95th percentile of latency is 240 ms, above the limit of 200 ms',
};
const quiet = { features: [], performance: null, retrain: null, series: 'closed' } as const;

const logNews: SystemNews = {
  about: 'log',
  kind: 'log_incident',
  incidentId: 'log-7',
  model: 'ml.predictions',
  modelVersion: 'partition 0',
  sinceMs: AT,
  decisionReason: 'records_lost',
  summary: '3 records were deleted from ml.predictions, partition 0, before they were read (offsets 4 to 6).',
};

const undeliverable = (of: RetrainRequest, reason: string): RunNews =>
  runNews(of, { kind: 'retrain_failed', retrain: { state: 'failed', reason } });

function outcomeNews(): RunNews {
  const made = runNews(request, {
    kind: 'retrain_outcome',
    incidentId: `retrain-${request.runId}`,
    retrain: { state: 'not_fixed', reason: 'still_beyond_limit' },
    run: {
      id: request.runId,
      says: 'Version 4 has accuracy 0.71.',
      next: 'Look at its data.',
      newVersion: '4',
      outcome: 'not_fixed',
    },
  });
  const evidence = [{ claim: 'version 4 against 3', statistic: 'z', value: 0.4, p_value: 0.7 }];
  return { ...made, routed, performance: null, evidence };
}

/** The release before did not note up to when an incident was judged. */
function digest(): Notification {
  const { groups, ...composed } = composeDigest([
    digestEntry({ incidentId: '1' }),
    digestEntry({ incidentId: '3' }),
    resolvedEntry({ incidentId: '3' }),
  ]);
  const undated = groups.map(({ lines, ...group }) => ({
    ...group,
    lines: lines.map(
      (line) =>
        Object.fromEntries(
          Object.entries(line).filter(([field]) => !field.startsWith('judged')),
        ) as unknown as DigestLine,
    ),
  }));
  return digestNews({
    channel: 'mail',
    fromMs: MORNING - 24 * HOUR_MS,
    dueAtMs: MORNING,
    ...composed,
    groups: undated,
  });
}

export const EVERY_NEWS: Readonly<Record<string, () => Notification>> = {
  firing: () => ({ ...conceptMail(), cause: 'shift', subjects: ['age'], routed }),
  'firing of a segment': faultMail,
  'firing, no data': () =>
    sampleNotification({ ...quiet, cause: 'no_data', rows: 0, decisionReason: 'enough_empty_windows' }),
  'firing, operation': () =>
    sampleNotification({
      ...quiet,
      cause: 'operational',
      subjects: ['latency_p95_ms'],
      operational: { rows: 3_000, breaches: [breach] },
    }),
  'firing, instead of another channel': crowdedMail,
  reminder: () => ({
    ...reminderMail(),
    muted: [{ feature: 'zip', reason: 'silenced', by: 'silence 3 by ann' }],
  }),
  resolved: resolvedMail,
  'resolved, no data': () => sampleNotification({ ...quiet, kind: 'resolved', cause: 'no_data', rows: 12 }),
  corrected: correctedMail,
  'corrected, withdrawn': () => ({
    ...correctedMail(),
    correction: { told: 'concept_drift', incident: 'withdrawn' },
  }),
  'corrected, over': () => ({ ...correctedMail(), correction: { told: 'concept_drift', incident: 'over' } }),
  'retrain_failed, undeliverable': () => undeliverable(request, 'http status 503 (after 12 attempts)'),
  'retrain_failed, scheduled, instead of another channel': () => ({
    ...undeliverable(scheduled, 'gone 410 (after 1 attempt)'),
    insteadOf,
  }),
  retrain_failed: () => ({
    ...runNews(request, {
      kind: 'retrain_failed',
      incidentId: `retrain-${request.runId}-2`,
      retrain: { state: 'failed', reason: run.says },
      run: { ...run, says: 'The run has failed: out of memory.' },
    }),
    routed,
  }),
  retrain_silent: () =>
    runNews(scheduled, {
      kind: 'retrain_silent',
      incidentId: `retrain-${request.runId}`,
      retrain: { state: 'failed', reason: run.says },
      run,
    }),
  retrain_recovered: () =>
    runNews(request, {
      kind: 'retrain_recovered',
      incidentId: `retrain-${request.runId}`,
      retrain: { state: 'running', reason: 'The run has reported after all.' },
      run: { ...run, says: 'The run has reported after all.', next: null, newVersion: '4' },
    }),
  retrain_outcome: outcomeNews,
  retrain_awaiting_approval: () => ({
    ...runNews(request, {
      kind: 'retrain_awaiting_approval',
      retrain: { state: 'awaiting_approval', reason: request.reason },
      expiresAtMs: AT + 24 * HOUR_MS,
    }),
    routed,
  }),
  retrain_expired: () =>
    runNews(request, {
      kind: 'retrain_expired',
      retrain: { state: 'expired', reason: 'approval_expired' },
      expiresAtMs: AT,
    }),
  retrain_dry_run: () =>
    runNews(scheduled, { kind: 'retrain_dry_run', retrain: { state: 'dry_run', reason: scheduled.reason } }),
  log_incident: () => logNews,
  'log_incident, instead of another channel': () => ({ ...logNews, insteadOf }),
  endpoint_disabled: () =>
    endpointDisabledNotice({ name: 'pager', deliveryId: '5f0c', detail: 'gone 410 (after 1 attempt)' }, AT),
  test: () => trialNotification('pager', '5f0c', AT),
  digest,
};
