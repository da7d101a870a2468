import type { Fault, FaultFinding } from '../../core/faults.ts';
import type { RowSamples } from '../samples/row-samples.ts';

/** A fault and how much the innocent reading still weighs against it, 0 to 1. */
export interface Suspicion {
  readonly finding: FaultFinding;
  readonly doubt: number;
  /**
   * What else could explain it, where that cannot be refused: it is then a reading beside others, not a claim. Absent: it is
   * claimed, and the detail says why the best innocent explanation was refused.
   */
  readonly otherwise?: string;
  /** The two levels that were exchanged. */
  readonly levels?: readonly [string, string];
  /** Rows in order of time with one value: where they begin and end. */
  readonly run?: readonly [number, number];
  /** Whether that is one of the column's ordinary values. */
  readonly isOrdinary?: boolean;
  /** Told by how a level is spelt, and not by what goes with it. */
  readonly isSpelling?: true;
  /** The column it was exchanged with. */
  readonly partner?: string;
}

/** A fault of the labels, and the labelled rows without it; null where it cannot be undone, so that labels say nothing. */
export interface LabelFault {
  readonly suspicion: Suspicion;
  readonly repaired: RowSamples | null;
}

export function suspicion(
  fault: Fault,
  feature: string,
  facts: {
    detail: string;
    share: number;
    statistic: number;
    p: number | null;
    doubt: number;
    otherwise?: string;
  },
): Suspicion {
  const { detail, share, statistic, p, doubt, otherwise } = facts;
  return {
    finding: { fault, feature, detail, share, statistic, p_value: p },
    doubt,
    ...(otherwise !== undefined && { otherwise }),
  };
}
