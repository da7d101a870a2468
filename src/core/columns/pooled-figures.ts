export type PooledTest = 'shift' | 'spread' | 'cells';

/** What several windows show goes on in the last of them where that is away by at least this part of what they are together. */
export const GOES_ON = 1 / 3;

/** The last windows of one column together, against the training baseline. */
export interface PooledFigures {
  windows: number;
  rows: number;
  /** `shift` along the order of the bins, `spread` away from their middle (both standard normal), or any change of `cells` (G). */
  test: PooledTest;
  statistic: number;
  /** Over all lengths and tests looked at. */
  p_value: number;
  q_value: number | null;
  /** In standard deviations of the reference; `upper` is a one-sided 95 % bound. */
  size: { estimate: number; upper: number };
  drifted: boolean;
  /** Over how many of the last windows it is most clearly away: where it began. Null where it is not drifted. */
  since_windows: number | null;
  /** How far away the last few windows are, one or more, whichever least: 1 as all together, 0 not at all. Null where it is not drifted. */
  last_window: number | null;
}

/** Whether several windows show what the last one of them does not deny. */
export function showsTogether(pooled: PooledFigures | undefined): pooled is PooledFigures {
  return pooled?.drifted === true && pooled.windows > 1 && (pooled.last_window ?? 0) >= GOES_ON;
}
