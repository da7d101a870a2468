import { DEAD_LETTER_REASONS } from '../../core/events/dead-letter.ts';
import { DELIVERY_KINDS, DELIVERY_STATES, type OutboxKind } from '../../core/jobs.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import type { MetricSample } from './fleet-registry.ts';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (facts: PipelineFacts, nowMs: number) => MetricSample[];
}

const EPOCH = 'epoch_';
/** What has not been yet says 0: a change from nothing at all is none to Prometheus, and the first would be missed. */
const JOB_KINDS: readonly OutboxKind[] = ['evaluate', 'notify', 'retrain', 'retrain_poll'];

/** What the database knows of the line: the same whichever process is asked, and therefore on the page of the fleet. */
export const METRIC_FAMILIES: readonly Family[] = [
  {
    name: 'shiftwatch_events_total',
    help: 'Events read, by where they came from and where they ended.',
    labels: ['source', 'event_type', 'outcome'],
    samples: ({ events }) =>
      events.map((row) => [[row.source, row.event_type, row.outcome], row.count] as const),
  },
  {
    name: 'shiftwatch_events_read_total',
    help: 'Events read, counted when they were taken up.',
    labels: ['event_type'],
    samples: ({ conservation }) => conservation.map((row) => [[row.event_type], row.read] as const),
  },
  {
    name: 'shiftwatch_events_unaccounted',
    help: 'Events read minus events in any of their ends. Always 0; anything else is a fault of shiftwatch.',
    labels: ['event_type'],
    samples: ({ conservation }) => conservation.map((row) => [[row.event_type], row.unaccounted] as const),
  },
  {
    name: 'shiftwatch_epoch_timestamps_total',
    help: 'Timestamps that are numbers, by the unit they were taken to be in. More than one unit in a source is a mix-up.',
    labels: ['source', 'unit'],
    samples: ({ notices }) =>
      notices
        .filter(({ notice }) => notice.startsWith(EPOCH))
        .map((row) => [[row.source, row.notice.slice(EPOCH.length)], row.count] as const),
  },
  {
    name: 'shiftwatch_tolerated_total',
    help: 'What should not have been sent so and was read: messages with bare NaN or Infinity, names and surplus columns left out.',
    labels: ['source', 'what'],
    samples: ({ notices }) =>
      notices
        .filter(({ notice }) => !notice.startsWith(EPOCH))
        .map((row) => [[row.source, row.notice], row.count] as const),
  },
  {
    name: 'shiftwatch_surplus_values_total',
    help: 'Feature values left out because their model has as many columns as limits.columns allows.',
    labels: ['model'],
    samples: ({ surplus_columns: surplus }) => surplus.map((row) => [[row.model], row.dropped] as const),
  },
  {
    name: 'shiftwatch_labels_waiting',
    help: 'Labels whose prediction has not come yet.',
    labels: [],
    samples: ({ conservation }) =>
      conservation.filter((row) => row.event_type === 'label').map((row) => [[], row.waiting] as const),
  },
  {
    name: 'shiftwatch_log_incidents_total',
    help: 'Times that a log had lost records before they were read, or was made anew.',
    labels: ['source', 'kind'],
    samples: ({ log_incident_counts: counts }) =>
      counts.map((row) => [[row.source, row.kind], row.count] as const),
  },
  {
    name: 'shiftwatch_log_records_lost_total',
    help: 'Offsets that could not be read any more.',
    labels: ['source'],
    samples: ({ sources, log_incident_counts: counts }) => [
      ...sources.map((row): MetricSample => [[row.source], 0]),
      ...counts
        .filter((row) => row.kind === 'records_lost')
        .map((row): MetricSample => [[row.source], row.records]),
    ],
  },
  {
    name: 'shiftwatch_consumer_lag_records',
    help: 'Records in the log that are not stored yet.',
    labels: ['source', 'partition'],
    samples: ({ sources }) => sources.map((row) => [[row.source, String(row.partition)], row.lag] as const),
  },
  {
    name: 'shiftwatch_source_progress_timestamp_seconds',
    help: 'When a partition last moved on.',
    labels: ['source', 'partition'],
    samples: ({ sources }) =>
      sources.map((row) => [[row.source, String(row.partition)], seconds(row.progressed_at)] as const),
  },
  {
    name: 'shiftwatch_watermark_timestamp_seconds',
    help: 'Newest event time of the slowest partition of a model that still delivers.',
    labels: ['model'],
    samples: ({ watermarks }) => watermarks.map((row) => [[row.model], seconds(row.complete_until)] as const),
  },
  {
    name: 'shiftwatch_watermark_age_seconds',
    help: 'How far behind the clock the watermark of a model is.',
    labels: ['model'],
    samples: ({ watermarks }, nowMs) =>
      watermarks.map(
        (row) => [[row.model], Math.max(0, nowMs / 1_000 - seconds(row.complete_until))] as const,
      ),
  },
  {
    name: 'shiftwatch_windows',
    help: 'Windows by state.',
    labels: ['model', 'state'],
    samples: ({ windows }) => windows.map((row) => [[row.model, row.state], row.count] as const),
  },
  {
    name: 'shiftwatch_late_rows_total',
    help: 'Rows that came after their window had closed, and revised it.',
    labels: ['model'],
    samples: ({ windows }) =>
      [...Map.groupBy(windows, (row) => row.model)].map(
        ([model, rows]) => [[model], rows.reduce((sum, row) => sum + row.late_rows, 0)] as const,
      ),
  },
  {
    name: 'shiftwatch_alerts',
    help: 'Alerts that are not resolved, by state.',
    labels: ['model', 'cause', 'state'],
    samples: ({ alerts }) => alerts.map((row) => [[row.model, row.cause, row.state], row.count] as const),
  },
  {
    name: 'shiftwatch_alert_series',
    help: 'Series of windows (version, size, segment) by how they stand after their newest window.',
    labels: ['model', 'series', 'state'],
    samples: ({ series_states: states }) =>
      states.map((row) => [[row.model, row.series, row.state], row.count] as const),
  },
  {
    name: 'shiftwatch_notifications_held_total',
    help: 'Messages about alerts that were held back, by what held them.',
    labels: ['model', 'reason'],
    samples: ({ held }) => held.map((row) => [[row.model, row.reason], row.count] as const),
  },
  {
    name: 'shiftwatch_notifications_owed',
    help: 'Messages that are told once nothing holds them back any more.',
    labels: ['model', 'reason'],
    samples: ({ owed }) => owed.map((row) => [[row.model, row.reason], row.count] as const),
  },
  {
    name: 'shiftwatch_silences',
    help: 'Silences in force.',
    labels: [],
    samples: ({ silences }) => [[[], silences] as const],
  },
  {
    name: 'shiftwatch_operational_breaches',
    help: 'Latency, cost, energy or errors of the newest window beyond a limit, or worse than the reference.',
    labels: ['model', 'version', 'metric', 'kind'],
    samples: ({ breaches }) =>
      breaches.map((row) => [[row.model, row.version, row.metric, row.kind], 1] as const),
  },
  {
    name: 'shiftwatch_retrain_runs',
    help: 'Retrain runs by state.',
    labels: ['state'],
    samples: ({ retrains }) => retrains.map((row) => [[row.state], row.count] as const),
  },
  {
    name: 'shiftwatch_retrain_incidents',
    help: 'Retrain runs that failed, were not taken or fell silent, and nothing better has come since.',
    labels: ['model', 'kind'],
    samples: ({ retrain_incidents: incidents }) =>
      incidents.map((row) => [[row.model, row.kind], row.count] as const),
  },
  {
    name: 'shiftwatch_outbox_waiting',
    help: 'Decided but not carried out yet: evaluations, notifications, retrain calls.',
    labels: ['kind'],
    // A queue that is empty says 0: what is gone from a page is taken for a process that is.
    samples: ({ outbox }) =>
      JOB_KINDS.map((kind) => [[kind], outbox.find((row) => row.kind === kind)?.waiting ?? 0] as const),
  },
  {
    name: 'shiftwatch_outbox_oldest_age_seconds',
    help: 'How long the oldest of them has been waiting.',
    labels: ['kind'],
    samples: ({ outbox }, nowMs) =>
      JOB_KINDS.map((kind) => {
        const row = outbox.find((one) => one.kind === kind);
        return [[kind], row === undefined ? 0 : Math.max(0, nowMs / 1_000 - seconds(row.oldest_at))] as const;
      }),
  },
  {
    name: 'shiftwatch_deliveries',
    help: 'Mails and webhook calls by state.',
    labels: ['kind', 'state'],
    samples: ({ deliveries }) => [
      ...DELIVERY_KINDS.flatMap((kind) => DELIVERY_STATES.map((state): MetricSample => [[kind, state], 0])),
      ...deliveries.map((row): MetricSample => [[row.kind, row.state], row.count]),
    ],
  },
  {
    name: 'shiftwatch_endpoint_disabled',
    help: 'Always 1: a channel or webhook that answered 410, so that nothing is sent there.',
    labels: ['section', 'name'],
    samples: (facts) => facts.disabled_endpoints.map((row) => [[row.section, row.name], 1] as const),
  },
  {
    name: 'shiftwatch_duty_last_success_timestamp_seconds',
    help: 'When something that is done again and again last went well, in any process that runs.',
    labels: ['duty'],
    samples: ({ duties }) =>
      duties.flatMap((row) =>
        row.last_success_at === null ? [] : [[[row.name], seconds(row.last_success_at)] as const],
      ),
  },
  {
    name: 'shiftwatch_duty_last_failure_timestamp_seconds',
    help: 'When it last failed.',
    labels: ['duty'],
    samples: ({ duties }) =>
      duties.flatMap((row) =>
        row.last_failure_at === null ? [] : [[[row.name], seconds(row.last_failure_at)] as const],
      ),
  },
  {
    name: 'shiftwatch_duty_failures',
    help: 'How often in a row it has failed by now, in the process where it goes worst.',
    labels: ['duty'],
    samples: ({ duties }) => duties.map((row) => [[row.name], row.failures] as const),
  },
  {
    name: 'shiftwatch_duty_processes',
    help: 'Processes that have it.',
    labels: ['duty'],
    samples: ({ duties }) => duties.map((row) => [[row.name], row.processes] as const),
  },
  {
    name: 'shiftwatch_evaluations_postponed',
    help: 'Evaluations that were put off, by what they wait for.',
    labels: ['reason'],
    samples: ({ postponed }) => postponed.map((row) => [[row.reason], row.count] as const),
  },
  {
    name: 'shiftwatch_unreadable_parts',
    help: 'Stored counts of windows that do not decode and are left out. Always 0 unless a newer version wrote them, or a disk lied.',
    labels: ['model'],
    samples: ({ unreadable_counts: counts }) => counts.map((row) => [[row.model], row.parts] as const),
  },
  {
    name: 'shiftwatch_dead_letters',
    help: 'Records that could not be read and were not replayed, by reason.',
    labels: ['reason'],
    samples: (facts) => [
      ...DEAD_LETTER_REASONS.map((reason): MetricSample => [[reason], 0]),
      ...facts.dead_letters.map((row): MetricSample => [[row.reason], row.count]),
    ],
  },
  {
    name: 'shiftwatch_smtp_failures',
    help: 'Failures in a row of a mail server that has not answered lately.',
    labels: ['host'],
    samples: (facts) => facts.mail_servers.map((row) => [[row.host], row.failures] as const),
  },
  {
    name: 'shiftwatch_smtp_breaker_open',
    help: '1 while mails wait because their server does not answer.',
    labels: ['host'],
    samples: (facts) =>
      facts.mail_servers.map((row) => [[row.host], row.opened_at === null ? 0 : 1] as const),
  },
  {
    name: 'shiftwatch_mail_unsubscribed',
    help: 'Recipients who want no more mails.',
    labels: [],
    samples: (facts) => [[[], facts.mail_unsubscribed.length]],
  },
  {
    name: 'shiftwatch_mail_charts_failed_total',
    help: 'Charts that could not be drawn; their mails went without them.',
    labels: [],
    samples: (facts) => facts.mail_troubles.map((row) => [[], row.count] as const),
  },
];

function seconds(iso: string): number {
  return Date.parse(iso) / 1_000;
}
