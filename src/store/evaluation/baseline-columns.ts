import { unknownColumns } from '../../core/columns/feature-settings.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { Queryable } from '../connection/pool.ts';

/** Something is said of a column that no baseline of the model has. */
export interface UnknownSetting {
  readonly model: string;
  readonly column: string;
  readonly nearest: string | null;
}

/** Of models that have a baseline, by the newest of each version. An identifier is in none of them. */
export async function findUnknownSettings(
  db: Queryable,
  specs: readonly Pick<ModelSpec, 'name' | 'features'>[],
): Promise<UnknownSetting[]> {
  const said = specs.flatMap(({ name, features }) => (features === undefined ? [] : [{ name, features }]));
  if (said.length === 0) return [];
  const found = await db.query<{ model: string; columns: string[] }>(
    `select m.name as model, array_agg(distinct f->>'name') as columns
     from model m join model_version v on v.model_id = m.id
     join lateral (select b.summary from baseline b where b.model_version_id = v.id
                   order by b.revision desc limit 1) newest on true
     cross join lateral jsonb_array_elements(newest.summary->'features') f
     where m.name = any($1::text[]) group by m.name`,
    [said.map(({ name }) => name)],
  );
  const columnsOf = new Map(found.rows.map(({ model, columns }) => [model, columns]));
  return said.flatMap(({ name: model, features }) => {
    const columns = columnsOf.get(model);
    if (columns === undefined) return [];
    const read = new Map([...features].filter(([, { kind }]) => kind !== 'identifier'));
    return unknownColumns(read, columns).map(({ name, nearest }) => ({ model, column: name, nearest }));
  });
}
