import type { ModelSpec } from '../core/model.ts';
import type { Queryable } from './pool.ts';

/** Writes the configured models; returns their ids by name. Models no longer configured keep their history. */
export async function syncModels(db: Queryable, specs: readonly ModelSpec[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const spec of specs) {
    const saved = await db.query<{ id: number }>(
      `insert into model (name, task, spec) values ($1, $2, $3)
       on conflict (name) do update set task = excluded.task, spec = excluded.spec
       returning id`,
      [spec.name, spec.task, JSON.stringify(spec)],
    );
    const id = saved.rows[0]?.id;
    if (id !== undefined) ids.set(spec.name, id);
  }
  return ids;
}

/**
 * The id of a version, made at first sight as long as the model has fewer than `most`; else null. What processes make at
 * once waits for each other, so that none makes one too many.
 */
export async function admitVersion(
  db: Queryable,
  modelId: number,
  name: string,
  most: number,
): Promise<number | null> {
  const found = await db.query<{ id: number | null }>('select admit_version($1, $2, $3) as id', [
    modelId,
    name,
    most,
  ]);
  return found.rows[0]?.id ?? null;
}

export async function listVersions(
  db: Queryable,
  modelId: number,
): Promise<{ readonly id: number; readonly name: string }[]> {
  const found = await db.query<{ id: number; name: string }>(
    'select id, name from model_version where model_id = $1',
    [modelId],
  );
  return found.rows;
}

/** The id of a version that an operator names. */
export async function ensureVersion(db: Queryable, modelId: number, name: string): Promise<number> {
  await db.query(
    'insert into model_version (model_id, name) values ($1, $2) on conflict (model_id, name) do nothing',
    [modelId, name],
  );
  const id = await findVersion(db, modelId, name);
  if (id === null) throw new Error(`version ${name} of model ${modelId} vanished`);
  return id;
}

export async function findVersion(db: Queryable, modelId: number, name: string): Promise<number | null> {
  const found = await db.query<{ id: number }>(
    'select id from model_version where model_id = $1 and name = $2',
    [modelId, name],
  );
  return found.rows[0]?.id ?? null;
}

/**
 * A version that a training pipeline has announced. It is a shadow until its first predictions come: a version nobody
 * has seen at work is not the one that a schedule retrains.
 */
export async function announceVersion(
  db: Queryable,
  besideVersionId: number,
  name: string,
): Promise<{ readonly id: number; readonly hasBaseline: boolean }> {
  const known = await findBeside(db, besideVersionId, name);
  if (known !== null) return known;
  await db.query(
    `insert into model_version (model_id, name, state)
     select model_id, $2, 'shadow' from model_version where id = $1 on conflict (model_id, name) do nothing`,
    [besideVersionId, name],
  );
  const announced = await findBeside(db, besideVersionId, name);
  if (announced === null) throw new Error(`version ${name} vanished`);
  return announced;
}

async function findBeside(
  db: Queryable,
  besideVersionId: number,
  name: string,
): Promise<{ readonly id: number; readonly hasBaseline: boolean } | null> {
  const found = await db.query<{ id: number; has_baseline: boolean }>(
    `select v.id, exists (select 1 from baseline where model_version_id = v.id) as has_baseline
     from model_version v join model_version beside on beside.model_id = v.model_id
     where beside.id = $1 and v.name = $2`,
    [besideVersionId, name],
  );
  const row = found.rows[0];
  return row === undefined ? null : { id: row.id, hasBaseline: row.has_baseline };
}

/** An announced version is active from its first window on. */
export async function activateVersion(db: Queryable, id: number): Promise<void> {
  await db.query(
    `update model_version v set state = 'active' where id = $1 and state = 'shadow'
       and exists (select 1 from "window" where model_version_id = v.id)`,
    [id],
  );
}

export interface VersionRow {
  readonly id: number;
  readonly name: string;
  readonly modelName: string;
}

export async function loadVersion(db: Queryable, id: number): Promise<VersionRow | null> {
  const found = await db.query<{ id: number; name: string; model_name: string }>(
    `select v.id, v.name, m.name as model_name from model_version v join model m on m.id = v.model_id
     where v.id = $1`,
    [id],
  );
  const row = found.rows[0];
  return row === undefined ? null : { id: row.id, name: row.name, modelName: row.model_name };
}

/** The version that calendar retraining is about: the active one that was seen first most recently. */
export async function newestActiveVersion(db: Queryable, modelId: number): Promise<VersionRow | null> {
  const found = await db.query<{ id: number }>(
    `select id from model_version where model_id = $1 and state = 'active' order by first_seen_at desc, id desc
     limit 1`,
    [modelId],
  );
  const id = found.rows[0]?.id;
  return id === undefined ? null : await loadVersion(db, id);
}
