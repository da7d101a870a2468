import type { AlertCause, AlertState, AlertView, Incident, SeriesState } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';

/** Windows of one series are decided apart from those of others, strictly in order of time. */
export interface AlertSeriesKey {
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly segment: string;
  readonly series: EvaluationSeries;
}

/** Of one cause, a series has one open incident at most. Of an incident's own series its verdict and newest window are. */
export interface AlertKey extends AlertSeriesKey {
  readonly cause: AlertCause;
}

export interface StoredAlert extends AlertState, AlertKey {
  readonly id: string;
  /** It became a part of that one, and is only kept until people have heard so. */
  readonly mergedInto: string | null;
}

export interface KeptIncident extends Incident {
  readonly id: string;
}

export interface LockedSeries {
  /** Windows that start before this instant have been decided; null: none yet. */
  readonly decidedUntilMs: number | null;
  /** The incidents that this series shows. */
  readonly incidents: ReadonlyMap<AlertCause, KeptIncident>;
}

/** First half of the advisory locks of decisions on incidents; the second half is the model version. */
const LOCK_CLASS = 0x5357_4149;

/** Until the end of the transaction nobody else decides on incidents of this version: what two series show may be one incident. */
export async function lockIncidents(tx: Tx, modelVersionId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, modelVersionId]);
}

/**
 * Locks a series until the end of the transaction, so that of two evaluators one waits for the other's decision,
 * and loads where it stands.
 */
export async function lockAlertSeries(tx: Tx, key: AlertSeriesKey): Promise<LockedSeries> {
  const series = seriesValues(key);
  await tx.query(
    `insert into alert_cursor (model_version_id, size_ms, segment, series, decided_until)
     values ($1, $2, $3, $4, '-infinity') on conflict do nothing`,
    series,
  );
  const cursor = await tx.query<{ decidedUntilMs: number | null }>(
    `select ${epochMs(`nullif(decided_until, '-infinity')`)} as "decidedUntilMs" from alert_cursor
     where model_version_id = $1 and size_ms = $2 and segment = $3 and series = $4 for update`,
    series,
  );
  const open = await tx.query<StoredAlert>(
    `select ${ALERT_COLUMNS} from alert
     where model_version_id = $1 and size_ms = $2 and segment = $3 and exists (
       select 1 from alert_view v where v.alert_id = alert.id and v.series = $4 and v.state <> 'resolved'
     )
     order by alert.id for update`,
    series,
  );
  const incidents = new Map<AlertCause, KeptIncident>();
  for (const alert of open.rows) incidents.set(alert.cause, await withViews(tx, alert));
  return { decidedUntilMs: cursor.rows[0]?.decidedUntilMs ?? null, incidents };
}

/**
 * The newest incident about a shift that a window of a series may belong to, of those that fired and that this series does not
 * show: its time touches the window's. Inputs that still show it are never behind. Labels may be weeks behind what comes now: where
 * only they show it, the window has to follow their newest one within `forWindows` of its length. None that somebody closed. Locked. Null: there is none.
 */
export async function lockIncidentOfWindow(
  tx: Tx,
  key: AlertSeriesKey,
  windowId: string,
  forWindows: number,
): Promise<KeptIncident | null> {
  const found = await tx.query<StoredAlert>(
    `select ${ALERT_COLUMNS} from alert
     where model_version_id = $1 and size_ms = $2 and segment = $3 and cause = 'shift' and merged_into is null
       and fired_at is not null and closed_until is null
       and not exists (
         select 1 from alert_view v where v.alert_id = alert.id and v.series = $4 and v.state <> 'resolved'
       )
       and exists (
         select 1 from "window" w where w.id = $5 and alert.since_at <= w.end_at and (
           alert.until_at >= w.start_at
           or exists (
             select 1 from alert_view v join "window" l on l.id = v.last_window_id
             where v.alert_id = alert.id and v.state <> 'resolved'
               and (v.series = 'closed' or l.end_at + $6 * (w.end_at - w.start_at) >= w.start_at)
           )
         )
       )
     order by (alert.state <> 'resolved') desc, alert.id desc limit 1 for update`,
    [...seriesValues(key), windowId, forWindows],
  );
  const [alert] = found.rows;
  return alert === undefined ? null : await withViews(tx, alert);
}

async function withViews(tx: Tx, alert: StoredAlert): Promise<KeptIncident> {
  const { id, series } = alert;
  return { id, alert, lead: series, views: await loadViews(tx, id) };
}

