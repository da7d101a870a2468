import { escapeIdentifier } from 'pg';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import { createPool, type Pool, type PoolOptions, type Tx } from '../connection/pool.ts';

/** What deciding reads and a rehearsal leaves as it is. Everything else is empty in it, and its own. */
const READ_AS_THEY_ARE: ReadonlySet<string> = new Set([
  'model_version',
  'baseline',
  'measurement',
  'comparison',
  'silence',
  'annotation',
  'pgmigrations',
  'oldest_writer',
  'forgotten_secret',
  'forgotten_feature',
]);
/** Runs of whose like none has ended yet are taken to last so long. */
const UNKNOWN_RUN_MS = 3_600_000;

/** A stored evaluation of a window, as it was made. */
export interface StoredEvaluation {
  /** In the order in which they were made. */
  readonly id: number;
  readonly atMs: number;
  readonly windowId: string;
  readonly series: EvaluationSeries;
  readonly revision: number;
  readonly modelName: string;
  readonly modelVersionId: number;
  readonly versionName: string;
  readonly sizeMs: number;
}

/**
 * A place to decide again on what has been decided: the same tables, empty and temporary, in front of the real ones, on
 * one connection. The very code that decides in earnest runs on it, and PostgreSQL refuses any write to a real table.
 */
export class Rehearsal {
  readonly pool: Pool;
  /** Of the real tables, quoted. */
  readonly #schema: string;
  readonly #fromMs: number;
  #lastWindowId = 0;
  #windowsAhead: { id: number; madeAtMs: number }[] = [];

  private constructor(pool: Pool, schema: string, fromMs: number) {
    this.pool = pool;
    this.#schema = schema;
    this.#fromMs = fromMs;
  }

