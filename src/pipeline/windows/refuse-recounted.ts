import type { Tx } from '../../store/connection/pool.ts';
import { baselinesOfWindows } from '../../store/windows/windows.ts';
import type { HeldIds } from '../../window/checkpoint/held-ids.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import type { ModelCatalog } from './model-catalog.ts';

/** What was counted cannot be stored as it is: throw it away, and read again. */
export class ReadAgain extends Error {
  /** Known to be repeated by now. The next buffer has to be told which: more of them may be repeated than are remembered. */
  readonly ids: readonly HeldIds[];

  constructor(message: string, ids: readonly HeldIds[] = []) {
    super(message);
    this.ids = ids;
  }
}

/**
 * A closed window may have been counted again on another baseline since its rows were counted here (`recompute`). The caller
 * holds the lock of all of them.
 *
 * @throws ReadAgain where one was; the catalog then knows its baseline no more
 */
export async function refuseRecounted(
  tx: Tx,
  catalog: Pick<ModelCatalog, 'forgetWindows'>,
  counted: Iterable<WindowRef>,
  closed: ReadonlySet<number>,
): Promise<void> {
  const late = [...counted].filter(({ id }) => closed.has(id));
  if (late.length === 0) return;
  const baselines = await baselinesOfWindows(tx, new Set(late.map(({ id }) => id)));
  const recounted = late.filter(({ id, baselineId }) => baselines.get(id) !== baselineId);
  if (recounted.length === 0) return;
  catalog.forgetWindows(recounted);
  throw new ReadAgain('windows were counted again on another baseline meanwhile');
}
