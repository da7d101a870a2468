import { optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';

/**
 * Watches the error rate p since the last drift, s = √(p(1 − p)/n), against the moment when p + s was smallest:
 * warning when p + s > p_min + 2 s_min, drift when p + s > p_min + 3 s_min. Strictly above: errors only, or none,
 * are no drift.
 *
 * Sees increases only, and gets slow as n grows. Its false alarms come early, while s_min is still rough.
 * Memory and cost O(1); allocates nothing.
 */
class Ddm implements Kernel {
  private readonly warmUp: number;
  private readonly warningAt: number;
  private readonly driftAt: number;
  private count = 0;
  private errors = 0;
  private minRate = Infinity;
  private minDeviation = Infinity;

  constructor(options: DetectorOptions) {
    this.warmUp = optionOf(options, 'warm_start');
    this.warningAt = optionOf(options, 'warning');
    this.driftAt = optionOf(options, 'drift');
  }

  step(error: number): DetectorSignal {
    this.count += 1;
    this.errors += error;
    if (this.count <= this.warmUp) return 'in_control';
    const rate = this.errors / this.count;
    const deviation = Math.sqrt((rate * (1 - rate)) / this.count);
    if (rate + deviation <= this.minRate + this.minDeviation) {
      this.minRate = rate;
      this.minDeviation = deviation;
    }
    if (rate + deviation > this.minRate + this.driftAt * this.minDeviation) return 'drift';
    return rate + deviation > this.minRate + this.warningAt * this.minDeviation ? 'warning' : 'in_control';
  }

  clear(): void {
    this.count = 0;
    this.errors = 0;
    this.minRate = Infinity;
    this.minDeviation = Infinity;
  }

  save(into: number[]): void {
    into.push(this.count, this.errors, this.minRate, this.minDeviation);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.errors = from.count(this.count);
    this.minRate = from.realOrInfinity(0);
    this.minDeviation = from.realOrInfinity(0);
    return from.ok && (this.minRate === Infinity) === (this.minDeviation === Infinity);
  }
}

export const ddm: DetectorDefinition = {
  name: 'ddm',
  title: 'DDM, drift detection method',
  takes: 'binary',
  sees: 'increase',
  warns: true,
  paper: 'Gama, Medas, Castillo & Rodrigues, Learning with Drift Detection, SBIA 2004',
  options: [
    wholeOption('warm_start', 30, [1, 1_000_000], 'values before the first answer'),
    optionSpec('warning', 2, [0.1, 100], 'standard deviations for a warning'),
    optionSpec('drift', 3, [0.1, 100], 'standard deviations for a drift'),
  ],
  conflict: (options) =>
    optionOf(options, 'warning') > optionOf(options, 'drift') ? 'warning must not be above drift' : null,
  create: (options) => new Ddm(options),
};
