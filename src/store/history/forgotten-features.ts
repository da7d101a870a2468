import { ForgottenNames } from '../../core/history/forgotten-names.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

/** What is forgotten of all models, as of one number: whoever has forgotten more since has raised it. */
export interface ForgottenFeatures {
  readonly generation: number;
  readonly secret: Uint8Array;
  /** Models of which something is forgotten, by id and by name. */
  readonly byId: ReadonlyMap<number, ForgottenNames>;
  readonly byName: ReadonlyMap<string, ForgottenNames>;
}

export async function loadForgotten(db: Queryable): Promise<ForgottenFeatures> {
  const found = await db.query<{
    generation: number;
    secret: Buffer;
    models: { id: number; name: string; marks: string[] }[] | null;
  }>(
    `select o.forgotten as generation, s.secret, (
       select jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name, 'marks', f.marks)) from (
         select model_id, jsonb_agg(encode(mark, 'hex')) as marks from forgotten_feature group by model_id
       ) f join model m on m.id = f.model_id) as models
     from oldest_writer o, forgotten_secret s`,
  );
  const row = found.rows[0];
  if (row === undefined) throw new Error('the database has no secret for forgotten names');
  const { generation, secret } = row;
  const models = (row.models ?? []).map(
    ({ id, name, marks }) => ({ id, name, names: new ForgottenNames(secret, id, new Set(marks)) }) as const,
  );
  return {
    generation,
    secret,
    byId: new Map(models.map(({ id, names }) => [id, names])),
    byName: new Map(models.map(({ name, names }) => [name, names])),
  };
}

/** @returns whether it was not forgotten before */
export async function addForgotten(tx: Tx, modelId: number, mark: string): Promise<boolean> {
  const added = await tx.query(
    `insert into forgotten_feature (model_id, mark) values ($1, decode($2, 'hex')) on conflict do nothing`,
    [modelId, mark],
  );
  return added.rowCount === 1;
}

/** @returns whether it was forgotten */
export async function removeForgotten(tx: Tx, modelId: number, mark: string): Promise<boolean> {
  const gone = await tx.query(
    `delete from forgotten_feature where model_id = $1 and mark = decode($2, 'hex')`,
    [modelId, mark],
  );
  return gone.rowCount === 1;
}

/** From the commit on, no transaction that begins takes what was made of less. */
export async function raiseForgotten(db: Queryable): Promise<void> {
  await db.query('update oldest_writer set forgotten = forgotten + 1');
}

/**
 * Transactions that write and have begun: each holds a share of the table's lock from its first question to its end. Those that begin
 * later know better.
 */
export async function writersAtWork(db: Queryable): Promise<string[]> {
  const found = await db.query<{ writer: string }>(
    `select distinct pid || ' ' || virtualtransaction as writer from pg_locks
     where relation = 'oldest_writer'::regclass and database = (select oid from pg_database where datname = current_database())
       and pid <> pg_backend_pid() and granted`,
  );
  return found.rows.map(({ writer }) => writer);
}
