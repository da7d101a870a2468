import { toBigint } from '../../core/ids/id-hash.ts';
import type { IdSpace } from '../../store/predictions/id-blocks.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import {
  allExist,
  listBlocks,
  loadFilters,
  loadPacks,
  type StoredBlock,
} from '../../store/predictions/prediction-blocks.ts';
import { loadedKernel } from '../../kernel/load-kernel.ts';
import { IdFilter } from '../../window/id-filter.ts';
import { IdList } from '../../window/id-list.ts';
import { bucketOf, type KeptRow, PredictionPack } from '../../window/prediction-pack.ts';
import { askedIds } from './asked-ids.ts';
import { AskedPacks } from './asked-packs.ts';
import type { FoundRows } from './found-rows.ts';

/** An id hash in two halves. */
export interface IdHalves {
  readonly high: number;
  readonly low: number;
}

/** Filters kept in memory: those of 64 million predictions. Beyond it they are read again for every look-up. */
const FILTERS_BYTES = 128 * 1024 * 1024;
/** Filters read at once. */
const LOADED_AT_ONCE_BYTES = 16 * 1024 * 1024;
/** Ids whose packs are asked for at once: some two megabytes, for which the driver takes ten. */
const IDS_AT_ONCE = 1_000;
/** Blocks are merged now and then; five times during one look-up they are not. */
const MAX_TRIES = 5;

/** Found rows as objects. */
class KeptRows implements FoundRows {
  readonly rows: (KeptRow | undefined)[];

  constructor(ids: number) {
    this.rows = Array.from({ length: ids });
  }

  /** Of several rows the earliest is kept. */
  note(index: number, pack: PredictionPack, row: number): void {
    const known = this.rows[index];
    if (known === undefined || pack.eventMs(row) < known.eventMs) this.rows[index] = pack.row(row);
  }
}

/** What a block may hold. */
interface Wanted {
  readonly block: StoredBlock;
  /** Indices of ids, nearly in the order of their hashes. */
  readonly ids: Int32Array;
}

/**
 * Finds kept predictions by the hashes of their ids, many at once. Every block is asked through its filter, which is in
 * memory; only where it may hold an id one pack of it is read.
 */
export class PredictionFinder {
  /** By block id, least recently used first. */
  readonly #filters = new Map<number, IdFilter>();
  readonly #budgetBytes: number;
  #bytes = 0;

  constructor(budgetBytes: number = FILTERS_BYTES) {
    this.#budgetBytes = budgetBytes;
  }

  /** The row of each id, or undefined. Of rows with one id, which only neglected limits let happen, the earliest. */
  async find(
    db: Queryable,
    space: IdSpace,
    ids: IdList | readonly IdHalves[],
    isAsked: (block: StoredBlock) => boolean = () => true,
  ): Promise<(KeptRow | undefined)[]> {
    const { rows } = await this.findInto(db, space, listOf(ids), () => new KeptRows(ids.length), isAsked);
    return rows;
  }

  /** The same without making an object of each row. `create`: called for each try. */
  async findInto<F extends FoundRows>(
    db: Queryable,
    space: IdSpace,
    ids: IdList,
    create: () => F,
    isAsked: (block: StoredBlock) => boolean = () => true,
  ): Promise<F> {
    if (ids.length === 0) return create();
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const blocks = (await listBlocks(db, space)).filter(isAsked);
      const found = create();
      if (await this.#findIn(db, blocks, ids, found)) return found;
    }
    throw new Error(`blocks of predictions were merged away ${MAX_TRIES} times during one look-up`);
  }

  /** Null: one of the blocks is gone, so what was found may lack rows that are in another block by now. */
  async findIn(
    db: Queryable,
    blocks: readonly StoredBlock[],
    given: IdList | readonly IdHalves[],
  ): Promise<(KeptRow | undefined)[] | null> {
    const found = new KeptRows(given.length);
    return (await this.#findIn(db, blocks, listOf(given), found)) ? found.rows : null;
  }

  /** False: one of the blocks is gone. */
  async #findIn(
    db: Queryable,
    blocks: readonly StoredBlock[],
    ids: IdList,
    found: FoundRows,
  ): Promise<boolean> {
    const wanted = await this.#filtered(db, blocks, ids);
    if (wanted === null) return false;
    for (const [day, ofDay] of Map.groupBy(wanted, ({ block }) => block.day)) {
      await look(db, day, ofDay, ids, found);
    }
    return await allExist(
      db,
      wanted.map(({ block }) => block.id),
    );
  }

