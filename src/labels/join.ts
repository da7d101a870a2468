import { outranks, type LabelRank } from '../core/events/effective-label.ts';

export interface CandidateLabel extends LabelRank {
  readonly label: string | number;
}

/** What a joined label does to the counts: the old one leaves, the new one enters. */
export interface LabelChange {
  readonly removed: string | number | null;
  readonly added: string | number;
  readonly effective: CandidateLabel;
  /** Labels that lost against the effective one, now or earlier. */
  readonly superseded: number;
  /** Time of the earliest of the labels that came now. */
  readonly firstAtMs: number;
}

/**
 * Which of a prediction's labels counts, and what changes in the counts. The greatest label wins whatever the
 * order in which labels arrive, so replaying a log in any order ends in the same counts.
 *
 * @returns null when nothing changes: every candidate loses against the label already there
 */
export function joinLabels(
  current: CandidateLabel | null,
  candidates: readonly CandidateLabel[],
): LabelChange | null {
  let best = current;
  for (const candidate of candidates) if (best === null || outranks(candidate, best)) best = candidate;
  if (best === null || best === current) return null;
  return {
    removed: current?.label ?? null,
    added: best.label,
    effective: best,
    superseded: candidates.length - 1 + (current === null ? 0 : 1),
    firstAtMs: Math.min(...candidates.map(({ atMs }) => atMs)),
  };
}