  /** @param fromMs evaluations made before this instant are not part of it */
  static async open(options: Omit<PoolOptions, 'max' | 'rehearsal'>, fromMs: number): Promise<Rehearsal> {
    const pool = createPool({ ...options, max: 1, rehearsal: true });
    try {
      const found = await pool.query<{ schema: string; tables: string[] }>(
        `select current_schema() as schema, array_agg(c.relname::text) as tables from pg_class c
         where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
      );
      const { schema = '', tables = [] } = found.rows[0] ?? {};
      const real = escapeIdentifier(schema);
      const shadowed = tables.filter((table) => !READ_AS_THEY_ARE.has(table)).map(escapeIdentifier);
      const shadows = shadowed.map(
        (table) => `create temp table ${table} (like ${real}.${table} including all);`,
      );
      await pool.query(`begin read write; ${shadows.join(' ')} commit`);
      await pool.query(`insert into model overriding system value select * from ${real}.model`);
      return new Rehearsal(pool, real, fromMs);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** Stored evaluations of some models, page by page, in the order in which they were made. */
  async evaluations(models: readonly string[], afterId: number, limit: number): Promise<StoredEvaluation[]> {
    const found = await this.pool.query<StoredEvaluation>(
      `select v.id, ${epochMs('v.created_at')} as "atMs", v.window_id::text as "windowId", v.series, v.revision, m.name as "modelName",
         w.model_version_id as "modelVersionId", mv.name as "versionName", w.size_ms as "sizeMs"
       from ${this.#schema}.verdict v
       join ${this.#schema}."window" w on w.id = v.window_id and not w.pane_only
       join model_version mv on mv.id = w.model_version_id
       join model m on m.id = mv.model_id
       where v.id > $1 and v.segment = '' and v.created_at >= $2 and m.name = any($3)
       order by v.id limit $4`,
      [afterId, new Date(this.#fromMs), models, limit],
    );
    return found.rows;
  }

  /** Makes an evaluation visible, with the windows that were there by then. Answers the segments it judged. */
  async take(tx: Tx, { windowId, series, revision, atMs }: StoredEvaluation, features: readonly string[]) {
    await this.#addWindows(tx, windowId, atMs);
    const added = await tx.query<{ segment: string }>(
      `insert into verdict overriding system value select v.* from ${this.#schema}.verdict v
       where v.window_id = $1 and v.series = $2 and v.revision = $3
         and (v.segment = '' or split_part(v.segment, '=', 1) = any($4))
       returning segment`,
      [windowId, series, revision, features],
    );
    const column = series === 'closed' ? 'closed_revision' : 'matured_revision';
    await tx.query(`update "window" set ${column} = $2 where id = $1`, [windowId, revision]);
    return added.rows.map(({ segment }) => segment);
  }

  /** An open run keeps later ones away: it ends when the real one did, or after as long as runs usually take. */
  async endRuns(tx: Tx, nowMs: number): Promise<void> {
    await tx.query(
      `update retrain_run r set state = 'succeeded', closed_at = $1
       where r.closed_at is null and $1 >= (
         select case when t.id is not null then t.closed_at else r.requested_at + usual.time end
         from (select coalesce(percentile_cont(0.5) within group (order by closed_at - requested_at),
             make_interval(secs => $2)) as time from ${this.#schema}.retrain_run where state = 'succeeded') usual
         left join ${this.#schema}.retrain_run t on t.id = r.id)`,
      [new Date(nowMs), UNKNOWN_RUN_MS / 1_000],
    );
  }

  /** When the first reminder falls due; null: none is to come. */
  async nextReminderMs(): Promise<number | null> {
    const found = await this.pool.query<{ dueMs: number | null }>(
      `select ${epochMs('min(next_reminder_at)')} as "dueMs" from alert where state in ('firing', 'recovering')`,
    );
    return found.rows[0]?.dueMs ?? null;
  }

  /** When the first hold whose end is known ends after an instant; null: none is to end. */
  async nextHoldEndMs(afterMs: number): Promise<number | null> {
    const found = await this.pool.query<{ endMs: number | null }>(
      `select ${epochMs('min(until_at)')} as "endMs" from held_notification where until_at > $1`,
      [new Date(afterMs)],
    );
    return found.rows[0]?.endMs ?? null;
  }

  async #addWindows(tx: Tx, windowId: string, atMs: number): Promise<void> {
    const there: (number | string)[] = [windowId];
    for (;;) {
      if (this.#windowsAhead.length === 0) await this.#lookAhead(tx);
      const [next] = this.#windowsAhead;
      if (next === undefined || next.madeAtMs > atMs) break;
      there.push(next.id);
      this.#windowsAhead.shift();
    }
    const added = await tx.query<{ id: number }>(
      `insert into "window" overriding system value select w.* from ${this.#schema}."window" w
       where w.id = any($1) and not w.pane_only on conflict do nothing returning id`,
      [there],
    );
    if (added.rows.length === 0) return;
    // What was evaluated before the rehearsal begins holds nothing up; what comes later is still to be evaluated.
    const before = (series: EvaluationSeries): string =>
      `coalesce((select max(v.revision) from ${this.#schema}.verdict v where v.window_id = w.id and v.segment = ''
         and v.series = '${series}' and v.created_at < $2), 0)`;
    await tx.query(
      `update "window" w set closed_revision = ${before('closed')}, matured_revision = ${before('matured')}
       where w.id = any($1)`,
      [added.rows.map(({ id }) => id), new Date(this.#fromMs)],
    );
  }

  async #lookAhead(tx: Tx): Promise<void> {
    const found = await tx.query<{ id: number; madeAtMs: number }>(
      `select id, ${epochMs('created_at')} as "madeAtMs" from ${this.#schema}."window"
       where id > $1 and (matured_at is null or matured_at >= $2) order by id limit 1000`,
      [this.#lastWindowId, new Date(this.#fromMs)],
    );
    this.#windowsAhead = found.rows;
    this.#lastWindowId = found.rows.at(-1)?.id ?? this.#lastWindowId;
  }
}
