import { listParts, loadPartsById, type StoredPart } from '../../../src/store/windows/window-parts.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';

/** Every part that adds up to a window. */
export async function partsOf(pool: Pool, windowId: number): Promise<StoredPart[]> {
  const listed = await listParts(pool, windowId);
  return await loadPartsById(
    pool,
    windowId,
    listed.map(({ id }) => id),
  );
}