/** What each series says of an incident. */
export async function loadViews(tx: Tx, alertId: string): Promise<Incident['views']> {
  const found = await tx.query<AlertView & { series: EvaluationSeries }>(
    `select series, state, verdict, types, subjects, windows_in_a_row as "windowsInARow",
       verdict_in_a_row as "verdictInARow", clean_in_a_row as "cleanInARow", ${epochMs('since_at')} as "sinceMs",
       last_window_id::text as "lastWindowId"
     from alert_view where alert_id = $1 order by series`,
    [alertId],
  );
  return new Map(found.rows.map(({ series: of, ...view }) => [of, view]));
}

/** Segments of a version that have been decided at least once, in one order for all who lock them. */
export async function seriesSegments(tx: Tx, of: Omit<AlertSeriesKey, 'segment'>): Promise<string[]> {
  const found = await tx.query<{ segment: string }>(
    `select segment from alert_cursor where model_version_id = $1 and size_ms = $2 and series = $3 order by segment`,
    [of.modelVersionId, of.sizeMs, of.series],
  );
  return found.rows.map((row) => row.segment);
}

/** How a series stands after a window, and why. */
export interface SeriesStanding {
  readonly state: SeriesState;
  readonly reason: string;
  readonly windowId: string;
}

/**
 * Everything before `decidedUntilMs` counts as decided from now on. Never moves back. A window without rows in the
 * segment says nothing of how it stands (`standing` null).
 */
export async function advanceAlertCursor(
  tx: Tx,
  key: AlertSeriesKey,
  decidedUntilMs: number,
  standing: SeriesStanding | null,
): Promise<void> {
  await tx.query(
    `update alert_cursor set decided_until = greatest(decided_until, $5), state = coalesce($6, state),
       reason = coalesce($7, reason), window_id = coalesce($8, window_id)
     where model_version_id = $1 and size_ms = $2 and segment = $3 and series = $4`,
    [
      ...seriesValues(key),
      new Date(decidedUntilMs),
      standing?.state ?? null,
      standing?.reason ?? null,
      standing?.windowId ?? null,
    ],
  );
}

/** An incident was withdrawn between two windows: its series is as if the last one had been quiet. */
export async function clearSeriesState(tx: Tx, key: AlertSeriesKey, reason: string): Promise<void> {
  await tx.query(
    `update alert_cursor set state = 'ok', reason = $5
     where model_version_id = $1 and size_ms = $2 and segment = $3 and series = $4`,
    [...seriesValues(key), reason],
  );
}

/** Writes an incident of one view, as `stepAlert` returned it, when there was none. Returns its id. */
export async function openAlert(tx: Tx, key: AlertKey, alert: AlertState): Promise<string> {
  const places = STATE_COLUMNS.map((_, index) => `$${index + 6}`).join(', ');
  const saved = await tx.query<{ id: string }>(
    `insert into alert (model_version_id, size_ms, segment, series, cause, ${STATE_COLUMNS.join(', ')})
     values ($1, $2, $3, $4, $5, ${places}) returning id::text as id`,
    [...seriesValues(key), key.cause, ...stateValues(alert)],
  );
  const id = saved.rows[0]?.id ?? missingRow();
  await saveView(tx, id, key.series, alert);
  return id;
}

/** Writes how an incident stands, of whatever its views are. Over, it has none that is open. */
export async function saveAlert(
  tx: Tx,
  id: string,
  alert: AlertState,
  lead?: EvaluationSeries,
): Promise<void> {
  const assignments = STATE_COLUMNS.map((column, index) => `${column} = $${index + 3}`).join(', ');
  await tx.query(
    `update alert set series = coalesce($2, series), ${assignments}, updated_at = now() where id = $1`,
    [id, lead ?? null, ...stateValues(alert)],
  );
  if (alert.state !== 'resolved') return;
  await tx.query(`update alert_view set state = 'resolved' where alert_id = $1 and state <> 'resolved'`, [
    id,
  ]);
}

/** Writes an incident after one of its views was stepped. */
export async function saveIncident(
  tx: Tx,
  id: string,
  { alert, lead, views }: Incident,
  stepped: EvaluationSeries,
): Promise<void> {
  const view = views.get(stepped);
  if (view !== undefined) await saveView(tx, id, stepped, view);
  await saveAlert(tx, id, alert, lead);
}

/** An incident nobody has heard of becomes a part of another one. */
export async function absorbAlert(tx: Tx, id: string, into: string, series: EvaluationSeries): Promise<void> {
  await tx.query(`delete from alert_view where alert_id = $1 and series = $2`, [into, series]);
  await tx.query(`update alert_view set alert_id = $2 where alert_id = $1`, [id, into]);
  await tx.query(
    `update alert set state = 'resolved', resolved_at = updated_at, merged_into = $2 where id = $1`,
    [id, into],
  );
}

