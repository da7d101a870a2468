/** The rows of the read models as schemas: what each list holds. */
import { z } from 'zod';
import { DEAD_LETTER_REASONS } from '../../core/events/dead-letter.ts';
import { MATCHER_NAMES, MATCHER_OPERATORS } from '../../core/alerts/silence.ts';
import { diagnosis, featureComparison, multivariate, performance } from './findings.ts';
import { operational } from './operational.ts';
import * as words from './words.ts';

const time = z.iso.datetime().describe('ISO 8601, UTC.');
const id = z.string();
const count = z.number().int();

export const modelRow = z
  .object({
    name: z.string(),
    task: words.task,
    versions: count,
    open_alerts: count.describe('Firing or recovering.'),
    newest_event_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'Model' });

export const modelDetail = modelRow
  .extend({ configuration: z.unknown().describe('As resolved, secrets left out.') })
  .meta({ id: 'ModelDetail' });

export const versionRow = z
  .object({
    model: z.string(),
    name: z.string(),
    state: words.versionState,
    first_seen_at: time,
    size_bytes: count.nullable().describe('As said with a baseline, or in the configuration.'),
    baseline: z
      .object({ id, revision: count, rows: count, created_at: time })
      .nullable()
      .describe('The newest revision; it applies to windows that open from now on.'),
  })
  .meta({ id: 'ModelVersion' });

export const baselineRow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    revision: count,
    rows: count,
    checksum: z.string(),
    source: z.unknown(),
    created_at: time,
  })
  .meta({ id: 'Baseline' });

export const baselineDetail = baselineRow.extend({ summary: z.unknown() }).meta({ id: 'BaselineDetail' });

export const windowRow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    size_ms: count.nullable().describe('Null for windows of so many rows.'),
    size_rows: count.nullable().describe('At least so many rows a window; null for a fixed length.'),
    start: time.describe('The window is [start, end).'),
    end: time,
    state: words.windowState,
    dirty: z.boolean().describe('Something arrived after the last evaluation.'),
    rows: count,
    late_rows: count.describe('Rows that came after the window had closed, and revised it.'),
    baseline_id: id.nullable(),
    closed_at: time.nullable(),
    matured_at: time.nullable(),
    closed_revision: count,
    matured_revision: count,
  })
  .meta({ id: 'Window' });

const metric = z.number().nullable();

export const measurementRow = z
  .object({
    window_id: id,
    start: time,
    end: time,
    model: z.string(),
    version: z.string(),
    series: words.series,
    segment: z.string().describe('Empty for the whole window.'),
    subject: words.subject,
    name: z.string(),
    revision: count,
    kind: words.featureKind,
    status: words.featureStatus,
    severity: words.severity,
    drifted: z.boolean(),
    reason: z.string(),
    rows_reference: count,
    rows_current: count,
    missing_reference: z.number(),
    missing_current: z.number(),
    invalid_reference: z.number(),
    invalid_current: z.number(),
    psi: metric,
    ks: metric,
    ks_p_value: metric,
    chi_square: metric,
    chi_square_p_value: metric,
    jensen_shannon: metric,
    wasserstein: metric,
    p_value: metric,
    q_value: metric,
    faults: z.array(words.fault),
    details: featureComparison.nullable().describe('Only with `details=true`.'),
  })
  .meta({ id: 'Measurement' });

export const verdictRow = z
  .object({
    id,
    window_id: id,
    start: time,
    end: time,
    size_ms: count.nullable().describe('Null for windows of so many rows.'),
    size_rows: count.nullable().describe('At least so many rows a window; null for a fixed length.'),
    model: z.string(),
    version: z.string(),
    series: words.series,
    segment: z.string(),
    revision: count,
    verdict: words.verdictKind,
    types: z.array(words.shiftKind),
    not_tested: z.array(words.shiftKind),
    confidence: z.number(),
    advice: words.advice,
    summary: z.string(),
    reason: z.string().nullable(),
    rows: count,
    baseline_id: id.nullable(),
    created_at: time,
  })
  .meta({ id: 'Verdict' });

