import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../core/errors.ts';
import type { ColumnReader } from '../../ingest/table/column-source.ts';
import { NumberPool } from '../../stats/table/number-pool.ts';
import { beginPair, compareColumn } from './column.ts';
import type { SourcePair, ColumnPlan, ComparedColumn } from './column.ts';
import type { WorkerAnswer, WorkerStart, WorkerTask } from './worker.ts';

/**
 * From this many cells on more threads are worth their memory (a hundred megabytes each): below, one is done within
 * seconds.
 */
const CELLS_WORTH_THREADS = 100_000_000;
const MOST_BY_ITSELF = 4;

/** Small, so that what hangs on small objects (chunks of the database) is let go of soon. */
const YOUNG_GENERATION_MB = 1;

export interface ColumnsToCompare {
  readonly pairs: readonly SourcePair[];
  readonly plan: ColumnPlan;
  /** Null: as many as pay. */
  readonly threads: number | null;
  /** Cells of all pairs together. */
  readonly cells: number;
  readonly folder: string;
  /** Named when a column cannot be read. */
  readonly path: string;
  readonly reader: ColumnReader;
  onDone(columns: number): void;
}

/** Compares every pair, in as many threads as pay; the answers come in the order of the pairs. */
export async function compareAllColumns(work: ColumnsToCompare): Promise<ComparedColumn[]> {
  const wanted =
    work.threads ?? (work.cells < CELLS_WORTH_THREADS ? 1 : Math.min(MOST_BY_ITSELF, availableParallelism()));
  const threads = Math.min(wanted, work.pairs.length);
  if (threads > 1) return await inThreads(work, threads);
  return await inThisThread(work);
}

/** The database reads the next columns while this thread compares those it has read. */
async function inThisThread(work: ColumnsToCompare): Promise<ComparedColumn[]> {
  const place = { reader: work.reader, pool: new NumberPool() };
  const compared: ComparedColumn[] = [];
  const [first, ...others] = work.pairs;
  let begun = first && (await beginPair(first, place));
  while (begun !== undefined) {
    const read = await begun.finish();
    const next = others[compared.length];
    begun = next && (await beginPair(next, place));
    compared.push(compareColumn(read, work.plan, place));
    work.onDone(compared.length);
  }
  return compared;
}

async function inThreads(work: ColumnsToCompare, threads: number): Promise<ComparedColumn[]> {
  const compared: ComparedColumn[] = [];
  let next = 0;
  let done = 0;
  const start: WorkerStart = { plan: work.plan, folder: work.folder };
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const give = (): void => {
      const index = next++;
      const pair = work.pairs[index];
      const task: WorkerTask | 'end' = pair === undefined ? 'end' : { ...pair, index, path: work.path };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window of a browser
      worker.postMessage(task);
    };
    try {
      await new Promise<void>((resolve, reject) => {
        worker.once('error', reject);
        worker.once('exit', () => resolve());
        worker.on('message', (answer: WorkerAnswer) => {
          if ('failed' in answer) {
            reject(failure(answer));
            return;
          }
          compared[answer.index] = answer.found;
          work.onDone((done += 1));
          give();
        });
        give();
      });
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, run));
  if (done !== work.pairs.length) throw new Error('a thread ended before its work was done');
  return compared;
}

function failure({ failed, fix, expected }: Extract<WorkerAnswer, { failed: string }>): Error {
  return expected ? new UserError(failed, fix === null ? {} : { fix }) : new Error(failed);
}
