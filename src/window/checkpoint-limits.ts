/** How much one checkpoint may hold. What is beyond it goes into the next one. */
export interface CheckpointLimits {
  /** Rows, as `CheckpointBuffer.weight` weighs them. Looked at every so many records: a few more may be held. */
  readonly rows: number;
  /** Windows that did not exist before. Never exceeded. */
  readonly openedWindows: number;
  /** Windows that rows go to, the opened ones included. Never exceeded. */
  readonly windows: number;
}

/**
 * Timestamps are a producer's: each may ask for a window of its own, to be opened, counted into, closed and judged. The
 * windows of dozens of models, some sizes each, are reached by every checkpoint; only new ones are worth suspicion.
 */
export const MAX_OPENED_WINDOWS = 500;
export const MAX_WINDOWS = 2_000;

/** For what is taken whole or not at all, by who has looked at its size before. */
export const UNLIMITED: CheckpointLimits = {
  rows: Infinity,
  openedWindows: Infinity,
  windows: Infinity,
};