export const verdictDetail = verdictRow
  .extend({
    diagnosis,
    performance: performance.nullable(),
    operational: operational.nullable(),
    multivariate: multivariate.nullable().describe('Of the series `closed` and the empty segment only.'),
  })
  .meta({ id: 'VerdictDetail' });

const attention = z.object({
  at: time,
  by: z.string(),
  comment: z.string(),
  until: time.nullable().describe('Null: for as long as it is open.'),
});

export const silenceRow = z
  .object({
    id,
    matchers: z.array(
      z.object({ name: z.enum(MATCHER_NAMES), operator: z.enum(MATCHER_OPERATORS), value: z.string() }),
    ),
    starts_at: time,
    ends_at: time,
    author: z.string(),
    comment: z.string(),
    state: words.silenceState,
    created_at: time,
    expired_at: time.nullable().describe('When it was ended by hand.'),
    expired_by: z.string().nullable(),
  })
  .meta({ id: 'Silence' });

export const alertRow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    size_ms: count.nullable().describe('Null for windows of so many rows.'),
    size_rows: count.nullable().describe('At least so many rows a window; null for a fixed length.'),
    segment: z.string(),
    series: words.series,
    cause: words.alertCause,
    state: words.alertState,
    verdict: words.verdictKind.describe('What the newest window that counted says of the data.'),
    types: z.array(words.alertKind),
    subjects: z
      .array(z.string())
      .describe('Features of a shift, metrics of operation; the gravest of the newest window first.'),
    windows_in_a_row: count,
    clean_in_a_row: count,
    since: time.describe('Start of the first window of the incident.'),
    last_window_id: id,
    summary: z.string().nullable(),
    fired_at: time.nullable(),
    resolved_at: time.nullable(),
    last_notified_at: time.nullable().describe('When people last heard of it.'),
    next_reminder_at: time.nullable(),
    acknowledged: attention.nullable().describe('No reminders while it lasts.'),
    snoozed: attention.nullable().describe('Nothing is told until then, except that it is over.'),
    held: z
      .object({
        message: z.enum(['firing', 'reminder', 'resolved', 'corrected']),
        reason: words.holdReason,
        by: z.string().describe('A person, a schedule, a silence or an incident.'),
        until: time.nullable().describe('Null: not known beforehand.'),
        since: time,
      })
      .nullable()
      .describe('A message that people get once nothing holds it back any more.'),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Alert' });

export const alertStateRow = z
  .object({
    model: z.string(),
    version: z.string(),
    size_ms: count.nullable().describe('Null for windows of so many rows.'),
    size_rows: count.nullable().describe('At least so many rows a window; null for a fixed length.'),
    segment: z.string(),
    series: words.series,
    state: words.seriesState,
    reason: z.string().nullable().describe('What the newest decided window was to the series.'),
    window_id: id.nullable(),
    decided_until: time.describe('Windows that start before this have been decided.'),
  })
  .meta({ id: 'AlertSeriesState' });

export const alertEventRow = z
  .object({
    id,
    at: time,
    kind: z.string(),
    reason: z.string(),
    window_id: id.nullable(),
    details: z.unknown(),
  })
  .meta({ id: 'AlertEvent' });

export const retrainRow = z
  .object({
    id: z.uuid(),
    model: z.string(),
    version: z.string(),
    state: words.retrainState,
    trigger: words.retrainTrigger,
    reason: z.string(),
    webhook: z.string(),
    window_id: id.nullable(),
    requested_at: time,
    sent_at: time.nullable(),
    closed_at: time.nullable(),
    external_id: z.string().nullable(),
    new_version: z.string().nullable(),
    detail: z.string().nullable(),
    heard_at: time.nullable().describe('The newest report, or answer to being asked.'),
    silent_at: time.nullable().describe('Given up because nothing was heard of it for too long.'),
    outcome: words.retrainOutcome.nullable().describe('Whether it has fixed what it was asked for.'),
    outcome_reason: words.retrainOutcomeReason.nullable(),
    in_trouble: z.boolean().describe('An incident of this run is open.'),
    requested_by: z.string().nullable().describe('Who asked, of requests made by hand.'),
    expires_at: time.nullable().describe('Until when it may be approved; null: it needs no approval.'),
    decided_by: z.string().nullable(),
    decided_at: time.nullable(),
    decision_comment: z.string().nullable(),
  })
  .meta({ id: 'RetrainRun' });

