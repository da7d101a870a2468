import { flagOption, optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, Kernel } from './detector.ts';
import { CumulativeSum } from './page-hinkley.ts';
import { twoSided } from './two-sided.ts';

/**
 * CUSUM against the running mean: S ← max(0, S + x − mean − δ), a drift when S > λ. The same sum as Page–Hinkley's,
 * which forgets nothing; see `CumulativeSum` for its limits.
 */
export const cusum: DetectorDefinition = {
  name: 'cusum',
  title: 'CUSUM, cumulative sum',
  takes: 'number',
  sees: 'increase',
  warns: false,
  paper: 'Page, Continuous Inspection Schemes, Biometrika 41 (1954)',
  options: [
    wholeOption('min_values', 30, [1, 1_000_000], 'values before the first alarm'),
    optionSpec('delta', 0.005, [0, 1e9], 'change of the mean that is let pass, in the unit of the values'),
    optionSpec('threshold', 50, [1e-9, 1e12], 'λ, in the unit of the values'),
    flagOption('running_mean', 1, '0 compares with zero, for values whose usual level is known to be there'),
    flagOption('two_sided', 0, '1 sees decreases too'),
  ],
  create(options) {
    const make = (): Kernel =>
      new CumulativeSum(options, { fading: 1, learnsMean: optionOf(options, 'running_mean') === 1 });
    return optionOf(options, 'two_sided') === 1 ? twoSided(make, (value) => -value) : make();
  },
};
