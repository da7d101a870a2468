import { contingency } from '../../../stats/significance/g-test.ts';
import { unmeasured } from '../method.ts';
import type { Method } from '../method.ts';

const ALPHA = 0.05;

/** Two-sample χ², with Yates' correction where there are two levels. Judged by its p-value; thresholds are ignored. */
export const CHI2: Method = {
  name: 'chi2',
  aliases: ['chi_square'],
  kinds: ['categorical'],
  measure(pair) {
    if (pair.kind !== 'categorical') return unmeasured('for categorical columns');
    const correction = pair.counts.cells.length === 2 ? 0.5 : 0;
    const { statistic, p_value } = contingency(
      pair.counts.reference,
      pair.counts.current,
      (observed, expected) => {
        const gap = Math.abs(observed - expected);
        return (gap - Math.min(correction, gap)) ** 2 / expected;
      },
    );
    return {
      value: statistic,
      pValue: p_value,
      threshold: null,
      drifted: p_value < ALPHA,
      note: 'flagged when p < 0.05, whatever the statistic',
    };
  },
};