  async #filtered(db: Queryable, blocks: readonly StoredBlock[], ids: IdList): Promise<Wanted[] | null> {
    const wanted: Wanted[] = [];
    const { order, highs, lows } = dealt(ids);
    const asked = askedIds(loadedKernel(), highs, lows);
    try {
      for (const some of ofSize(blocks, LOADED_AT_ONCE_BYTES)) {
        const filters = await this.#load(db, some);
        if (filters === null) return null;
        for (let b = 0; b < some.length; b++) {
          const [block, filter] = [some[b], filters[b]];
          if (block === undefined || filter === undefined) continue;
          const found = asked.passing(filter);
          if (found.length > 0) wanted.push({ block, ids: Int32Array.from(found, (at) => order[at] ?? 0) });
        }
      }
    } finally {
      asked.release();
    }
    return wanted;
  }

  /** Null: one of the blocks is gone. */
  async #load(db: Queryable, blocks: readonly StoredBlock[]): Promise<IdFilter[] | null> {
    const unknown = blocks.filter(({ id }) => !this.#filters.has(id)).map(({ id }) => id);
    const loaded = unknown.length === 0 ? new Map<number, Uint8Array>() : await loadFilters(db, unknown);
    const filters: IdFilter[] = [];
    for (const { id } of blocks) {
      const bytes = loaded.get(id);
      const filter = this.#filters.get(id) ?? (bytes === undefined ? null : IdFilter.decode(bytes));
      if (filter === null) return null;
      filters.push(filter);
      this.#remember(id, filter);
    }
    return filters;
  }

  #remember(id: number, filter: IdFilter): void {
    if (this.#filters.delete(id)) this.#bytes -= filter.bytes;
    this.#filters.set(id, filter);
    this.#bytes += filter.bytes;
    for (const [oldest, { bytes }] of this.#filters) {
      if (this.#bytes <= this.#budgetBytes) break;
      this.#filters.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}

/** Notes the rows of ids in blocks of one day. */
async function look(
  db: Queryable,
  day: string,
  wanted: readonly Wanted[],
  ids: IdList,
  found: FoundRows,
): Promise<void> {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  let packs = new AskedPacks(ids);
  const read = async (): Promise<void> => {
    const asked = packs;
    packs = new AskedPacks(ids);
    await loadPacks(db, day, asked.names, (name, data) => {
      asked.note(name, new PredictionPack(data, dayMs), found);
    });
  };
  for (const { block, ids: some } of wanted) {
    const grouped = byBucket(some, block, ids);
    for (let from = 0, to = 0; from < grouped.length; from = to) {
      const bucket = bucketOf(ids.high(grouped[from] ?? 0), block.bits);
      while (to < grouped.length && bucketOf(ids.high(grouped[to] ?? 0), block.bits) === bucket) to += 1;
      packs.add(block.id, bucket, grouped.subarray(from, to));
      if (packs.ids >= IDS_AT_ONCE) await read();
    }
  }
  if (packs.ids > 0) await read();
}

/** Ids of one pack one after another: so they come already, where packs are dealt by no more bits than ids are. */
function byBucket(some: Int32Array, { bits }: StoredBlock, ids: IdList): Int32Array {
  if (bits <= DEALT_BITS) return some;
  return some.sort((a, b) => bucketOf(ids.high(a), bits) - bucketOf(ids.high(b), bits));
}

/** Ids are dealt by so many first bits of their hashes: a share of a filter that a near cache holds. */
const DEALT_BITS = 12;

/**
 * Ids nearly by their high halves, as unsigned numbers: filters are read from front to back then. Those of one share
 * stay in their order.
 */
function dealt(ids: IdList): { order: Int32Array; highs: Int32Array; lows: Int32Array } {
  const ends = new Int32Array(2 ** DEALT_BITS);
  const shareOf = (i: number): number => ids.high(i) >>> (32 - DEALT_BITS);
  for (let i = 0; i < ids.length; i++) ends[shareOf(i)] = (ends[shareOf(i)] ?? 0) + 1;
  for (let share = 0, begin = 0; share < ends.length; share++) {
    const count = ends[share] ?? 0;
    ends[share] = begin;
    begin += count;
  }
  const order = new Int32Array(ids.length);
  const highs = new Int32Array(ids.length);
  const lows = new Int32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const share = shareOf(i);
    const place = ends[share] ?? 0;
    ends[share] = place + 1;
    order[place] = i;
    highs[place] = ids.high(i);
    lows[place] = ids.low(i);
  }
  return { order, highs, lows };
}

function listOf(ids: IdList | readonly IdHalves[]): IdList {
  if (ids instanceof IdList) return ids;
  const list = new IdList();
  for (const { high, low } of ids) list.push(high, low);
  return list;
}

/** How long the filter of a block is, roughly. */
const filterBytes = ({ rows }: StoredBlock): number => 32 + 2 * rows;

function* ofSize(blocks: readonly StoredBlock[], bytes: number): Generator<StoredBlock[]> {
  let some: StoredBlock[] = [];
  let size = 0;
  for (const block of blocks) {
    some.push(block);
    size += filterBytes(block);
    if (size < bytes) continue;
    yield some;
    some = [];
    size = 0;
  }
  if (some.length > 0) yield some;
}

export function halvesOf(hash: bigint): IdHalves {
  return { high: Number(BigInt.asIntN(32, hash >> 32n)), low: Number(BigInt.asIntN(32, hash)) };
}

export const hashOf = ({ high, low }: IdHalves): bigint => toBigint(high, low);
