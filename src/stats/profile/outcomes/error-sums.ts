import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { boundedContribution, CompensatedSums } from '../../compensated.ts';
import type { RegressionCounts } from '../feature-reference.ts';
import { decodeSums, encodeSums } from '../sums-codec.ts';

/** Terms of a row, in this order: e = prediction − label, c = label − centre, r = |e/label|. */
const TERMS = 12;
const RELATIVE = 10;

/**
 * Sums over labelled rows of a regression from which every figure of it comes: `mae`, `rmse`, `mape`, `r2`, `bias`, with
 * their standard errors. Adds and subtracts; sums agree to 1e-12 whatever the order.
 *
 * `centre`: a fixed number near the labels (the baseline's mean). Moments about 0 of labels that are far from it would
 * cancel away.
 */
export class ErrorSums {
  readonly centre: number;
  /** Rows where label and prediction are finite, and those of them whose label is not 0. */
  private n = 0;
  private relative = 0;
  private readonly sums = new CompensatedSums(TERMS);

  constructor(centre: number) {
    this.centre = centre;
  }

  /** Rows without a finite label and prediction are left out. */
  add(label: string | number, prediction: string | number | null, sign: 1 | -1): void {
    if (typeof label !== 'number' || typeof prediction !== 'number') return;
    if (!Number.isFinite(label) || !Number.isFinite(prediction)) return;
    const e = prediction - label;
    const c = label - this.centre;
    const square = e ** 2;
    this.n += sign;
    this.put(0, sign * e);
    this.put(1, sign * Math.abs(e));
    this.put(2, sign * square);
    this.put(3, sign * square ** 2);
    this.put(4, sign * c);
    this.put(5, sign * c ** 2);
    this.put(6, sign * c ** 3);
    this.put(7, sign * c ** 4);
    this.put(8, sign * square * c);
    this.put(9, sign * square * c ** 2);
    if (label === 0) return;
    const r = Math.abs(e / label);
    this.relative += sign;
    this.put(RELATIVE, sign * r);
    this.put(RELATIVE + 1, sign * r ** 2);
  }

  /**
   * Term by term. A list of them, walked by its entries, was now and then added wrongly by what V8 (of Node 24) makes of such a loop:
   * in one process of twenty the sums of 6,500 rows were off by a tenth, once, and right when they were asked again.
   */
  private put(at: number, term: number): void {
    this.sums.add(at, boundedContribution(term));
  }

  /** Null without rows. */
  counts(): RegressionCounts | null {
    if (this.n <= 0) return null;
    const sum = (at: number): number => this.sums.get(at);
    return {
      task: 'regression',
      n: this.n,
      sumError: sum(0),
      sumAbsolute: sum(1),
      sumSquared: sum(2),
      sumFourth: sum(3),
      labels: {
        sum: sum(4),
        sumSquared: sum(5),
        sumCubed: sum(6),
        sumFourth: sum(7),
        sumErrorLabel: sum(8),
        sumErrorLabelSquared: sum(9),
      },
      percentage: { n: this.relative, sum: sum(RELATIVE), sumOfSquares: sum(RELATIVE + 1) },
    };
  }

  merge(other: ErrorSums, sign: 1 | -1): void {
    this.n += sign * other.n;
    this.relative += sign * other.relative;
    this.sums.merge(other.sums, sign);
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.n);
    writer.signed(this.relative);
    encodeSums(writer, this.sums);
  }

  /** `centre` must be the one they were counted about: it comes with the baseline. */
  static decode(reader: ByteReader, centre: number): ErrorSums {
    const sums = new ErrorSums(centre);
    sums.n = reader.signed();
    sums.relative = reader.signed();
    decodeSums(reader, sums.sums);
    return sums;
  }
}
