import type { Maturity } from '../core/findings.ts';
import { expectedShare } from '../stats/delay-curve.ts';
import type { DelayCurve } from '../stats/delay-curve.ts';

/** Labels count as all in when fewer than this share of the final number is missing. */
const COMPLETE_WITHIN = 0.05;

export interface WindowLabels {
  readonly rows: number;
  readonly labelled: number;
}

export interface MaturityRule {
  /** Time since the window's end and since its start. */
  readonly youngestMs: number;
  readonly oldestMs: number;
  readonly matureAfterMs: number;
  /** Whether labels that are all in make a window mature before its time. */
  readonly matureEarly: boolean;
  /** The window was called mature before: it stays so, whatever the clock of this process says. */
  readonly matured: boolean;
  /** Null: nothing was learned. */
  readonly curve: DelayCurve | null;
}

/**
 * How far a window's labels are in: the share that has one, the share that will (by the delay curve, which must reach
 * to `matureAfterMs` to know), and whether figures on them are final.
 *
 * Mature once `matureAfterMs` has passed since the window's end, or, where the configuration allows it, once fewer than
 * 5 % of the labels that will come are missing. Segments are held against the curve of the whole model.
 */
export function maturityOf(
  { rows, labelled }: WindowLabels,
  rule: MaturityRule,
): Omit<Maturity, 'arrival_bias'> {
  const { youngestMs, oldestMs, curve, matureAfterMs, matureEarly, matured } = rule;
  const expected =
    curve === null
      ? null
      : expectedShare(curve, { rows, labelled, youngestMs, oldestMs }, Math.max(matureAfterMs, 1));
  const missing = expected === null ? null : Math.max(0, expected.share * rows - labelled);
  const complete = missing !== null && labelled > 0 && missing < COMPLETE_WITHIN * (labelled + missing);
  const due = youngestMs >= matureAfterMs;
  return {
    labelled_share: rows > 0 ? Math.min(1, labelled / rows) : 0,
    expected_share: expected?.share ?? null,
    expected_interval: expected?.interval ?? null,
    expected_labels: missing === null ? null : Math.round(missing),
    state: due || matured || (complete && matureEarly) ? 'mature' : 'provisional',
    reason: reasonOf({ due, complete, matured, known: expected !== null }),
  };
}

function reasonOf(is: {
  readonly due: boolean;
  readonly complete: boolean;
  readonly matured: boolean;
  readonly known: boolean;
}): string {
  if (is.due) return 'mature_after_passed';
  if (is.complete) return 'labels_complete';
  if (is.matured) return 'matured_before';
  return is.known ? 'labels_expected' : 'too_little_history';
}
