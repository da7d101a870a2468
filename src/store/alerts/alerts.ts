import type { AlertCause, AlertState, SeriesState } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';

/** An alert belongs to one series of windows; each is decided apart, strictly in order of time. */
export interface AlertSeriesKey {
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly segment: string;
  readonly series: EvaluationSeries;
}

/** Of one cause, a series has one open incident at most. */
export interface AlertKey extends AlertSeriesKey {
  readonly cause: AlertCause;
}

export interface StoredAlert extends AlertState, AlertKey {
  readonly id: string;
}

export interface LockedSeries {
  /** Windows that start before this instant have been decided; null: none yet. */
  readonly decidedUntilMs: number | null;
  /** The open incidents. */
  readonly alerts: ReadonlyMap<AlertCause, StoredAlert>;
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
     where model_version_id = $1 and size_ms = $2 and segment = $3 and series = $4 and state <> 'resolved'
     order by alert.id for update`,
    series,
  );
  return {
    decidedUntilMs: cursor.rows[0]?.decidedUntilMs ?? null,
    alerts: new Map(open.rows.map((alert) => [alert.cause, alert])),
  };
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

/** Writes what `stepAlert` returned: a new incident when there was none (`id` null). Returns its id. */
export async function saveAlert(
  tx: Tx,
  key: AlertKey,
  id: string | null,
  alert: AlertState,
): Promise<string> {
  const values = stateValues(alert);
  if (id !== null) {
    const assignments = STATE_COLUMNS.map((column, index) => `${column} = $${index + 2}`).join(', ');
    await tx.query(`update alert set ${assignments}, updated_at = now() where id = $1`, [id, ...values]);
    return id;
  }
  const places = STATE_COLUMNS.map((_, index) => `$${index + 6}`).join(', ');
  const saved = await tx.query<{ id: string }>(
    `insert into alert (model_version_id, size_ms, segment, series, cause, ${STATE_COLUMNS.join(', ')})
     values ($1, $2, $3, $4, $5, ${places}) returning id::text as id`,
    [...seriesValues(key), key.cause, ...values],
  );
  return saved.rows[0]?.id ?? missingRow();
}

export interface AlertEvent {
  readonly atMs: number;
  readonly kind: string;
  readonly reason: string;
  readonly windowId: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function appendAlertEvent(tx: Tx, alertId: string, event: AlertEvent): Promise<void> {
  await tx.query(
    `insert into alert_event (alert_id, at, kind, reason, window_id, details) values ($1, $2, $3, $4, $5, $6)`,
    [
      alertId,
      new Date(event.atMs),
      event.kind,
      event.reason,
      event.windowId,
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
  cause, state, verdict, types, subjects, fired_verdict as "firedVerdict", told_types as "toldTypes",
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
