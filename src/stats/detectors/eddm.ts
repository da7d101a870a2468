import { optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';

/**
 * Watches the distance between errors, mean p' and standard deviation s' (ddof 0): the ratio of p' + 2s' to the
 * largest it has been. Below α a warning, below β a drift, both only at an error.
 *
 * The first distance is counted from the start. Made for slow changes; how often it alarms when nothing changes is
 * measured in docs/records/detectors.md. Errors only, or none: no drift. Memory and cost O(1); allocates nothing.
 */
class Eddm implements Kernel {
  private readonly warmUp: number;
  private readonly alpha: number;
  private readonly beta: number;
  private count = 0;
  private errors = 0;
  private lastError = 0;
  private mean = 0;
  private spread = 0;
  private largest = 0;
  private warning = 0;

  constructor(options: DetectorOptions) {
    this.warmUp = optionOf(options, 'warm_start');
    this.alpha = optionOf(options, 'alpha');
    this.beta = optionOf(options, 'beta');
  }

  step(error: number): DetectorSignal {
    this.count += 1;
    // Between errors nothing is learnt: the zone stays.
    if (error === 0) return this.warning === 1 ? 'warning' : 'in_control';
    this.learn(this.count - this.lastError);
    this.lastError = this.count;
    if (this.count <= this.warmUp) return 'in_control';
    const level = this.mean + 2 * Math.sqrt(this.spread / this.errors);
    this.warning = 0;
    if (level > this.largest) {
      this.largest = level;
      return 'in_control';
    }
    if (this.errors <= this.warmUp) return 'in_control';
    const ratio = level / this.largest;
    if (ratio < this.beta) return 'drift';
    this.warning = ratio < this.alpha ? 1 : 0;
    return this.warning === 1 ? 'warning' : 'in_control';
  }

  private learn(distance: number): void {
    this.errors += 1;
    const before = distance - this.mean;
    this.mean += before / this.errors;
    this.spread += before * (distance - this.mean);
  }

  clear(): void {
    this.count = 0;
    this.errors = 0;
    this.lastError = 0;
    this.mean = 0;
    this.spread = 0;
    this.largest = 0;
    this.warning = 0;
  }

  save(into: number[]): void {
    into.push(this.count, this.errors, this.lastError, this.mean, this.spread);
    into.push(this.largest, this.warning);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.errors = from.count(this.count);
    this.lastError = from.count(this.count);
    this.mean = from.real(0);
    this.spread = from.real(0);
    this.largest = from.real(0);
    this.warning = from.count(1);
    return from.ok;
  }
}

export const eddm: DetectorDefinition = {
  name: 'eddm',
  title: 'EDDM, early drift detection method',
  takes: 'binary',
  sees: 'increase',
  warns: true,
  paper:
    'Baena-García et al., Early Drift Detection Method, 4th Workshop on Knowledge Discovery from Data Streams, 2006',
  options: [
    wholeOption('warm_start', 30, [1, 1_000_000], 'errors before the first answer'),
    optionSpec('alpha', 0.95, [0.01, 1], 'ratio below which it warns'),
    optionSpec('beta', 0.9, [0.01, 1], 'ratio below which it is a drift'),
  ],
  conflict: (options) =>
    optionOf(options, 'beta') > optionOf(options, 'alpha') ? 'beta must not be above alpha' : null,
  create: (options) => new Eddm(options),
};
