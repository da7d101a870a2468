import type { AlertCause, IncidentKind } from '../../core/alerts/alert.ts';
import type { HoldReason } from '../../core/alerts/alert-hold.ts';
import type { AlertCounts, AlertEventRow, AlertRow } from '../rows/alerts.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface AlertFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly state?: AlertRow['state'] | undefined;
  readonly cause?: AlertCause | undefined;
  readonly verdict?: AlertRow['verdict'] | undefined;
  /** Everything that is not resolved. */
  readonly open: boolean;
}

/** What stands in `picked` (all of them, or a page), so that nothing is looked up for alerts that are not shown. */
const selectOf = (picked: string): string => `
  select a.id::text as id, m.name as model, v.name as version, case when a.size_ms > 0 then a.size_ms end as size_ms,
  case when a.size_ms < 0 then -a.size_ms end as size_rows, a.segment, a.series, a.cause, a.state, i.views,
    a.verdict, a.types, a.subjects, a.windows_in_a_row, a.clean_in_a_row, a.since_at as since, a.until_at as until,
    a.last_window_id::text as last_window_id, d.summary, d.windows as judged_windows, d.rows as judged_rows, d.confidence, d.advice, s.deliveries,
    a.fired_at, a.resolved_at,
    case when a.told_at is null and h.kind = 'firing' then null
      else coalesce(a.told_at, a.last_notified_at) end as last_notified_at,
    a.next_reminder_at, a.acknowledged_at, a.acknowledged_by, a.acknowledged_comment, a.acknowledged_until,
    a.snoozed_at, a.snoozed_by, a.snoozed_comment, a.snoozed_until, h.kind as held_kind, h.reason as held_reason,
    h.by as held_by, h.until_at as held_until, h.held_at, a.created_at, a.updated_at,
    a.closed_by, a.closed_comment, a.closed_until, case when a.closed_by is not null then (
      select e.details ->> 'replaced_by' from alert_event e where e.alert_id = a.id and e.kind = 'replaced' limit 1
    ) end as closed_for, a.follows::text as follows,
    exists (select from annotation n where n.alert_id = a.id and n.removed_at is null) as is_expected
  from (${picked}) a
  left join held_notification h on h.alert_id = a.id and h.kind <> 'corrected'
  join model_version v on v.id = a.model_version_id
  join model m on m.id = v.model_id
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('series', i.series, 'state', i.state, 'verdict', i.verdict, 'since', i.since_at,
      'windows_in_a_row', i.windows_in_a_row, 'clean_in_a_row', i.clean_in_a_row, 'last_window_id', i.last_window_id::text)
      order by i.series), '[]') as views
    from alert_view i where i.alert_id = a.id
  ) i
  left join lateral (
    select coalesce(joined->'diagnosis'->>'summary', summary) as summary,
      coalesce((joined->>'windows')::int, 1) as windows, coalesce((joined->>'rows')::bigint, rows) as rows,
      coalesce((joined->'diagnosis'->>'confidence')::float8, confidence) as confidence,
      coalesce(joined->'diagnosis'->>'advice', advice) as advice
    from verdict
    where window_id = a.last_window_id and series = a.series and segment = a.segment
    order by revision desc limit 1
  ) d on true
  cross join lateral (
    select jsonb_build_object('delivered', count(*) filter (where y.state = 'sent'), 'failed', count(*) filter (where y.state = 'dead'),
      'waiting', count(*) filter (where y.state in ('queued', 'sending', 'failed') or y.state is null and o.done_at is null)) as deliveries
    from outbox o left join delivery y on y.outbox_id = o.id
    where o.kind = 'notify' and o.payload -> 'notification' ->> 'incidentId' = a.id::text
      and o.payload -> 'notification' ->> 'about' = 'incident'
  ) s`;

interface FlatRow extends Omit<AlertRow, 'acknowledged' | 'snoozed' | 'held' | 'closed'> {
  closed_by: string | null;
  closed_comment: string | null;
  closed_until: string | null;
  closed_for: string | null;
  is_expected: boolean;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  acknowledged_comment: string | null;
  acknowledged_until: string | null;
  snoozed_at: string | null;
  snoozed_by: string | null;
  snoozed_comment: string | null;
  snoozed_until: string | null;
  held_kind: IncidentKind | null;
  held_reason: HoldReason | null;
  held_by: string | null;
  held_until: string | null;
  held_at: string | null;
}

