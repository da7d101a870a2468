import { fail, ok, type Result } from '../core/result.ts';
import type { Tx } from './connection/pool.ts';

export type ViewsNotGranted = 'unknown_role' | 'may_not_create_schema';

/** Makes the views where they are missing, and lets a role read them, and nothing else. */
export async function grantViews(tx: Tx, role: string): Promise<Result<null, ViewsNotGranted>> {
  const asked = await tx.query<{ known: boolean; able: boolean; named: string }>(
    `select exists (select from pg_roles where rolname = $1) as known, quote_ident($1) as named,
       to_regnamespace('shiftwatch_views') is not null or has_database_privilege(current_database(), 'create') as able`,
    [role],
  );
  const { known, able, named } = asked.rows[0] ?? { known: false, able: false, named: '' };
  if (!known) return fail('unknown_role');
  if (!able) return fail('may_not_create_schema');
  await tx.query('select make_views()');
  await tx.query(`grant usage on schema shiftwatch_views to ${named}`);
  await tx.query(`grant select on all tables in schema shiftwatch_views to ${named}`);
  return ok(null);
}