/** A view shows nothing any more from this window on. */
export async function noteUntil(tx: Tx, id: string, untilMs: number): Promise<void> {
  await tx.query(`update alert set until_at = greatest(until_at, $2) where id = $1`, [id, new Date(untilMs)]);
}

async function saveView(tx: Tx, id: string, series: EvaluationSeries, view: AlertView): Promise<void> {
  await tx.query(
    `insert into alert_view as v (alert_id, series, state, verdict, types, subjects, windows_in_a_row, verdict_in_a_row,
       clean_in_a_row, since_at, last_window_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (alert_id, series) do update set state = excluded.state, verdict = excluded.verdict, types = excluded.types,
       subjects = excluded.subjects, windows_in_a_row = excluded.windows_in_a_row,
       verdict_in_a_row = excluded.verdict_in_a_row, clean_in_a_row = excluded.clean_in_a_row,
       since_at = excluded.since_at, last_window_id = excluded.last_window_id`,
    [
      id,
      series,
      view.state,
      view.verdict,
      view.types,
      view.subjects,
      view.windowsInARow,
      view.verdictInARow,
      view.cleanInARow,
      new Date(view.sinceMs),
      view.lastWindowId,
    ],
  );
}

export interface AlertEvent {
  readonly atMs: number;
  readonly kind: string;
  readonly reason: string;
  readonly windowId: string | null;
  /** Of whose window it is. */
  readonly series?: EvaluationSeries;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function appendAlertEvent(tx: Tx, alertId: string, event: AlertEvent): Promise<void> {
  await tx.query(
    `insert into alert_event (alert_id, at, kind, reason, window_id, series, details) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      alertId,
      new Date(event.atMs),
      event.kind,
      event.reason,
      event.windowId,
      event.series ?? null,
      storableJson(event.details ?? {}),
    ],
  );
}

/** Open incidents whose reminder is due, locked; those another process is reminding of are left out. */
export async function lockDueReminders(tx: Tx, nowMs: number, limit: number): Promise<StoredAlert[]> {
  const due = await tx.query<StoredAlert>(
    `select ${ALERT_COLUMNS} from alert
     where state in ('firing', 'recovering') and next_reminder_at <= $1
     order by next_reminder_at limit $2 for update skip locked`,
    [new Date(nowMs), limit],
  );
  return due.rows;
}

export async function loadAlert(tx: Tx, id: string): Promise<StoredAlert | null> {
  const found = await tx.query<StoredAlert>(`select ${ALERT_COLUMNS} from alert where id = $1`, [id]);
  return found.rows[0] ?? null;
}

const STATE_COLUMNS = [
  'state',
  'verdict',
  'types',
  'subjects',
  'fired_verdict',
  'told_types',
  'windows_in_a_row',
  'verdict_in_a_row',
  'clean_in_a_row',
  'since_at',
  'last_window_id',
  'fired_at',
  'resolved_at',
  'last_notified_at',
  'next_reminder_at',
] as const;

const ALERT_COLUMNS = `id::text as id, model_version_id as "modelVersionId", size_ms as "sizeMs", segment, series,
  cause, merged_into::text as "mergedInto", state, verdict, types, subjects, fired_verdict as "firedVerdict", told_types as "toldTypes",
  windows_in_a_row as "windowsInARow", verdict_in_a_row as "verdictInARow", clean_in_a_row as "cleanInARow",
  ${epochMs('since_at')} as "sinceMs", last_window_id::text as "lastWindowId", ${epochMs('fired_at')} as "firedAtMs",
  ${epochMs('resolved_at')} as "resolvedAtMs", ${epochMs('last_notified_at')} as "lastNotifiedAtMs",
  ${epochMs('next_reminder_at')} as "nextReminderAtMs"`;

/** In the order of `STATE_COLUMNS`. */
function stateValues(alert: AlertState): unknown[] {
  const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  return [
    alert.state,
    alert.verdict,
    alert.types,
    alert.subjects,
    alert.firedVerdict,
    alert.toldTypes,
    alert.windowsInARow,
    alert.verdictInARow,
    alert.cleanInARow,
    new Date(alert.sinceMs),
    alert.lastWindowId,
    at(alert.firedAtMs),
    at(alert.resolvedAtMs),
    at(alert.lastNotifiedAtMs),
    at(alert.nextReminderAtMs),
  ];
}

function seriesValues(key: AlertSeriesKey): unknown[] {
  return [key.modelVersionId, key.sizeMs, key.segment, key.series];
}

function missingRow(): never {
  throw new Error('an insert returned no row');
}
