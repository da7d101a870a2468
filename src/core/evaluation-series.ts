/** Which of a window's two evaluations: `closed` (inputs, faults) or `matured` (labels, performance, concept). */
export type EvaluationSeries = 'closed' | 'matured';
