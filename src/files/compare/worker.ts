/** The thread of `compare`: features come one by one, and what was found of each goes back. */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError, errorMessage } from '../../core/errors.ts';
import { unreadableFile } from '../../ingest/table/formats/unreadable-file.ts';
import { columnReader } from '../../ingest/table/column-source.ts';
import { NumberPool } from '../../stats/table/number-pool.ts';
import { beginPair, compareColumn } from './column.ts';
import type { SourcePair, ColumnPlan, ComparedColumn } from './column.ts';

export interface WorkerStart {
  readonly plan: ColumnPlan;
  readonly folder: string;
}

export interface WorkerTask extends SourcePair {
  readonly index: number;
  readonly path: string;
}

export type WorkerAnswer =
  | { readonly index: number; readonly found: ComparedColumn }
  | {
      readonly index: number;
      readonly failed: string;
      readonly fix: string | null;
      readonly expected: boolean;
    };

const port = parentPort;
if (port === null) throw new Error('this file is the code of a thread');
const { plan, folder } = workerData as WorkerStart;
const reader = columnReader(folder);
const place = { reader, pool: new NumberPool() };

port.on('message', (task: WorkerTask | 'end') => {
  if (task === 'end') {
    reader.close();
    port.close();
    return;
  }
  void answer(task).then((found) => port.postMessage(found));
});

async function answer(task: WorkerTask): Promise<WorkerAnswer> {
  try {
    const begun = await beginPair(task, place);
    return { index: task.index, found: compareColumn(await begun.finish(), plan, place) };
  } catch (error) {
    const seen = await unreadableFile(task.path, error);
    const expected = seen instanceof UserError;
    const failed = expected ? seen.message : seen instanceof Error ? String(seen.stack) : errorMessage(seen);
    return { index: task.index, failed, fix: expected ? seen.fix : null, expected };
  }
}
