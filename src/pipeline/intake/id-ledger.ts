import {
  addBlock,
  blocksAfter,
  type IdBlock,
  type IdSpace,
  lockIdSpaces,
  newestBlocks,
} from '../../store/predictions/id-blocks.ts';
import type { Queryable, Tx } from '../../store/connection/pool.ts';
import { blocksBefore } from '../../store/predictions/prediction-blocks.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { type HeldIds, holdId, idsOfBoth, noIds } from '../../window/checkpoint/held-ids.ts';
import { IdList } from '../../window/id-list.ts';
import { SeenIds } from '../../window/checkpoint/seen-ids.ts';
import { PredictionFinder } from '../predictions/prediction-finder.ts';
import { ReadAgain } from '../windows/refuse-recounted.ts';

/** Ids remembered of each model's log, at least, when nothing else is configured: 64 MB when all are in use. */
const DEFAULT_REMEMBERED_IDS = 1_000_000;

/** Another checkpoint has stored ids of this buffer first. */
export class RepeatedIds extends ReadAgain {
  constructor(ids: readonly HeldIds[]) {
    super('ids of this checkpoint were stored by another one first', ids);
  }
}

/** Does it again while ids turn out to be repeated, each time knowing more of them, or windows to be counted otherwise. */
export async function knowingBetter<T>(work: (repeated: readonly HeldIds[]) => Promise<T>): Promise<T> {
  let repeated: readonly HeldIds[] = [];
  for (let tries = 1; ; tries++) {
    try {
      return await work(repeated);
    } catch (error) {
      if (!(error instanceof ReadAgain) || tries === MAX_TRIES) throw error;
      repeated = idsOfBoth(repeated, error.ids);
    }
  }
}

/** Others would have to be first with new ids of the same batch that often in a row. */
const MAX_TRIES = 20;

interface KnownSpace {
  readonly seen: SeenIds;
  /** The newest block read. Blocks of a space are committed in the order of their numbers. */
  lastBlock: number;
  /** The newest blocks, oldest first: as many as are certainly remembered. */
  readonly blocks: { readonly id: number; readonly ids: number }[];
  /** Ids of those. */
  ids: number;
}

/** What a checkpoint has claimed. */
export interface ClaimedIds {
  /** The id block that holds the ids of kept rows; null: they have none. */
  blockOf(rows: { readonly modelId: number; readonly type: 'prediction' | 'features' }): number | null;
  /** To be called once the transaction has committed. */
  readonly committed: () => void;
}

/** Kept predictions behind what is remembered are known by their blocks' filters; so many newest ones are asked. */
const MOST_KEPT_ASKED = 60_000_000;

/**
 * What this process knows of the ids that all processes have stored. A row is looked up when it is read, against what
 * was known then; the checkpoint looks at what others have stored since, alone for as long as it takes to commit. If
 * one of its ids is there, the whole buffer is read again, knowing better: that costs a second reading where two
 * partitions hold one id within seconds, and nothing otherwise.
 */
export class IdLedger {
  readonly #remember: number;
  /** Finds kept predictions; shared, because its filters take room. */
  readonly kept = new PredictionFinder();
  readonly #spaces = new Map<number, KnownSpace>();
  readonly #loading = new Map<number, Promise<KnownSpace>>();

  constructor(remember: number = DEFAULT_REMEMBERED_IDS) {
    this.#remember = remember;
  }

  /** Undefined until `load` has been called for the space. */
  known(modelId: number, kind: 0 | 1): SeenIds | undefined {
    return this.#spaces.get(keyOf({ modelId, kind }))?.seen;
  }

