/** A thread that compares columns which another one has read: no database of its own, and no copies. */
import { Worker } from 'node:worker_threads';
import { memoryOf } from './column.ts';
import type { ColumnPlan, ReadColumns } from './column.ts';
import type { AnsweredColumns, WorkerAnswer } from './worker.ts';

interface Asker {
  resolve(answered: AnsweredColumns): void;
  reject(error: Error): void;
}

/** Takes one pair at a time, once it has been told the plan: it may be started before there is one. */
export class Comparer {
  private readonly worker = new Worker(new URL('worker.ts', import.meta.url));
  private asker: Asker | null = null;
  private ended: Error | null = null;

  constructor() {
    this.worker.on('message', (answer: WorkerAnswer) => {
      const { asker } = this;
      this.asker = null;
      if ('failed' in answer) asker?.reject(new Error(answer.failed));
      else asker?.resolve(answer);
    });
    this.worker.once('error', (error) => this.end(error));
    this.worker.once('exit', () => this.end(new Error('a thread ended before its work was done')));
  }

  begin(plan: ColumnPlan): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window of a browser
    this.worker.postMessage(plan);
  }

  /** The memory of the columns passes to the thread: they cannot be looked at any more. */
  async compare(columns: ReadColumns): Promise<AnsweredColumns> {
    if (this.ended !== null) throw this.ended;
    return await new Promise((resolve, reject) => {
      this.asker = { resolve, reject };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window of a browser
      this.worker.postMessage(columns, memoryOf(columns));
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.asker?.reject(this.ended);
    this.asker = null;
  }
}
