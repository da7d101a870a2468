import type { EstimatedLabels, EstimatedMetric } from '../../core/findings.ts';
import type { Task } from '../../core/model.ts';
import type { CountedScores } from './counted-scores.ts';

/** What can be said of the present rows' performance before their labels come. */
export interface Estimates {
  readonly metrics: Record<string, EstimatedMetric>;
  readonly labels: EstimatedLabels[];
}

export interface EstimateOptions {
  readonly task: Task;
  readonly positiveClass: string | null;
  /** Fewer labelled baseline rows than this teach nothing. */
  readonly minLabelled: number;
  /** Of a window: its counts, of which `current` is a sample. */
  readonly counted?: CountedScores;
}
