/** The thread of `compare`: first the plan comes, then pair by pair; what was found of each goes back, and its memory with it. */
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../core/errors.ts';
import { NumberPool } from '../../stats/table/number-pool.ts';
import { compareColumn, memoryOf } from './column.ts';
import type { ColumnPlan, ComparedColumn, ReadColumns } from './column.ts';

export interface AnsweredColumns {
  readonly found: ComparedColumn;
  /** Those that were given, their cells in any order: their memory may serve others. */
  readonly columns: ReadColumns;
}

export type WorkerAnswer = AnsweredColumns | { readonly failed: string };

const port = parentPort;
if (port === null) throw new Error('this file is the code of a thread');
const pool = new NumberPool();

port.once('message', (plan: ColumnPlan) => {
  port.on('message', (columns: ReadColumns) => {
    const answer = compared(columns, plan);
    port.postMessage(answer, 'failed' in answer ? [] : memoryOf(answer.columns));
  });
});

function compared(columns: ReadColumns, plan: ColumnPlan): WorkerAnswer {
  try {
    return { found: compareColumn(columns, plan, pool), columns };
  } catch (error) {
    return { failed: error instanceof Error ? String(error.stack) : errorMessage(error) };
  }
}
