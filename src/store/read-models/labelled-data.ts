import type { Queryable } from '../connection/pool.ts';

/** A model's versions, or the one of a name; null: nobody has ever started shiftwatch with such a model. */
export async function versionsOf(
  db: Queryable,
  model: string,
  version: string | null,
): Promise<{ readonly modelId: number; readonly versions: ReadonlyMap<number, string> } | null> {
  const models = await db.query<{ id: number }>('select id from model where name = $1', [model]);
  const modelId = models.rows[0]?.id;
  if (modelId === undefined) return null;
  const found = await db.query<{ id: number; name: string }>(
    'select id, name from model_version where model_id = $1 and ($2::text is null or name = $2) order by id',
    [modelId, version],
  );
  return { modelId, versions: new Map(found.rows.map(({ id, name }) => [id, name])) };
}

/** Features of the newest baseline of each version, in their order, each once. */
export async function baselineFeatureNames(db: Queryable, versionIds: readonly number[]): Promise<string[]> {
  const found = await db.query<{ summary: { readonly features?: readonly { readonly name: string }[] } }>(
    `select distinct on (model_version_id) summary from baseline where model_version_id = any($1::int[])
     order by model_version_id, revision desc`,
    [versionIds],
  );
  return [...new Set(found.rows.flatMap(({ summary }) => (summary.features ?? []).map(({ name }) => name)))];
}
