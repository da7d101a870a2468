import {
  expectNothingForgotten,
  inRehearsal,
  inSnapshot,
  inTransaction,
  type Pool,
  type Tx,
} from '../../store/connection/pool.ts';
import {
  countedRows,
  holdAgainst,
  loadOwnParts,
  replaceOwnParts,
  type WindowToRecompute,
} from '../../store/evaluation/recomputed-windows.ts';
import { nextDeltaNumber } from '../../store/windows/window-parts.ts';
import { eachKept } from '../predictions/kept-rows.ts';
import { keepingUp } from '../windows/keep-up.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';
import { type CountedThen, Recount, type Recounted } from './recount.ts';

/** What windows that share counts come to on another baseline. */
export interface RecountOf {
  readonly model: CatalogModel;
  readonly windows: readonly WindowToRecompute[];
  readonly baselineId: number;
  readonly isDry: boolean;
}

/** `rows_not_kept`: fewer rows, or labels, are kept than were counted. */
export type RecountOutcome = 'recounted' | 'rows_not_kept';

const MAX_TRIES = 5;
/** Rows of a log that are late may come between reading and storing. */
class Changed extends Error {}
class Fewer extends Error {}

/**
 * Counts the kept rows of some windows again, on another baseline, and puts these counts in the place of the old ones: all of them or
 * none, in one transaction, and only where every row and every label of each segment is there again.
 *
 * Cost: the kept rows of the UTC days that the windows lie in are gone through once.
 */
export async function recountWindows(
  pool: Pool,
  catalog: ModelCatalog,
  of: RecountOf,
): Promise<RecountOutcome> {
  const transact = of.isDry ? inRehearsal : inTransaction;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    try {
      await keepingUp(catalog, async () => {
        const counted = await countAgain(pool, catalog, of);
        await transact(pool, async (tx) => {
          expectNothingForgotten(tx, counted.asOf);
          await replaceCounts(tx, of, counted);
        });
      });
      return 'recounted';
    } catch (error) {
      if (error instanceof Fewer) return 'rows_not_kept';
      if (!(error instanceof Changed)) throw error;
    }
  }
  throw new Error(`rows of the same windows came ${MAX_TRIES} times while they were counted again`);
}

interface CountedAgain {
  /** What was forgotten by then. */
  readonly asOf: number;
  readonly partIds: readonly number[];
  readonly parts: readonly Recounted[];
}

async function countAgain(
  pool: Pool,
  catalog: ModelCatalog,
  { model, windows, baselineId }: RecountOf,
): Promise<CountedAgain> {
  const ids = windows.map(({ id }) => id);
  const [first] = windows;
  const { asOf } = catalog;
  if (first === undefined) return { asOf, partIds: [], parts: [] };
  const reference = await catalog.reference(baselineId);
  const recount = new Recount(model, windows, { id: baselineId, reference });
  try {
    return await inSnapshot(pool, async (tx) => {
      const own = await loadOwnParts(tx, ids);
      await eachKept(
        tx,
        {
          modelId: model.id,
          versions: new Set([first.modelVersionId]),
          fromMs: Math.min(...windows.map(({ startMs }) => startMs)),
          toMs: Math.max(...windows.map(({ endMs }) => endMs)),
          segment: null,
          labelledOnly: false,
          featuresApart: false,
        },
        async (rows) => {
          for (const row of rows) recount.add(row);
        },
      );
      const before = new Map<number, CountedThen>();
      for (const { id, baselineId: then } of windows) {
        before.set(id, {
          parts: own.filter(({ windowId }) => windowId === id),
          reference: then === null ? null : await catalog.reference(then),
        });
      }
      return { asOf, partIds: own.map(({ id }) => id), parts: recount.parts(before) };
    });
  } finally {
    recount.release();
  }
}

async function replaceCounts(
  tx: Tx,
  { windows, baselineId }: RecountOf,
  { partIds, parts }: CountedAgain,
): Promise<void> {
  const ids = windows.map(({ id }) => id);
  const before = await countedRows(tx, ids);
  await holdAgainst(tx, ids, baselineId);
  const number = await nextDeltaNumber(tx);
  const named = { source: 'recounted', partition: 0, from: number, to: number + 1n };
  const isAll = await replaceOwnParts(
    tx,
    ids,
    partIds,
    parts.map((part) => ({ ...part, ...named })),
  );
  if (!isAll) throw new Changed();
  const after = await countedRows(tx, ids);
  const isSame = before.size === after.size && [...before].every(([key, rows]) => after.get(key) === rows);
  if (!isSame) throw new Fewer();
}
