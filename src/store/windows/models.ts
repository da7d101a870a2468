import { UserError } from '../../core/errors.ts';
import type { ModelSpec, Task } from '../../core/model.ts';
import { plainJson } from '../../core/plain-json.ts';
import { specWithout } from '../../core/history/forgotten-names.ts';
import type { Queryable } from '../connection/pool.ts';
import { loadForgotten } from '../history/forgotten-features.ts';

/**
 * Writes the configured models; returns their ids by name. Models no longer configured keep their history.
 *
 * @throws UserError when a model's task is another than that of what is stored of it
 */
export async function syncModels(db: Queryable, specs: readonly ModelSpec[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  const forgotten = await loadForgotten(db);
  for (const configured of specs) {
    const spec = specWithout(configured, forgotten.byName.get(configured.name) ?? null);
    const saved = await db.query<{ id: number }>(
      `insert into model as m (name, task, spec) values ($1, $2, $3)
       on conflict (name) do update set task = excluded.task, spec = excluded.spec
         where m.task = excluded.task or not ${HAS_HISTORY}
       returning id`,
      [spec.name, spec.task, plainJson(spec)],
    );
    const id = saved.rows[0]?.id;
    if (id === undefined) {
      const [change] = await findTaskChanges(db, [spec]);
      throw new UserError(
        change === undefined ? `model ${spec.name} could not be written` : sayTaskChange(change),
        { fix: TASK_CHANGE_FIX },
      );
    }
    ids.set(spec.name, id);
  }
  return ids;
}

/** Of model `m`: windows and baselines are counted by its task, and cannot be read by another one. */
const HAS_HISTORY = `exists (
  select 1 from model_version v where v.model_id = m.id and (
    exists (select 1 from "window" w where w.model_version_id = v.id)
    or exists (select 1 from baseline b where b.model_version_id = v.id)))`;

export interface TaskChange {
  readonly model: string;
  readonly stored: string;
  readonly configured: string;
}

/** Models whose configured task is another than that of what is stored of them. */
export async function findTaskChanges(
  db: Queryable,
  specs: readonly Pick<ModelSpec, 'name' | 'task'>[],
): Promise<TaskChange[]> {
  const found = await db.query<TaskChange>(
    `select m.name as model, m.task as stored, t.task as configured
     from unnest($1::text[], $2::text[]) as t (name, task) join model m on m.name = t.name
     where m.task <> t.task and ${HAS_HISTORY} order by m.name`,
    [specs.map(({ name }) => name), specs.map(({ task }) => task)],
  );
  return found.rows;
}

export function sayTaskChange({ model, stored, configured }: TaskChange): string {
  return `model "${model}" is configured as ${configured}, but its stored windows and baselines are of ${stored}`;
}

export const TASK_CHANGE_FIX =
  'A model of another task is another model: give it a new name (what is stored under the old one stays readable), ' +
  'or put `task` back.';

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

export async function listVersionIds(
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
  const found = await db.query<{ id: number; hasBaseline: boolean }>(
    `select v.id, exists (select 1 from baseline where model_version_id = v.id) as "hasBaseline"
     from model_version v join model_version beside on beside.model_id = v.model_id
     where beside.id = $1 and v.name = $2`,
    [besideVersionId, name],
  );
  return found.rows[0] ?? null;
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
  const found = await db.query<VersionRow>(
    `select v.id, v.name, m.name as "modelName" from model_version v join model m on m.id = v.model_id
     where v.id = $1`,
    [id],
  );
  return found.rows[0] ?? null;
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

/** Of one model, or (null) of all. */
export async function modelIdsOf(db: Queryable, name: string | null): Promise<number[]> {
  const found = await db.query<{ id: number }>(
    'select id from model where $1::text is null or name = $1 order by id',
    [name],
  );
  return found.rows.map(({ id }) => id);
}

/** Null: none of the name has been seen. */
export async function storedModel(
  db: Queryable,
  name: string,
): Promise<{ readonly id: number; readonly name: string; readonly task: Task } | null> {
  const found = await db.query<{ id: number; name: string; task: Task }>(
    'select id, name, task from model where name = $1',
    [name],
  );
  return found.rows[0] ?? null;
}
