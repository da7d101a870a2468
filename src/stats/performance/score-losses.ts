import { CompensatedSums } from '../compensated.ts';

/** Count, sum and sum of squares of one loss over rows. */
export interface LossSums {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** A probability of exactly 0 for what happened would make one row infinite: 1e-15 stands in, a loss of 34.5. */
const SMALLEST = 1e-15;

/** −ln of the probability given to what happened, in nats; probabilities are cut to [1e-15, 1 − 1e-15]. O(1). */
export function logLoss(probabilityOfTruth: number): number {
  return -Math.log(Math.min(1 - SMALLEST, Math.max(SMALLEST, probabilityOfTruth)));
}

/** Rows without a finite loss are left out; in any order they sum up to the same. O(rows). */
export function sumLosses(losses: Iterable<number>): LossSums {
  let n = 0;
  const sums = new CompensatedSums(2);
  for (const loss of losses) {
    if (!Number.isFinite(loss)) continue;
    n++;
    sums.add(0, loss);
    sums.add(1, loss ** 2);
  }
  return { n, sum: sums.get(0), sumOfSquares: sums.get(1) };
}
