import { flagOption, optionOf, optionSpec } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';
import { twoSided } from './two-sided.ts';

/**
 * HDDM-A: Hoeffding's bound on the mean of values in [0, 1]. Remembers the stretch from the start whose mean plus
 * its bound √(ln(1/α)/2n) is smallest, n₁ values with mean x̄, and alarms when the mean of all n values exceeds it,
 *
 * z̄ − x̄ ≥ √((n − n₁)/(2 n₁ n) · ln(2/α)), α the drift confidence; a warning by the warning confidence.
 *
 * Holds for any values in [0, 1], whatever their distribution. A constant: never a drift. Memory and cost O(1); allocates nothing.
 */
class HddmA implements Kernel {
  private readonly logDrift: number;
  private readonly logDriftTwo: number;
  private readonly logWarningTwo: number;
  private count = 0;
  private sum = 0;
  private bestCount = 0;
  private bestSum = 0;

  constructor(options: DetectorOptions) {
    this.logDrift = -Math.log(optionOf(options, 'drift_confidence'));
    this.logDriftTwo = this.logDrift + Math.LN2;
    this.logWarningTwo = Math.LN2 - Math.log(optionOf(options, 'warning_confidence'));
  }

  step(value: number): DetectorSignal {
    this.count += 1;
    this.sum += value;
    if (
      this.bestCount === 0 ||
      this.upperBound(this.sum, this.count) <= this.upperBound(this.bestSum, this.bestCount)
    ) {
      this.bestCount = this.count;
      this.bestSum = this.sum;
      return 'in_control';
    }
    const rise = this.sum / this.count - this.bestSum / this.bestCount;
    const perLog = (this.count - this.bestCount) / (2 * this.bestCount * this.count);
    if (rise >= Math.sqrt(perLog * this.logDriftTwo)) return 'drift';
    return rise >= Math.sqrt(perLog * this.logWarningTwo) ? 'warning' : 'in_control';
  }

  private upperBound(sum: number, count: number): number {
    return sum / count + Math.sqrt(this.logDrift / (2 * count));
  }

  clear(): void {
    this.count = 0;
    this.sum = 0;
    this.bestCount = 0;
    this.bestSum = 0;
  }

  save(into: number[]): void {
    into.push(this.count, this.sum, this.bestCount, this.bestSum);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.sum = from.real(0);
    this.bestCount = from.count(this.count);
    this.bestSum = from.real(0);
    return from.ok && (this.bestCount === 0) === (this.count === 0);
  }
}

export const hddmA: DetectorDefinition = {
  name: 'hddm_a',
  title: 'HDDM-A, Hoeffding bound on averages',
  takes: 'unit',
  sees: 'increase',
  warns: true,
  paper:
    'Frías-Blanco et al., Online and Non-Parametric Drift Detection Methods Based on Hoeffding’s Bounds, IEEE TKDE 27 (2015)',
  options: [
    optionSpec('drift_confidence', 0.001, [1e-12, 0.5], 'smaller alarms less often'),
    optionSpec('warning_confidence', 0.005, [1e-12, 0.5], 'smaller warns less often'),
    flagOption('two_sided', 0, '1 sees decreases too'),
  ],
  conflict: confidencesConflict,
  create(options) {
    const make = (): Kernel => new HddmA(options);
    return optionOf(options, 'two_sided') === 1 ? twoSided(make, (value) => 1 - value) : make();
  },
};

export function confidencesConflict(options: DetectorOptions): string | null {
  const warnsLater = optionOf(options, 'warning_confidence') < optionOf(options, 'drift_confidence');
  return warnsLater ? 'warning_confidence must not be below drift_confidence' : null;
}
