import type { AlertCause, SeriesState } from '../../core/alerts/alert.ts';
import type { DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { HoldReason } from '../../core/alerts/alert-hold.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { OutboxKind } from '../../core/jobs.ts';
import type { OperationalMetric } from '../../core/operational.ts';
import { listUnsubscribed } from '../outbox/mail-recipients.ts';
import type { Queryable } from '../connection/pool.ts';
import { countActiveSilences } from '../alerts/silences.ts';
import type { AlertRow } from '../rows/alerts.ts';
import type { DisabledEndpointRow } from '../rows/deliveries.ts';
import type { UnsubscribedRow } from '../rows/recipients.ts';
import type { RetrainIncidentRow } from '../rows/retrains.ts';
import type { ListedWindow } from '../rows/windows.ts';
import { type ConservationRow, conservation } from './conservation.ts';
import { listDisabledEndpoints } from './disabled-endpoints.ts';
import {
  incidentCounts,
  type LogIncidentCount,
  type LogIncidentRow,
  newestIncidents,
} from './log-incidents.ts';
import type { RetrainState } from '../../core/retrain/state.ts';
import {
  dutyRows,
  type DutyRow,
  newestUnreadable,
  postponedEvaluations,
  type PostponedRow,
  unreadableCounts,
} from './duties.ts';
import { select } from '../connection/select.ts';
import type { UnreadableCount, UnreadableRow } from '../windows/unreadable-parts.ts';

export interface SourceRow {
  source: string;
  partition: number;
  /** Records in the log that are not stored yet, as of `high_checked_at`. */
  lag: number;
  high_checked_at: string | null;
  progressed_at: string;
}

export interface WatermarkRow {
  model: string;
  /**
   * Newest event time of the slowest partition that still delivers: one with something left to read, or read from
   * within the last minute. Of the fastest one when all are silent. Label logs hold nothing open and do not count.
   */
  complete_until: string;
  newest_event_at: string;
}

export interface NoticeRow {
  source: string;
  notice: string;
  count: number;
  newest_at: string;
}

export interface SurplusRow {
  model: string;
  /** Feature values left out of events. */
  dropped: number;
  /** The first columns they were of. */
  names: string[];
  newest_at: string;
}

/** The state of the line itself, for `/metrics/fleet`, `status` and the page. */
export interface PipelineFacts {
  sources: SourceRow[];
  watermarks: WatermarkRow[];
  events: { source: string; event_type: string; outcome: string; count: number }[];
  conservation: ConservationRow[];
  /** What was noticed about events that were read all the same: `epoch_<unit>`, `bare_numbers`, `dropped_names`, `surplus_columns`, `forgotten_columns`. */
  notices: NoticeRow[];
  /** Models whose logs name more columns than there is room for. */
  surplus_columns: SurplusRow[];
  /** Records that logs have lost, and logs made anew: the newest, and all by source and kind. */
  log_incidents: LogIncidentRow[];
  log_incident_counts: LogIncidentCount[];
  /** `late_rows` came after their window had closed, and revised it; rows too old for every window are events of outcome `late`. */
  windows: { model: string; state: ListedWindow['state']; count: number; late_rows: number }[];
  alerts: { model: string; cause: AlertCause; state: AlertRow['state']; count: number }[];
  /** Series of windows by how they stand. */
  series_states: { model: string; series: EvaluationSeries; state: SeriesState; count: number }[];
  /** Messages that were held back, ever, and those that people have still to get. */
  held: { model: string; reason: HoldReason; count: number }[];
  owed: { model: string; reason: HoldReason; count: number }[];
  silences: number;
  /** Of the newest evaluated window of each version. */
  breaches: { model: string; version: string; metric: OperationalMetric; kind: 'threshold' | 'drift' }[];
  retrains: { state: RetrainState; count: number }[];
  outbox: {
    kind: OutboxKind;
    waiting: number;
    oldest_at: string;
    /** Since when the first of those waits that the queue has not taken; null when it has taken all. */
    unqueued_since: string | null;
  }[];
  /** Runs that failed, were not taken or fell silent, and nothing better has come since. */
  retrain_incidents: { model: string; kind: RetrainIncidentRow['kind']; count: number }[];
  deliveries: { kind: string; state: string; count: number }[];
  /** Channels and webhooks that answered 410. */
  disabled_endpoints: DisabledEndpointRow[];
  /** What processes do again and again, and how it goes; empty while none runs. */
  duties: DutyRow[];
  /** Evaluations that were put off, and why. */
  postponed: PostponedRow[];
  /** Parts of windows that do not decode: all by model, and the newest. */
  unreadable_counts: UnreadableCount[];
  unreadable_parts: UnreadableRow[];
  /** Not replayed yet. */
  dead_letters: { reason: DeadLetterReason; count: number; newest_at: string }[];
  /** Mail servers that have not answered lately. */
  mail_servers: MailServerRow[];
  /** Recipients who want no more mails. */
  mail_unsubscribed: UnsubscribedRow[];
  mail_troubles: { what: 'chart_failed'; count: number }[];
}

export interface MailServerRow {
  host: string;
  /** In a row. */
  failures: number;
  /** Since when mails wait for it; null: they are still tried. */
  opened_at: string | null;
  /** When one of them is tried next. */
  retry_at: string | null;
  last_error: string;
}

/** One query after the other: a scrape must not take the connections that ingestion needs. */
export async function pipelineFacts(db: Queryable): Promise<PipelineFacts> {
  return {
    sources: await select(
      db,
      `select source, partition, greatest(high_offset - next_offset, 0) as lag, high_checked_at, progressed_at
       from source_position order by source, partition`,
    ),
    watermarks: await select(
      db,
      `select m.name as model, max(w.max_event_at) as newest_event_at,
         coalesce(
           min(w.max_event_at) filter (where p.high_offset > p.next_offset
             or p.progressed_at > now() - interval '1 minute'),
           max(w.max_event_at)) as complete_until
       from watermark w
       join model m on m.id = w.model_id
       join source_position p on p.source = w.source and p.partition = w.partition and p.holds_watermark
       group by m.name order by m.name`,
    ),
    events: await select(
      db,
      `select source, event_type, outcome, sum(count)::bigint as count from event_count
       group by source, event_type, outcome order by source, event_type, outcome`,
    ),
    conservation: await conservation(db),
    notices: await select(
      db,
      `select source, notice, sum(count)::bigint as count, max(newest_at) as newest_at from event_notice
       group by source, notice order by source, notice`,
    ),
    surplus_columns: await select(
      db,
      `select m.name as model, s.dropped, s.names, s.newest_at
       from surplus_column s join model m on m.id = s.model_id order by m.name`,
    ),
    log_incidents: await newestIncidents(db),
    log_incident_counts: await incidentCounts(db),
    windows: await select(
      db,
      `select m.name as model, w.state, count(*) as count, sum(w.late_rows)::bigint as late_rows
       from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       group by m.name, w.state order by m.name, w.state`,
    ),
    alerts: await select(
      db,
      `select m.name as model, a.cause, a.state, count(*) as count
       from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
       where a.state <> 'resolved' group by m.name, a.cause, a.state order by m.name, a.cause, a.state`,
    ),
    series_states: await select(
      db,
      `select m.name as model, c.series, c.state, count(*) as count
       from alert_cursor c join model_version v on v.id = c.model_version_id join model m on m.id = v.model_id
       where v.state <> 'retired' and c.decided_until > '-infinity'
       group by m.name, c.series, c.state order by m.name, c.series, c.state`,
    ),
    held: await select(
      db,
      `select m.name as model, e.reason, count(*) as count
       from alert_event e
       join alert a on a.id = e.alert_id
       join model_version v on v.id = a.model_version_id
       join model m on m.id = v.model_id
       where e.kind = 'held' group by m.name, e.reason order by m.name, e.reason`,
    ),
    owed: await select(
      db,
      `select m.name as model, h.reason, count(*) as count
       from held_notification h
       join alert a on a.id = h.alert_id
       join model_version v on v.id = a.model_version_id
       join model m on m.id = v.model_id
       group by m.name, h.reason order by m.name, h.reason`,
    ),
    silences: await countActiveSilences(db),
    breaches: await select(
      db,
      `select m.name as model, v.name as version, b ->> 'metric' as metric, b ->> 'kind' as kind
       from model_version v
       join model m on m.id = v.model_id
       cross join lateral (
         select id from "window"
         where model_version_id = v.id and not pane_only and closed_revision > 0 order by end_at desc limit 1
       ) w
       cross join lateral (
         select operational from verdict
         where window_id = w.id and series = 'closed' and segment = '' order by revision desc limit 1
       ) d
       cross join lateral jsonb_array_elements(d.operational -> 'breaches') b
       where v.state <> 'retired' order by m.name, v.id, metric, kind`,
    ),
    retrains: await select(
      db,
      `select state, count(*) as count from retrain_run group by state order by state`,
    ),
    retrain_incidents: await select(
      db,
      `select m.name as model, i.kind, count(*) as count
       from retrain_incident i join retrain_run r on r.id = i.run_id
       join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
       where i.resolved_at is null group by m.name, i.kind order by m.name, i.kind`,
    ),
    outbox: await select(
      db,
      `select kind, count(*) as waiting, min(available_at) as oldest_at,
         min(available_at) filter (where enqueued_at is null) as unqueued_since
       from outbox
       where done_at is null and available_at <= now() group by kind order by kind`,
    ),
    deliveries: await select(
      db,
      `select kind, state, count(*) as count from delivery group by kind, state order by kind, state`,
    ),
    disabled_endpoints: await listDisabledEndpoints(db),
    duties: await dutyRows(db),
    postponed: await postponedEvaluations(db),
    unreadable_counts: await unreadableCounts(db),
    unreadable_parts: await newestUnreadable(db),
    dead_letters: await select(
      db,
      `select reason, count(*) as count, max(received_at) as newest_at from dead_letter
       where replayed_at is null group by reason order by count(*) desc, reason`,
    ),
    mail_servers: await select(
      db,
      'select host, failures, opened_at, retry_at, last_error from smtp_breaker order by host',
    ),
    mail_unsubscribed: await listUnsubscribed(db),
    mail_troubles: await select(db, 'select what, count from mail_count order by what'),
  };
}
