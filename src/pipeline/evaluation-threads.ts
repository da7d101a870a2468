import { Piscina } from 'piscina';
import type { EvaluationInput, EvaluationOutput } from './evaluate-window.ts';

export interface EvaluationThreads {
  compute(input: EvaluationInput): Promise<EvaluationOutput>;
  close(): Promise<void>;
}

/** Threads that run `evaluateWindow`. They hold nothing between jobs, and end when idle for a while. */
export function startEvaluationThreads(maxThreads: number): EvaluationThreads {
  const pool = new Piscina<EvaluationInput, EvaluationOutput>({
    filename: new URL('./evaluate-window.ts', import.meta.url).href,
    name: 'evaluateWindow',
    minThreads: 0,
    maxThreads,
    idleTimeout: 30_000,
  });
  return {
    compute: async (input) => await pool.run(input),
    close: async () => await pool.close({ force: true }),
  };
}
