/** What one walk over two sorted samples yields: enough for every two-sample statistic on the values themselves. */
export interface MergedPair {
  /** max |F − G|·n·m over the values: a whole number, so that ties between i/n and j/m are exact. */
  readonly largestGap: number;
  /** ∫ |F − G|. */
  readonly area: number;
  /** ∫ (F − G)². */
  readonly squaredArea: number;
  /** Pairs in which the first sample is larger, ties counting ½. */
  readonly pairsWon: number;
  /** Σ (t³ − t) over groups of t equal values. */
  readonly tieTerm: number;
  /** 12 (n Σ (r − i)² + m Σ (s − j)²) over the mid-ranks r and s of both samples: Cramér–von Mises before scaling. */
  readonly twelveU: bigint;
}

/** A sum of whole numbers below this is exact; beyond it is put aside. */
const EXACT_UP_TO = 2 ** 52;

/**
 * Everything at once, because the walk over a million values costs more than what is done at each. Input: both sorted
 * ascending, finite, ties allowed, neither empty. O(n + m); only the two areas round, and those carry their rounding
 * errors along (Neumaier).
 */
export function mergePair(a: Float64Array, b: Float64Array): MergedPair {
  const n = a.length;
  const m = b.length;
  const product = n * m;
  const ranksA = new WholeSum();
  const ranksB = new WholeSum();
  const area = { sum: 0, lost: 0 };
  const squared = { sum: 0, lost: 0 };
  let largestGap = 0;
  let pairsWon = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  let previous = Math.min(a[0] ?? Infinity, b[0] ?? Infinity);
  while (i < n || j < m) {
    const x = j >= m || (i < n && a[i]! <= b[j]!) ? a[i]! : b[j]!;
    if (x > previous) {
      const difference = (i * m - j * n) / product;
      const width = x - previous;
      accumulate(area, width * Math.abs(difference));
      accumulate(squared, width * difference ** 2);
    }
    previous = x;
    const fromA = i;
    const fromB = j;
    while (i < n && a[i] === x) i++;
    while (j < m && b[j] === x) j++;
    const ties = i - fromA;
    const otherTies = j - fromB;
    if (ties > 0) ranksA.add(3 * ties * (fromB + j) ** 2 + ties * (ties ** 2 - 1));
    if (otherTies > 0) ranksB.add(3 * otherTies * (fromA + i) ** 2 + otherTies * (otherTies ** 2 - 1));
    pairsWon += (ties * (fromB + j)) / 2;
    const all = ties + otherTies;
    if (all > 1) tieTerm += all ** 3 - all;
    const gap = Math.abs(i * m - j * n);
    if (gap > largestGap) largestGap = gap;
  }
  return {
    largestGap,
    area: area.sum + area.lost,
    squaredArea: squared.sum + squared.lost,
    pairsWon,
    tieTerm,
    twelveU: BigInt(n) * ranksA.total() + BigInt(m) * ranksB.total(),
  };
}

function accumulate(into: { sum: number; lost: number }, value: number): void {
  const sum = into.sum + value;
  // Neither is negative, so the larger one is the one whose digits are all in the sum.
  into.lost += into.sum >= value ? into.sum - sum + value : value - sum + into.sum;
  into.sum = sum;
}

class WholeSum {
  private small = 0;
  private large = 0n;

  add(value: number): void {
    this.small += value;
    if (this.small > EXACT_UP_TO) {
      this.large += BigInt(this.small);
      this.small = 0;
    }
  }

  total(): bigint {
    return this.large + BigInt(this.small);
  }
}
