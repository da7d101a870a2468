/** One partition of one log, as last seen. */
export interface PartitionProgress {
  readonly source: string;
  readonly partition: number;
  /** Nothing is left to read, as of the last look at the log's end. */
  readonly caughtUp: boolean;
  /** Wall-clock time of the last record read. */
  readonly progressedAtMs: number;
  /** Label logs are false: they never hold a window open. */
  readonly holdsWatermark: boolean;
  /** Highest event time of the model in this partition; null: none seen yet. */
  readonly maxEventMs: number | null;
  /** Wall-clock time of the model's last record in this partition. */
  readonly modelSeenAtMs: number | null;
  /** Highest event time of any model in this partition. */
  readonly anyModelMaxEventMs: number | null;
}

/**
 * How far event time has come for one model: everything before it is believed to have arrived (windows add
 * their own grace on top).
 *
 * The minimum, over partitions that may still deliver, of the highest event time seen. A partition that is
 * read to its end and silent for `idleAfterMs` no longer holds time back. Where a model is silent in a
 * partition that other models keep busy, their time counts, or one retired model would hold its windows open
 * for ever. When all partitions are silent the wall clock moves time, so that the last window of the evening
 * closes; it trails by `idleAfterMs`.
 *
 * @returns epoch ms, or null when nothing is known yet (no window may close)
 * For example: one partition at 12:00 still busy, one idle at 10:00 → 12:00
 */
export function modelWatermark(
  partitions: readonly PartitionProgress[],
  nowMs: number,
  idleAfterMs: number,
): number | null {
  const holding = partitions.filter((partition) => partition.holdsWatermark);
  const seen = holding.flatMap((partition) => partition.maxEventMs ?? []);
  if (seen.length === 0) return null;
  const active = holding.filter(
    (partition) => !partition.caughtUp || nowMs - partition.progressedAtMs < idleAfterMs,
  );
  if (active.length === 0) return Math.max(...seen, nowMs - idleAfterMs);
  const times = active.map((partition) => partitionTime(partition, nowMs, idleAfterMs));
  // A partition that has shown nothing at all could deliver any time: it holds until idle.
  return times.includes(null) ? null : Math.min(...times.map((time) => time ?? Infinity));
}

function partitionTime(partition: PartitionProgress, nowMs: number, idleAfterMs: number): number | null {
  const silent = partition.modelSeenAtMs === null || nowMs - partition.modelSeenAtMs >= idleAfterMs;
  if (!silent) return partition.maxEventMs;
  if (partition.anyModelMaxEventMs === null) return partition.maxEventMs;
  return Math.max(partition.maxEventMs ?? -Infinity, partition.anyModelMaxEventMs);
}
