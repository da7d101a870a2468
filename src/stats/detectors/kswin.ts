import { ksReportedPValue } from '../significance/ks.ts';
import { optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import { numberedRandom } from './numbered-random.ts';
import type { StateReader } from './state-reader.ts';

/**
 * KSWIN: a two-sample Kolmogorov–Smirnov test of the newest `sample` values against as many drawn without
 * replacement from the older part of the last `window` values. A drift when p ≤ α and D > `min_distance`.
 *
 * Tests at every value once the window is full, so α is no rate of false alarms: those are measured in
 * docs/records/detectors.md. The only one here that sees a change of spread or shape with the mean unmoved. Ties make it
 * conservative. Change: the newest `sample` values, no finer. Memory O(window), cost O(window + sample · ln sample).
 * Source: Raab, Heusinger & Schleif, Neurocomputing 416 (2020).
 */
class Kswin implements Kernel {
  private readonly window: number;
  private readonly sample: number;
  private readonly seed: number;
  /** D · sample from which on it is a drift: p falls as D grows, so one comparison decides. */
  private readonly driftSteps: number;
  /** A ring that is kept twice, side by side: the window, once full, is the stretch from `next` on. */
  private readonly ring: Float64Array;
  private readonly older: Float64Array;
  private readonly drawn: Float64Array;
  private readonly newest: Float64Array;
  private filled = 0;
  private next = 0;
  private draws = 0;

  constructor(options: DetectorOptions) {
    this.window = optionOf(options, 'window');
    this.sample = optionOf(options, 'sample');
    this.seed = optionOf(options, 'seed');
    this.driftSteps = stepsToDrift(
      this.sample,
      optionOf(options, 'alpha'),
      optionOf(options, 'min_distance'),
    );
    this.ring = new Float64Array(2 * this.window);
    this.older = new Float64Array(this.window - this.sample);
    this.drawn = new Float64Array(this.sample);
    this.newest = new Float64Array(this.sample);
  }

  step(value: number): DetectorSignal {
    this.put(value);
    if (this.filled < this.window) return 'in_control';
    this.draw();
    return largestStep(this.drawn, this.newest) >= this.driftSteps ? 'drift' : 'in_control';
  }

  private put(value: number): void {
    this.ring[this.next] = value;
    this.ring[this.next + this.window] = value;
    this.next = this.next + 1 === this.window ? 0 : this.next + 1;
    if (this.filled < this.window) this.filled += 1;
  }

  private draw(): void {
    const older = this.older;
    for (let i = 0; i < older.length; i++) older[i] = this.ring[this.next + i] ?? 0;
    for (let i = 0; i < this.sample; i++) {
      this.newest[i] = this.ring[this.next + older.length + i] ?? 0;
      const chosen = i + Math.floor(numberedRandom(this.seed, this.draws) * (older.length - i));
      this.draws += 1;
      this.drawn[i] = older[chosen] ?? 0;
      older[chosen] = older[i] ?? 0;
    }
    this.drawn.sort();
    this.newest.sort();
  }

  changeAge(): number {
    return this.sample;
  }

  clear(): void {
    this.filled = 0;
    this.next = 0;
  }

  /** The values oldest first, so that where the ring began makes no difference. */
  save(into: number[]): void {
    into.push(this.draws, this.filled);
    const oldest = this.filled < this.window ? 0 : this.next;
    for (let i = 0; i < this.filled; i++) into.push(this.ring[oldest + i] ?? 0);
  }

  load(from: StateReader): boolean {
    this.draws = from.count();
    const filled = from.count(this.window);
    this.clear();
    for (let i = 0; i < filled; i++) this.put(from.real());
    return from.ok;
  }
}

/** Smallest k with D = k/r above the floor and significant; r + 1 when none is. */
function stepsToDrift(r: number, alpha: number, minDistance: number): number {
  for (let k = 1; k <= r; k++) {
    if (k / r > minDistance && ksReportedPValue(k / r, r, r) <= alpha) return k;
  }
  return r + 1;
}

/** D · r of two sorted samples of r values each. */
function largestStep(a: Float64Array, b: Float64Array): number {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (a[i] === x) i++;
    while (b[j] === x) j++;
    largest = Math.max(largest, Math.abs(i - j));
  }
  return largest;
}

export const kswin: DetectorDefinition = {
  name: 'kswin',
  title: 'KSWIN, Kolmogorov–Smirnov on a sliding window',
  takes: 'number',
  sees: 'any_change_of_distribution',
  warns: false,
  paper:
    'Raab, Heusinger & Schleif, Reactive Soft Prototype Computing for Concept Drift Streams, Neurocomputing 416 (2020)',
  options: [
    optionSpec('alpha', 0.0001, [1e-12, 0.5], 'p-value from which it is a drift'),
    wholeOption('window', 100, [4, 100_000], 'values kept'),
    wholeOption('sample', 30, [2, 5_000], 'newest values, and as many older ones, that are compared'),
    optionSpec('min_distance', 0.1, [0, 1], 'D that must be exceeded as well'),
    wholeOption('seed', 42, [0, 2 ** 31 - 1], 'of the drawing of older values'),
  ],
  conflict: (options) =>
    2 * optionOf(options, 'sample') > optionOf(options, 'window')
      ? 'window must be at least twice sample'
      : null,
  create: (options) => new Kswin(options),
};
