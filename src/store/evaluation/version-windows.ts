import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

export interface StoredVersion {
  readonly id: number;
  readonly name: string;
  readonly state: 'active' | 'shadow' | 'retired';
  /** As said with a baseline. */
  readonly sizeBytes: number | null;
}

/** Oldest first. */
export async function loadVersions(db: Queryable, model: string): Promise<StoredVersion[]> {
  const found = await db.query<StoredVersion>(
    `select v.id, v.name, v.state, v.size_bytes as "sizeBytes" from model_version v join model m on m.id = v.model_id
     where m.name = $1 order by v.first_seen_at, v.id`,
    [model],
  );
  return found.rows;
}

export async function saveVersionSize(db: Queryable, modelVersionId: number, bytes: number): Promise<void> {
  await db.query('update model_version set size_bytes = $2 where id = $1', [modelVersionId, bytes]);
}

export interface VersionRange {
  readonly versionIds: readonly number[];
  readonly sizeMs: number;
  /** Windows that begin at or after `fromMs` and end at or before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The shortest windows that are watched for themselves, and when the newest of them ends; null without any. Windows of
 * so many rows, whose size is negative, only where there are no others.
 */
export async function shortestWindows(
  db: Queryable,
  versionIds: readonly number[],
): Promise<{ readonly sizeMs: number; readonly newestEndMs: number } | null> {
  const found = await db.query<{ sizeMs: number; newestEndMs: number }>(
    `select size_ms as "sizeMs", ${epochMs('max(end_at)')} as "newestEndMs" from "window"
     where model_version_id = any($1::int[]) and not pane_only
     group by size_ms order by size_ms > 0 desc, abs(size_ms) limit 1`,
    [versionIds],
  );
  return found.rows[0] ?? null;
}

/** What groups say of one window: `performance.groups` of docs/api.md, where a model has groups. */
export interface GroupRates {
  readonly feature: string;
  readonly group: string;
  readonly rows: number;
  readonly rates: {
    readonly selection_rate?: { readonly value: number | null; readonly others: number | null };
  };
}

export interface EvaluatedWindow {
  readonly modelVersionId: number;
  readonly seconds: number;
  readonly rows: number;
  /** An encoded `OperationalProfile`. */
  readonly counts: Uint8Array;
  readonly groups: readonly GroupRates[];
}

/** The newest evaluation of each window of a range, as far as it is about how predictions were made and of whom. */
export async function loadEvaluatedWindows(
  db: Queryable,
  { versionIds, sizeMs, fromMs, toMs }: VersionRange,
  limit: number,
): Promise<EvaluatedWindow[]> {
  const found = await db.query<EvaluatedWindow>(
    `select w.model_version_id as "modelVersionId", extract(epoch from w.end_at - w.start_at)::float8 as seconds,
       v.rows, v.operational_counts as counts, coalesce(g.groups, '[]') as groups
     from "window" w
     join lateral (
       select rows, operational_counts from verdict
       where window_id = w.id and segment = '' and operational_counts is not null
       order by series = 'closed' desc, revision desc limit 1
     ) v on true
     left join lateral (
       select performance -> 'groups' as groups from verdict
       where window_id = w.id and segment = '' and performance ? 'groups'
       order by series = 'matured' desc, revision desc limit 1
     ) g on true
     where w.model_version_id = any($1::int[]) and w.size_ms = $2 and not w.pane_only
       and w.start_at >= $3 and w.end_at <= $4
     order by w.start_at, w.id limit $5`,
    [versionIds, sizeMs, new Date(fromMs), new Date(toMs), limit],
  );
  return found.rows;
}

export interface LabelPart {
  readonly modelVersionId: number;
  readonly baselineId: number | null;
  readonly delta: Uint8Array;
}

/** The labels of a range's windows whose time to mature has passed. */
export async function loadMaturedLabels(
  db: Queryable,
  { versionIds, sizeMs, fromMs, toMs }: VersionRange,
): Promise<LabelPart[]> {
  const found = await db.query<LabelPart>(
    `select w.model_version_id as "modelVersionId", w.baseline_id as "baselineId", c.delta
     from "window" w join window_content c on c.whole_id = w.id
     where w.model_version_id = any($1::int[]) and w.size_ms = $2 and not w.pane_only
       and w.start_at >= $3 and w.end_at <= $4 and w.matured_revision > 0
       and c.kind = 'label' and c.segment = ''`,
    [versionIds, sizeMs, new Date(fromMs), new Date(toMs)],
  );
  return found.rows;
}
