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
    const terms = [e, Math.abs(e), e ** 2, e ** 4, c, c ** 2, c ** 3, c ** 4, e ** 2 * c, e ** 2 * c ** 2];
    this.n += sign;
    if (label !== 0) {
      const r = Math.abs(e / label);
      terms.push(r, r ** 2);
      this.relative += sign;
    }
    for (const [at, term] of terms.entries()) this.sums.add(at, sign * boundedContribution(term));
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
