import { Piscina } from 'piscina';
import type { TimePatterns } from '../core/findings.ts';
import type { PatternWindow } from '../diagnose/time-pattern.ts';
import type { EvaluationInput, EvaluationOutput } from './evaluate-window.ts';

export interface EvaluationThreads {
  compute(input: EvaluationInput): Promise<EvaluationOutput>;
  describePattern(windows: PatternWindow[]): Promise<TimePatterns>;
  close(): Promise<void>;
}

const PATTERN_FILE = new URL('../diagnose/time-pattern.ts', import.meta.url).href;

/** Threads that run `evaluateWindow` and look for patterns over time. They hold nothing between jobs, and end when idle for a while. */
export function startEvaluationThreads(maxThreads: number): EvaluationThreads {
  const pool = new Piscina({
    filename: new URL('./evaluate-window.ts', import.meta.url).href,
    name: 'evaluateWindow',
    minThreads: 0,
    maxThreads,
    idleTimeout: 30_000,
  });
  return {
    compute: async (input) => (await pool.run(input)) as EvaluationOutput,
    describePattern: async (windows) =>
      (await pool.run(windows, { filename: PATTERN_FILE, name: 'describeTimePattern' })) as TimePatterns,
    close: async () => await pool.close({ force: true }),
  };
}
