import { admitNames } from '../../store/windows/admitted-names.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import type { ModelColumns } from '../../window/model-columns.ts';

/**
 * Gives columns that a model does not have yet their place, as far as there is room. It is given in the store and before
 * anything is counted, so every process and every later reading of the same log decides alike.
 */
export async function admitColumns(
  db: Queryable,
  modelId: number,
  columns: ModelColumns,
  names: Iterable<string>,
): Promise<void> {
  if (columns.isFull) return;
  const unknown = columns.unknownOf(new Set(names));
  if (unknown.length === 0) return;
  await claimColumns(db, modelId, columns, unknown);
}

/** Without names: what has a place already. */
export async function claimColumns(
  db: Queryable,
  modelId: number,
  columns: ModelColumns,
  names: readonly string[],
): Promise<void> {
  const { limit, own: free, asOf } = columns;
  const scope = `columns/${modelId}`;
  columns.admit(await admitNames(db, { scope, names: names.slice(0, limit), limit, free, asOf }));
}