  /** Reads what is remembered of a model's log, once. */
  async load(db: Queryable, space: IdSpace): Promise<SeenIds> {
    const key = keyOf(space);
    const loaded = this.#spaces.get(key);
    if (loaded !== undefined) return loaded.seen;
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#read(db, space);
      this.#loading.set(key, loading);
      loading.then(
        (known) => this.#spaces.set(key, known),
        // A failed look-up is not remembered.
        () => this.#loading.delete(key),
      );
    }
    return (await loading).seen;
  }

  async #read(db: Queryable, space: IdSpace): Promise<KnownSpace> {
    const known: KnownSpace = { seen: new SeenIds(this.#remember), lastBlock: 0, blocks: [], ids: 0 };
    for (const block of await newestBlocks(db, space, this.#remember)) this.#take(known, block);
    return known;
  }

  /**
   * Stores the ids of a buffer. Others that store ids of the same models wait until this transaction ends.
   *
   * @throws RepeatedIds when another checkpoint was first with one of them
   */
  async claim(tx: Tx, buffer: CheckpointBuffer): Promise<ClaimedIds> {
    const held = buffer.heldIds;
    await lockIdSpaces(tx, held);
    const added: { known: KnownSpace; ids: HeldIds; block: number }[] = [];
    for (const ids of held) {
      await this.load(tx, ids);
      const known = this.#spaces.get(keyOf(ids));
      if (known === undefined) throw new Error('ids were looked up and not remembered');
      // None was known when its row was read. One that is now came in since: from another process, or from another
      // partition of this one. Both are asked, because what is remembered may be less than what came in.
      const repeated = noIds(ids);
      await this.#refresh(tx, known, ids, repeated);
      for (let i = 0; i < ids.list.length; i++) {
        const high = ids.list.high(i);
        const low = ids.list.low(i);
        if (known.seen.has(high, low)) holdId(repeated, high, low);
      }
      await this.#noteKept(tx, known, ids, repeated);
      if (repeated.list.length > 0) throw new RepeatedIds([repeated]);
      const block = await addBlock(tx, ids, ids.list.length, ids.list.encode());
      added.push({ known, ids, block });
    }
    return {
      blockOf: ({ modelId, type }) =>
        added.find(({ ids }) => ids.modelId === modelId && ids.kind === (type === 'prediction' ? 0 : 1))
          ?.block ?? null,
      committed: () => {
        for (const { known, ids, block } of added) {
          for (let i = 0; i < ids.list.length; i++) known.seen.add(ids.list.high(i), ids.list.low(i));
          this.#taken(known, block, ids.list.length);
        }
      },
    };
  }

  /** Learns what others have stored since, and which of it the buffer holds. */
  async #refresh(tx: Tx, known: KnownSpace, ids: HeldIds, repeated: HeldIds): Promise<void> {
    for (const block of await blocksAfter(tx, ids, known.lastBlock)) {
      IdList.each(block.hashes, (high, low) => {
        if (ids.set.has(high, low)) holdId(repeated, high, low);
      });
      this.#take(known, block);
    }
  }

  /**
   * Which ids are older than what is remembered, but of predictions that are kept. They are not remembered for it: that
   * would take the place of newer ones, which nobody would look for then.
   */
  async #noteKept(
    tx: Tx,
    known: KnownSpace,
    { modelId, kind, list }: HeldIds,
    repeated: HeldIds,
  ): Promise<void> {
    const older = await blocksBefore(tx, { modelId, kind }, known.blocks[0]?.id ?? Number.MAX_SAFE_INTEGER);
    if (older.length === 0) return;
    let rows = 0;
    const asked = older.filter((block) => (rows += block.rows) <= MOST_KEPT_ASKED);
    const found =
      (await this.kept.findIn(tx, asked, list)) ?? (await this.kept.find(tx, { modelId, kind }, list));
    for (const row of found) if (row !== undefined) holdId(repeated, row.high, row.low);
  }

  #take(known: KnownSpace, block: IdBlock): void {
    IdList.each(block.hashes, (high, low) => known.seen.add(high, low));
    this.#taken(known, block.id, block.hashes.length / 8);
  }

  #taken(known: KnownSpace, id: number, ids: number): void {
    known.lastBlock = Math.max(known.lastBlock, id);
    known.blocks.push({ id, ids });
    known.ids += ids;
    for (let oldest = known.blocks[0]; oldest !== undefined; oldest = known.blocks[0]) {
      if (known.ids <= this.#remember) break;
      known.blocks.shift();
      known.ids -= oldest.ids;
    }
  }

  /** Looks everything up anew: the database is not where this process believed it to be. */
  forget(): void {
    this.#spaces.clear();
    this.#loading.clear();
  }
}

function keyOf({ modelId, kind }: IdSpace): number {
  return 2 * modelId + kind;
}
