import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import {
  addBlockRow,
  addPacks,
  allExist,
  blocksToMerge,
  deleteBlocks,
  loadPackRanges,
  lockMerging,
  nextBlockId,
  type StoredBlock,
} from '../../store/predictions/prediction-blocks.ts';
import { IdFilter } from '../../window/id-filter.ts';
import { bucketOf, type KeptRow, mergedBits, PredictionPack } from '../../window/prediction-pack.ts';
import { packRows } from '../../window/pack-rows.ts';
import { MergedRows } from '../../window/merged-rows.ts';

/** Rows in memory at once: a merge costs time, never memory. */
const SLICE_ROWS = 16_384;

/**
 * Makes one block of many small ones of a model and day, so that labels have few to ask. Who holds an old block while
 * it is replaced notices, and looks again.
 *
 * @returns how many blocks were merged; 0: there are none to merge
 */
export async function mergePredictionBlocks(pool: Pool): Promise<number> {
  const blocks = await blocksToMerge(pool);
  const first = blocks[0];
  if (first === undefined) return 0;
  return await inTransaction(pool, async (tx) => {
    const ids = blocks.map(({ id }) => id);
    // Another process was faster, or is at it.
    if (!(await lockMerging(tx, first)) || !(await allExist(tx, ids))) return 0;
    await rewriteBlocks(tx, blocks);
    await deleteBlocks(tx, first.day, ids);
    return blocks.length;
  });
}

/**
 * One block of the rows of some, of one model, kind and day; the caller deletes these. Without rows it makes none.
 *
 * @param change what a row is to be; null: it is left out
 */
export async function rewriteBlocks(
  tx: Tx,
  blocks: readonly StoredBlock[],
  change: (row: KeptRow) => KeptRow | null = (row) => row,
): Promise<void> {
  const [first] = blocks;
  if (first === undefined) return;
  const { modelId, kind, day } = first;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const bits = mergedBits(blocks);
  const sliceBits = Math.min(bits, Math.max(0, Math.ceil(Math.log2(rows / SLICE_ROWS))));
  const id = await nextBlockId(tx);
  const filter = IdFilter.for(rows);
  let kept = 0;
  for (let slice = 0; slice < 2 ** sliceBits; slice++) {
    const columns = await rowsOfSlice(tx, day, blocks, { slice, sliceBits, change });
    const { ids, length } = columns.rows;
    kept += length;
    for (let row = 0; row < length; row++) filter.add(ids.high(row), ids.low(row));
    await addPacks(tx, id, day, packRows(columns.rows, columns, bits));
  }
  if (kept === 0) return;
  await addBlockRow(tx, id, {
    modelId,
    kind,
    day,
    rows: kept,
    bits,
    fromMs: Math.min(...blocks.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...blocks.map(({ toMs }) => toMs)),
    oldestIdBlock: blocks.reduce<number | null>((oldest, block) => older(oldest, block.oldestIdBlock), null),
    filter: filter.encode(),
    storedMs: Math.max(...blocks.map(({ storedMs }) => storedMs)),
  });
}

/** The rows whose hashes begin with the bits of the slice. Packs of few bits hold rows of other slices too. */
async function rowsOfSlice(
  tx: Tx,
  day: string,
  blocks: readonly StoredBlock[],
  {
    slice,
    sliceBits,
    change,
  }: {
    readonly slice: number;
    readonly sliceBits: number;
    readonly change: (row: KeptRow) => KeptRow | null;
  },
): Promise<MergedRows> {
  const columns = new MergedRows();
  const ranges = blocks.map(({ id, bits }) => ({ blockId: id, ...rangeOf(slice, sliceBits, bits) }));
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  for (const data of await loadPackRanges(tx, day, ranges)) {
    const pack = new PredictionPack(data, dayMs);
    for (let row = 0; row < pack.rows; row++) {
      if (bucketOf(pack.high(row), sliceBits) !== slice) continue;
      const changed = change(pack.row(row));
      if (changed !== null) columns.add(changed);
    }
  }
  return columns;
}

/** The packs of a block of `bits` that a slice of `sliceBits` lies in. */
export function rangeOf(slice: number, sliceBits: number, bits: number): { from: number; to: number } {
  if (bits <= sliceBits) {
    const from = slice >>> (sliceBits - bits);
    return { from, to: from + 1 };
  }
  const packs = 2 ** (bits - sliceBits);
  return { from: slice * packs, to: (slice + 1) * packs };
}

function older(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
