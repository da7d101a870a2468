import { flagOption, optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';
import { twoSided } from './two-sided.ts';

/**
 * Geometric moving average of the distance to the running mean: S ← α·S + (1 − α)(x − mean), a drift when S > λ.
 *
 * λ is in the unit of the values: the default finds nothing in errors of 0 and 1. A constant: never a drift. Memory and cost O(1); allocates nothing.
 */
class GeometricMovingAverage implements Kernel {
  private readonly minValues: number;
  private readonly alpha: number;
  private readonly threshold: number;
  private count = 0;
  private mean = 0;
  private average = 0;

  constructor(options: DetectorOptions) {
    this.minValues = optionOf(options, 'min_values');
    this.alpha = optionOf(options, 'alpha');
    this.threshold = optionOf(options, 'threshold');
  }

  step(value: number): DetectorSignal {
    this.count += 1;
    this.mean += (value - this.mean) / this.count;
    this.average = this.alpha * this.average + (1 - this.alpha) * (value - this.mean);
    return this.count >= this.minValues && this.average > this.threshold ? 'drift' : 'in_control';
  }

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.average = 0;
  }

  save(into: number[]): void {
    into.push(this.count, this.mean, this.average);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.mean = from.real();
    this.average = from.real();
    return from.ok;
  }
}

export const gma: DetectorDefinition = {
  name: 'gma',
  title: 'Geometric moving average',
  takes: 'number',
  sees: 'increase',
  warns: false,
  paper: 'Roberts, Control Chart Tests Based on Geometric Moving Averages, Technometrics 1 (1959)',
  options: [
    wholeOption('min_values', 30, [1, 1_000_000], 'values before the first alarm'),
    optionSpec('alpha', 0.99, [0, 0.999_999], 'how much of the average is kept from value to value'),
    optionSpec('threshold', 1, [1e-9, 1e12], 'λ, in the unit of the values'),
    flagOption('two_sided', 0, '1 sees decreases too'),
  ],
  create(options) {
    const make = (): Kernel => new GeometricMovingAverage(options);
    return optionOf(options, 'two_sided') === 1 ? twoSided(make, (value) => -value) : make();
  },
};
