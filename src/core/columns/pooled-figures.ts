export type PooledTest = 'shift' | 'spread' | 'cells';

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
}
