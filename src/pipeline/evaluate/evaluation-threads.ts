import { Piscina } from 'piscina';
import type { TimePatterns } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import type { PatternWindow } from '../../diagnose/pattern/time-pattern.ts';
import type { WantedRows } from '../../window/feature-chunk.ts';
import type { EvaluationInput, EvaluationOutput } from './evaluate-window.ts';
import type { PartsToSum, PartSums } from '../windows/sum-parts.ts';

export interface EvaluationThreads {
  compute(input: EvaluationInput): Promise<EvaluationOutput>;
  sumParts(input: PartsToSum): Promise<PartSums>;
  /** Rows of some chunks as one chunk. */
  repack(wanted: readonly WantedRows[]): Promise<Uint8Array>;
  describePattern(windows: PatternWindow[]): Promise<TimePatterns>;
  close(): Promise<void>;
}

/** Of the JavaScript heap of one thread; what profiles and tables keep in typed arrays comes on top. */
export interface ThreadMemory {
  readonly maxOldGenerationSizeMb: number;
  readonly maxYoungGenerationSizeMb: number;
}

const THREAD_FILE = new URL('./evaluation-thread.ts', import.meta.url).href;

/**
 * Without a limit V8 takes the machine's size for permission and collects garbage four times too late: an evaluation
 * that needs 130 MB took 500. With one it collects in time.
 */
const MEMORY: ThreadMemory = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };
/** A thread keeps the memory of its largest job until it ends, and is started again within half a second. */
const IDLE_TIMEOUT_MS = 5_000;

/** Threads that run `evaluateWindow` and look for patterns over time. They hold nothing between jobs, and end when idle for a while. */
export function startEvaluationThreads(
  maxThreads: number,
  log: Log,
  memory: ThreadMemory = MEMORY,
): EvaluationThreads {
  const limited = startPool(maxThreads, memory);
  // One window may need more than any other: it is evaluated all the same, one such window at a time.
  let roomy: Piscina | null = null;
  const run = async (job: unknown, task: { name?: string } = {}): Promise<unknown> => {
    try {
      return await limited.run(job, task);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      log.warn(
        { task: task.name ?? 'evaluateWindow', limitMb: memory.maxOldGenerationSizeMb },
        'an evaluation needs more memory than a thread is given; it is done again in one without a limit',
      );
      roomy ??= startPool(1);
      return await roomy.run(job, task);
    }
  };
  return {
    compute: async (input) => (await run(input)) as EvaluationOutput,
    sumParts: async (input) => (await run(input, { name: 'sumWindowParts' })) as PartSums,
    repack: async (wanted) => (await run(wanted, { name: 'repack' })) as Uint8Array,
    describePattern: async (windows) => (await run(windows, { name: 'describePattern' })) as TimePatterns,
    close: async () => {
      await Promise.all([limited.close({ force: true }), roomy?.close({ force: true })]);
    },
  };
}

function startPool(maxThreads: number, resourceLimits?: ThreadMemory): Piscina {
  return new Piscina({
    filename: THREAD_FILE,
    name: 'evaluateInThread',
    minThreads: 0,
    maxThreads,
    idleTimeout: IDLE_TIMEOUT_MS,
    ...(resourceLimits !== undefined && { resourceLimits }),
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
