import { LABEL_SOURCES, type LabelSource } from './events.ts';

/** What decides which of several labels for one prediction counts. */
export interface LabelRank {
  /** Index into LABEL_SOURCES: inferred < user < natural. */
  readonly sourceRank: number;
  readonly final: boolean;
  readonly atMs: number;
  /** The source position, spelled so that text order is log order (`labelPositionKey`). */
  readonly position: string;
}

export function labelSourceRank(source: LabelSource): number {
  return LABEL_SOURCES.indexOf(source);
}

/** Zero-padded, so that comparing texts compares partitions and offsets. */
export function labelPositionKey(source: string, partition: number, offset: bigint): string {
  return `${source}/${String(partition).padStart(6, '0')}/${offset.toString().padStart(20, '0')}`;
}

/**
 * Greater wins: by source, then final, then time, then position. A total order on what the label says about
 * itself, so that the order of arrival never changes a count.
 */
export function outranks(a: LabelRank, b: LabelRank): boolean {
  if (a.sourceRank !== b.sourceRank) return a.sourceRank > b.sourceRank;
  if (a.final !== b.final) return a.final;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  return a.position > b.position;
}
