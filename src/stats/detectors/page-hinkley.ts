import { flagOption, optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';
import { twoSided } from './two-sided.ts';

/**
 * Sums how far values lie above their own mean so far: S ← max(0, fading·S + x − mean − δ), and alarms beyond the
 * threshold λ. The mean is that of all values since the last drift, x among them (or 0, where it is known). With `fading` 1 this is the test
 * of Page and Hinkley (the sum above its minimum), and, with >, CUSUM against a running mean.
 *
 * δ and λ are in the unit of the values: for errors of 0 and 1 the defaults fit; other series are best standardised.
 * A constant: never a drift. Memory and cost O(1); allocates nothing.
 */
export class CumulativeSum implements Kernel {
  private readonly minValues: number;
  private readonly slack: number;
  private readonly threshold: number;
  private readonly fading: number;
  private readonly learnsMean: boolean;
  private count = 0;
  private mean = 0;
  private sum = 0;

  constructor(options: DetectorOptions, { fading, learnsMean }: { fading: number; learnsMean: boolean }) {
    this.minValues = optionOf(options, 'min_values');
    this.slack = optionOf(options, 'delta');
    this.threshold = optionOf(options, 'threshold');
    this.fading = fading;
    this.learnsMean = learnsMean;
  }

  step(value: number): DetectorSignal {
    this.count += 1;
    if (this.learnsMean) this.mean += (value - this.mean) / this.count;
    this.sum = Math.max(0, this.fading * this.sum + (value - this.mean - this.slack));
    return this.count >= this.minValues && this.sum > this.threshold ? 'drift' : 'in_control';
  }

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.sum = 0;
  }

  save(into: number[]): void {
    into.push(this.count, this.mean, this.sum);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.mean = from.real();
    this.sum = from.real(0);
    return from.ok;
  }
}

export const pageHinkley: DetectorDefinition = {
  name: 'page_hinkley',
  title: 'Page–Hinkley',
  takes: 'number',
  sees: 'increase',
  warns: false,
  paper: 'Page, Continuous Inspection Schemes, Biometrika 41 (1954); Hinkley, Biometrika 58 (1971)',
  options: [
    wholeOption('min_values', 30, [1, 1_000_000], 'values before the first alarm'),
    optionSpec('delta', 0.005, [0, 1e9], 'change of the mean that is let pass, in the unit of the values'),
    optionSpec('threshold', 50, [1e-9, 1e12], 'λ, in the unit of the values'),
    optionSpec('fading', 0.9999, [0.5, 1], 'how much of the sum is kept from value to value'),
    flagOption('two_sided', 0, '1 sees decreases too'),
  ],
  create(options) {
    const make = (): Kernel =>
      new CumulativeSum(options, { fading: optionOf(options, 'fading'), learnsMean: true });
    return optionOf(options, 'two_sided') === 1 ? twoSided(make, (value) => -value) : make();
  },
};
