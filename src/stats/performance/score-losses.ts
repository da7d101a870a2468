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

/** Rows without a finite loss are left out. O(rows). */
export function sumLosses(losses: Iterable<number>): LossSums {
  let n = 0;
  let sum = 0;
  let sumOfSquares = 0;
  for (const loss of losses) {
    if (!Number.isFinite(loss)) continue;
    n++;
    sum += loss;
    sumOfSquares += loss ** 2;
  }
  return { n, sum, sumOfSquares };
}