const reached = z
  .object({
    elapsed_s: z.number(),
    energy_j: z.number().nullable(),
    cost: z.number().nullable(),
  })
  .nullable()
  .describe('Time, energy and cost to the target; null while it is not reached.');

const outcomeFigure = z
  .object({
    version: z.string(),
    value: z.number(),
    interval: z.tuple([z.number(), z.number()]).nullable().describe('95 %.'),
    labelled: count,
    windows: count,
  })
  .nullable();

export const retrainDetail = retrainRow
  .extend({
    request: z.unknown().describe('What was asked of the training pipeline.'),
    metrics: z.unknown().describe('What it reported back.'),
    progress: z.object({
      points: z
        .array(
          z.object({
            metric: z.string(),
            value: z.number(),
            step: z.number().nullable(),
            epoch: z.number().nullable(),
            elapsed_s: z.number().describe('As reported, else since the request was taken.'),
            energy_j: z.number().nullable(),
            cost: z.number().nullable(),
          }),
        )
        .describe('In order of time.'),
      target: z
        .object({
          metric: z.string(),
          value: z.number(),
          better: z.enum(['higher', 'lower']),
          source: z.enum(['config', 'baseline']),
        })
        .nullable(),
      reached,
      earlier: z
        .array(z.object({ run_id: z.uuid(), version: z.string(), requested_at: time, reached }))
        .describe('The same target in earlier runs of the model, newest first.'),
    }),
    incidents: z.array(
      z.object({
        kind: words.retrainIncidentKind,
        reason: z.string(),
        opened_at: time,
        resolved_at: time.nullable(),
        resolution: words.retrainResolution.nullable(),
      }),
    ),
    new_baseline: z
      .object({
        exists: z.boolean(),
        command: z.string().nullable().describe('Gives the new version the baseline it lacks.'),
      })
      .nullable(),
    outcome_at: time.nullable(),
    outcome_details: z
      .object({
        summary: z.string(),
        metric: z.string().nullable(),
        basis: z.enum(['side_by_side', 'before']).nullable(),
        new: outcomeFigure,
        old: outcomeFigure,
        reference: z.number().nullable().describe('What the old version reached on its training data.'),
        limit: z.number().nullable().describe('On its far side the loss is back.'),
        difference: z
          .object({
            value: z.number(),
            interval: z.tuple([z.number(), z.number()]).nullable(),
            p_value: z.number().nullable(),
          })
          .nullable()
          .describe('New less old.'),
        evidence: z.array(
          z.object({
            claim: z.string(),
            statistic: z.string(),
            value: z.number().nullable(),
            p_value: z.number().nullable(),
          }),
        ),
      })
      .nullable(),
  })
  .meta({ id: 'RetrainRunDetail' });

export const deadLetterRow = z
  .object({
    id,
    source: z.string(),
    partition: count,
    offset: z.string(),
    received_at: time,
    reason: z.enum(DEAD_LETTER_REASONS),
    detail: z.string(),
    event_type: z.enum(['prediction', 'features', 'label']).nullable(),
    model: z.string().nullable(),
    byte_length: count,
    replayed_at: time.nullable(),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterDetail = deadLetterRow
  .extend({ bytes_base64: z.string().describe('The record, or its first 64 KiB.') })
  .meta({ id: 'DeadLetterDetail' });

export const unsubscribedRow = z
  .object({ address: z.string(), unsubscribed_at: time })
  .meta({ id: 'UnsubscribedRecipient' });
