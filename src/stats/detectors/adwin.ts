import { flagOption, optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import { ExponentialHistogram } from './exponential-histogram.ts';
import type { StateReader } from './state-reader.ts';

/**
 * ADWIN2: keeps as long a window as it can believe to have one mean. The window is cut at every bucket boundary
 * into W₀ (older) and W₁; it is a drift when for some cut |mean₀ − mean₁| > ε,
 *
 * ε = √(2/m · σ² · ln(2 ln n / δ)) + 2/(3m) · ln(2 ln n / δ), 1/m = 1/(n₀ − c) + 1/(n₁ − c), c = min_window − 1,
 *
 * σ² the variance of the whole window, n its length.
 *
 * The bound is for values in [0, 1]: on a wider range scale them, or false alarms are more frequent; on a much
 * narrower one nothing is ever found. Change: the cut with the largest |mean₀ − mean₁|/ε. A constant: never a drift.
 * Memory O(log n), cost O(1) amortised and O(log n) at every `clock`-th value; allocates nothing.
 * Source: Bifet & Gavaldà, SIAM SDM 2007.
 */
class Adwin implements Kernel {
  readonly keepsGoing: boolean;
  private readonly delta: number;
  private readonly clock: number;
  private readonly minWindow: number;
  private readonly grace: number;
  private readonly window: ExponentialHistogram;
  private readonly bound: (older: number, newer: number) => number;
  private logTerm = 0;
  private variance = 0;
  private ticks = 0;
  private age = 0;

  constructor(options: DetectorOptions) {
    this.delta = optionOf(options, 'delta');
    this.clock = optionOf(options, 'clock');
    this.minWindow = optionOf(options, 'min_window');
    this.grace = optionOf(options, 'grace');
    this.keepsGoing = optionOf(options, 'reset') === 0;
    this.window = new ExponentialHistogram(optionOf(options, 'max_buckets'));
    const short = this.minWindow - 1;
    this.bound = (older, newer) => {
      const perValue = 1 / (older - short) + 1 / (newer - short);
      return Math.sqrt(2 * perValue * this.variance * this.logTerm) + (2 / 3) * perValue * this.logTerm;
    };
  }

  step(value: number): DetectorSignal {
    this.window.insert(value);
    this.ticks = (this.ticks + 1) % this.clock;
    if (this.ticks !== 0 || this.window.width <= this.grace) return 'in_control';
    this.age = this.significantCut();
    if (this.age === 0) return 'in_control';
    if (this.keepsGoing)
      do this.window.dropOldest();
      while (this.significantCut() > 0);
    return 'drift';
  }

  /** Values behind it; 0 when no cut is significant. */
  private significantCut(): number {
    const { width } = this.window;
    this.logTerm = Math.log((2 * Math.log(width)) / this.delta);
    this.variance = this.window.variance;
    return this.window.bestCut(this.minWindow, 1, this.bound);
  }

  changeAge(): number {
    return this.age;
  }

  clear(): void {
    this.window.clear();
    this.ticks = 0;
  }

  save(into: number[]): void {
    into.push(this.ticks);
    this.window.save(into);
  }

  load(from: StateReader): boolean {
    this.ticks = from.count(this.clock - 1);
    return this.window.load(from);
  }
}

export const adwin: DetectorDefinition = {
  name: 'adwin',
  title: 'ADWIN, adaptive windowing over all cuts',
  takes: 'number',
  sees: 'any_change_of_mean',
  warns: false,
  paper: 'Bifet & Gavaldà, Learning from Time-Changing Data with Adaptive Windowing, SIAM SDM 2007',
  options: [
    optionSpec('delta', 0.002, [1e-12, 0.5], 'confidence: smaller alarms less often'),
    wholeOption('clock', 32, [1, 1_000_000], 'looks for a cut every so many values'),
    wholeOption('max_buckets', 5, [2, 64], 'buckets of one size; more is finer and slower'),
    wholeOption('min_window', 5, [1, 1_000_000], 'fewest values on either side of a cut'),
    wholeOption('grace', 10, [1, 1_000_000], 'values before the first look'),
    flagOption('reset', 1, '1 starts anew after a drift, 0 only drops what is older than the cut'),
  ],
  create: (options) => new Adwin(options),
};
