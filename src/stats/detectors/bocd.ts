import { optionOf, optionSpec, wholeOption } from './detector.ts';
import type { DetectorDefinition, DetectorOptions, DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';

/**
 * Bayesian online change detection: the probability of every run length (values since the last change), for normal
 * values of known variance around a mean with a normal prior, and a change at each value with probability `hazard`.
 * It is a drift when the most probable run is not the whole stretch since the last drift.
 *
 * Runs longer than `max_run` are one, so memory and cost are O(max_run). Needs values on the scale of its prior:
 * standardise others. Change: the beginning of the most probable run. A constant: no drift, unless it is many
 * prior deviations away.
 * Source: Adams & MacKay, arXiv:0710.3742 (2007).
 */
class Bocd implements Kernel {
  private readonly priorMean: number;
  private readonly priorPrecision: number;
  private readonly dataVariance: number;
  private readonly logHazard: number;
  private readonly logGrowth: number;
  private readonly minValues: number;
  private readonly longest: number;
  /** By run length; the last one in use stands for the whole stretch. */
  private readonly logShare: Float64Array;
  private readonly means: Float64Array;
  /** ½ ln(2π · variance of the next value), by run length. */
  private readonly logNorms: Float64Array;
  private runs = 1;
  private count = 0;
  private likeliest = 0;

  constructor(options: DetectorOptions) {
    this.priorMean = optionOf(options, 'prior_mean');
    this.priorPrecision = 1 / optionOf(options, 'prior_variance');
    this.dataVariance = optionOf(options, 'data_variance');
    this.logHazard = Math.log(optionOf(options, 'hazard'));
    this.logGrowth = Math.log1p(-optionOf(options, 'hazard'));
    this.minValues = optionOf(options, 'min_values');
    this.longest = optionOf(options, 'max_run');
    // One place more than runs are kept, for the moment before the two longest become one.
    this.logShare = new Float64Array(this.longest + 2);
    this.means = new Float64Array(this.longest + 2);
    this.logNorms = Float64Array.from({ length: this.longest + 2 }, (_, run) => {
      const variance = 1 / (this.priorPrecision + run / this.dataVariance) + this.dataVariance;
      return 0.5 * Math.log(2 * Math.PI * variance);
    });
    this.clear();
  }

  step(value: number): DetectorSignal {
    const last = this.runs - 1;
    for (let run = last; run >= 0; run--) {
      const mean = this.means[run] ?? 0;
      const away = value - mean;
      // The longest run may hold more values than its length says.
      const isWhole = run === last;
      const precision = this.priorPrecision + (isWhole ? this.count : run) / this.dataVariance;
      const variance = 1 / precision + this.dataVariance;
      const logNorm = isWhole ? 0.5 * Math.log(2 * Math.PI * variance) : (this.logNorms[run] ?? 0);
      this.logShare[run + 1] = (this.logShare[run] ?? 0) - logNorm - (0.5 * away * away) / variance;
      this.means[run + 1] = mean + away / (this.dataVariance * precision + 1);
    }
    const evidence = this.logSumOfGrown();
    for (let run = 1; run <= this.runs; run++)
      this.logShare[run] = (this.logShare[run] ?? 0) - evidence + this.logGrowth;
    this.logShare[0] = this.logHazard;
    this.means[0] = this.priorMean;
    this.runs += 1;
    this.count += 1;
    if (this.runs > this.longest + 1) this.joinLongest();
    this.findLikeliest();
    return this.count >= this.minValues && this.likeliest !== this.runs - 1 ? 'drift' : 'in_control';
  }

  /** Logarithm of the sum of the shares of all runs that have just grown, 1 to `runs`. */
  private logSumOfGrown(): number {
    let largest = -Infinity;
    for (let run = 1; run <= this.runs; run++) largest = Math.max(largest, this.logShare[run] ?? 0);
    let sum = 0;
    for (let run = 1; run <= this.runs; run++) sum += Math.exp((this.logShare[run] ?? 0) - largest);
    return largest + Math.log(sum);
  }

  private joinLongest(): void {
    const last = this.runs - 1;
    this.logShare[last - 1] = logAdd(this.logShare[last - 1] ?? 0, this.logShare[last] ?? 0);
    this.means[last - 1] = this.means[last] ?? 0;
    this.runs -= 1;
  }

  private findLikeliest(): void {
    let largest = -Infinity;
    for (let run = 0; run < this.runs; run++) {
      const share = Math.max(this.logShare[run] ?? 0, SMALLEST_LOG);
      this.logShare[run] = share;
      if (share <= largest) continue;
      largest = share;
      this.likeliest = run;
    }
  }

  changeAge(): number {
    return Math.max(1, this.likeliest);
  }

  clear(): void {
    this.runs = 1;
    this.count = 0;
    this.likeliest = 0;
    this.logShare[0] = 0;
    this.means[0] = this.priorMean;
  }

  save(into: number[]): void {
    into.push(this.count, this.likeliest, this.runs);
    for (let run = 0; run < this.runs; run++) into.push(this.logShare[run] ?? 0, this.means[run] ?? 0);
  }

  load(from: StateReader): boolean {
    this.count = from.count();
    this.likeliest = from.count(this.longest);
    this.runs = from.count(this.longest + 1);
    for (let run = 0; run < this.runs; run++) {
      this.logShare[run] = from.real(SMALLEST_LOG, 1);
      this.means[run] = from.real();
    }
    return from.ok && this.runs === Math.min(this.count, this.longest) + 1;
  }
}

/** No share falls below this, so that a value absurdly far away leaves numbers behind, not infinities. */
const SMALLEST_LOG = -1e9;

function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (larger === -Infinity) return larger;
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

export const bocd: DetectorDefinition = {
  name: 'bocd',
  title: 'BOCD, Bayesian online change detection',
  takes: 'number',
  sees: 'any_change_of_mean',
  warns: false,
  paper: 'Adams & MacKay, Bayesian Online Changepoint Detection, arXiv:0710.3742 (2007)',
  options: [
    optionSpec('prior_mean', 0, [-1e12, 1e12], 'where means are expected'),
    optionSpec('prior_variance', 1, [1e-12, 1e24], 'how far from there'),
    optionSpec('data_variance', 1, [1e-12, 1e24], 'of the values around their mean'),
    optionSpec('hazard', 0.01, [1e-9, 0.5], 'chance of a change at any value'),
    wholeOption('min_values', 30, [2, 1_000_000], 'values before the first alarm'),
    wholeOption('max_run', 300, [10, 10_000], 'longer runs are told apart no more'),
  ],
  create: (options) => new Bocd(options),
};
