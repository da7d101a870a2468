/** How much one checkpoint may hold. What is beyond it goes into the next one. */
export interface CheckpointLimits {
  /** Rows, as `CheckpointBuffer.weight` weighs them. Looked at every so many records: a few more may be held. */
  readonly rows: number;
  /** Values of eight bytes, as `CheckpointBuffer.cells` counts them: one record may bring a few more. */
  readonly cells: number;
  /** `cells` is never less. */
  readonly leastCells: number;
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

/**
 * Rows and windows say little of memory: a row may name two columns or two thousand, a window have one segment or fifty.
 * So many values (128 MiB) are held by all checkpoints of a process that fill; as many may be being stored.
 */
export const MAX_CELLS = 16 * 1024 * 1024;
/** So many of one partition, however much the others hold: a checkpoint of a few rows each would never catch up. */
const MIN_CELLS = 4 * 1024 * 1024;
/** A checkpoint holds so many windows of the model with the most columns whatever they take: they are the operator's. */
export const PROFILES_HELD = 4;

/** For what is taken whole or not at all, by who has looked at its size before. */
export const UNLIMITED: CheckpointLimits = {
  rows: Infinity,
  cells: Infinity,
  leastCells: 0,
  openedWindows: Infinity,
  windows: Infinity,
};

/** Of a checkpoint beside others. What those leave of the process's cells changes while it fills. */
export function sharedLimits(rows: number, cellsBeside: () => number): CheckpointLimits {
  return {
    rows,
    leastCells: MIN_CELLS,
    get cells() {
      return Math.max(MIN_CELLS, MAX_CELLS - cellsBeside());
    },
    openedWindows: MAX_OPENED_WINDOWS,
    windows: MAX_WINDOWS,
  };
}