function alertRow(flat: FlatRow): AlertRow {
  const { acknowledged_at, acknowledged_by, acknowledged_comment, acknowledged_until, ...rest } = flat;
  const { snoozed_at, snoozed_by, snoozed_comment, snoozed_until, ...others } = rest;
  const { held_kind, held_reason, held_by, held_until, held_at, ...held } = others;
  const { closed_by: by, closed_comment: comment, closed_until: until, closed_for, ...closed } = held;
  const { is_expected: expected, ...row } = closed;
  return {
    ...row,
    // Of JSON, a time is as the session writes it.
    views: row.views.map((view) => ({ ...view, since: new Date(view.since).toISOString() })),
    acknowledged: attention(acknowledged_at, acknowledged_by, acknowledged_comment, acknowledged_until),
    snoozed: attention(snoozed_at, snoozed_by, snoozed_comment, snoozed_until),
    closed:
      by === null || until === null
        ? null
        : { by, comment: comment ?? '', until, expected, replaced_by: closed_for },
    held:
      held_kind === null || held_reason === null || held_by === null || held_at === null
        ? null
        : { message: held_kind, reason: held_reason, by: held_by, until: held_until, since: held_at },
  };
}

function attention(
  at: string | null,
  by: string | null,
  comment: string | null,
  until: string | null,
): AlertRow['snoozed'] {
  return at === null || by === null ? null : { at, by, comment: comment ?? '', until };
}

const orderOf = (alert: string): string => `${alert}.state <> 'resolved', ${alert}.since_at, ${alert}.id`;

/** Open ones first; of either those that began last. */
export async function listAlerts(
  db: Queryable,
  filter: AlertFilter,
  page: PageRequest<number>,
): Promise<Page<AlertRow, number>> {
  const rows = await select<FlatRow>(
    db,
    `${selectOf(`
       select a.* from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
       where ($1::text is null or m.name = $1)
         and ($2::text is null or v.name = $2)
         and ($3::text is null or a.state = $3)
         and (not $4::boolean or a.state <> 'resolved')
         and ($5::text is null or a.cause = $5)
         and ($8::text is null or a.verdict = $8)
         -- Not yet told when it became a part of another one.
         and (a.merged_into is null or a.fired_at is not null)
         and ($6::bigint is null or (${orderOf('a')}) < (select ${orderOf('l')} from alert l where l.id = $6))
       order by (${orderOf('a')}) desc limit $7`)}
     order by (${orderOf('a')}) desc`,
    [
      filter.model ?? null,
      filter.version ?? null,
      filter.state ?? null,
      filter.open,
      filter.cause ?? null,
      page.after,
      page.limit + 1,
      filter.verdict ?? null,
    ],
  );
  return cutPage(rows.map(alertRow), page.limit, (row) => Number(row.id));
}

/** How many are not resolved, by state: of the index of those alone. */
export async function countAlerts(db: Queryable): Promise<AlertCounts> {
  const [counts] = await select<AlertCounts>(
    db,
    `select count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'firing') as firing,
       count(*) filter (where state = 'recovering') as recovering
     from alert where state <> 'resolved'`,
  );
  return counts ?? { pending: 0, firing: 0, recovering: 0 };
}

export async function findAlert(db: Queryable, id: string): Promise<AlertRow | null> {
  const found = await selectOne<FlatRow>(db, selectOf('select * from alert where id = $1'), [id]);
  return found === null ? null : alertRow(found);
}

/** What happened to one alert, oldest first. */
export async function listAlertEvents(
  db: Queryable,
  alertId: string,
  page: PageRequest<number>,
): Promise<Page<AlertEventRow, number>> {
  const rows = await select<AlertEventRow>(
    db,
    `select id::text as id, at, kind, reason, window_id::text as window_id, details
     from alert_event where alert_id = $1 and ($2::bigint is null or id > $2) order by alert_event.id limit $3`,
    [alertId, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}
