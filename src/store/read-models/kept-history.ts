import type { Retention } from '../../core/history/retention.ts';
import type { Queryable } from '../connection/pool.ts';

export type KeptKind =
  | 'predictions'
  | 'comparisons'
  | 'counts'
  | 'days'
  | 'weeks'
  | 'windows'
  | 'incidents'
  | 'messages'
  | 'dead_letters'
  | 'batches'
  | 'audit';

/** What is kept of a kind. */
export interface Kept {
  readonly kind: KeptKind;
  /** When the oldest of it was stored; null: there is none. */
  readonly since: string | null;
  /** With indexes, and with what is free to be written again. */
  readonly bytes: number;
  /** How long it is kept, of all models; null: it is not made. */
  readonly kept_ms: number | null;
}

const TABLES: Readonly<Record<KeptKind, readonly string[]>> = {
  predictions: ['prediction_block', 'prediction_pack', 'prediction_chunk', 'prediction_label', 'id_block'],
  comparisons: ['comparison'],
  counts: ['window_part'],
  days: ['day_profile_day'],
  weeks: ['day_profile_week'],
  windows: ['window', 'measurement', 'verdict', 'label_delay'],
  incidents: ['alert', 'alert_event', 'alert_view', 'retrain_run', 'retrain_progress', 'retrain_incident'],
  messages: ['outbox', 'delivery', 'delivery_attempt', 'digest', 'digest_entry', 'notification_route'],
  dead_letters: ['dead_letter'],
  batches: ['event_batch'],
  audit: ['audit_entry'],
};

/** When the first of a kind was stored. Ids of windows grow with time: the least one is of the oldest. */
const FIRST: Readonly<Record<KeptKind, string>> = {
  predictions: 'select min(created_at) from prediction_block',
  comparisons: 'select created_at from "window" where id = (select min(window_id) from comparison)',
  counts: 'select created_at from "window" where id = (select min(window_id) from window_part)',
  days: 'select min(stored_at) from day_profile_day',
  weeks: 'select min(stored_at) from day_profile_week',
  windows: 'select created_at from "window" order by id limit 1',
  incidents: 'select min(created_at) from alert',
  messages: 'select created_at from outbox order by id limit 1',
  dead_letters: 'select received_at from dead_letter order by id limit 1',
  batches: 'select min(created_at) from event_batch',
  audit: 'select at from audit_entry order by id limit 1',
};

const KEPT_MS: Readonly<Record<KeptKind, (retention: Retention) => number | null>> = {
  predictions: ({ predictionsMs }) => predictionsMs,
  comparisons: ({ comparisonsMs }) => comparisonsMs,
  counts: ({ countsMs }) => countsMs,
  days: ({ daysMs }) => daysMs,
  weeks: ({ weeksMs }) => weeksMs,
  windows: ({ windowsMs }) => windowsMs,
  incidents: ({ incidentsMs }) => incidentsMs,
  messages: ({ messagesMs }) => messagesMs,
  dead_letters: ({ deadLettersMs }) => deadLettersMs,
  batches: ({ batchesMs }) => batchesMs,
  audit: ({ auditMs }) => auditMs,
};

const KINDS = Object.keys(TABLES) as readonly KeptKind[];

export async function keptHistory(db: Queryable, retention: Retention): Promise<Kept[]> {
  const sizes = await db.query<{ kind: KeptKind; bytes: number }>(
    `select kind, sum(pg_total_relation_size(part))::float8 as bytes
     from unnest($1::text[], $2::text[]) as t (kind, name)
     cross join lateral (
       select name::regclass as part union select relid from pg_partition_tree(name::regclass)
     ) parts
     group by kind`,
    [
      KINDS.flatMap((kind) => TABLES[kind].map(() => kind)),
      KINDS.flatMap((kind) => TABLES[kind].map((name) => `"${name}"`)),
    ],
  );
  const firsts = await db.query<Record<KeptKind, Date | null>>(
    `select ${KINDS.map((kind) => `(${FIRST[kind]}) as ${kind}`).join(', ')}`,
  );
  const first = firsts.rows[0]!;
  return KINDS.map((kind) => ({
    kind,
    since: first[kind] === null ? null : new Date(first[kind]).toISOString(),
    bytes: sizes.rows.find((row) => row.kind === kind)?.bytes ?? 0,
    kept_ms: KEPT_MS[kind](retention),
  }));
}
