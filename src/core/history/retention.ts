/** How long what is kept of a model is kept. */
export interface ModelRetention {
  /** Predictions with their features and labels. */
  readonly predictionsMs: number;
  /** Whole comparisons: cells, every metric. */
  readonly comparisonsMs: number;
  /** Profiles and samples of rows: what can be judged again. */
  readonly countsMs: number;
  /** What counts come to by day, once they go. */
  readonly daysMs: number;
  /** The same by week, once days go; null: off. */
  readonly weeksMs: number | null;
  /** Windows with their verdicts and measurements. */
  readonly windowsMs: number;
}

/** Of all models, where they do not say otherwise. */
export interface Retention extends ModelRetention {
  /** Incidents that are over, retrainings that have ended, and the windows either stands on. */
  readonly incidentsMs: number;
  /** What was sent, and what came of it. */
  readonly messagesMs: number;
  readonly deadLettersMs: number;
  /** Answers to posted batches. */
  readonly batchesMs: number;
  /** Who changed what, and who was refused. */
  readonly auditMs: number;
}

/** What went of each kind, or would go. */
export interface Retired {
  /** Days of predictions. */
  readonly predictions: number;
  /** Windows without their comparisons, without their counts, and altogether. */
  readonly comparisons: number;
  readonly counts: number;
  /** Days and weeks that counts were added up to, each version's. */
  readonly days: number;
  readonly weeks: number;
  readonly windows: number;
  readonly incidents: number;
  readonly retrainings: number;
  readonly messages: number;
  readonly dead_letters: number;
  readonly batches: number;
  readonly audit: number;
}
