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
  /** As `andersonDarlingSorted` adds them up, who says what they are. */
  readonly weightedGaps: number;
}

/** A sum of whole numbers below this is exact; beyond it is put aside. */
const EXACT_UP_TO = 2 ** 52;

/**
 * Everything at once, because the walk over a million values costs more than what is done at each: which sample the next
 * value is of, no processor foresees. Input: both sorted ascending, finite, ties allowed, neither empty. O(n + m); the
 * weighted gaps round, and the two areas, which carry their rounding errors along (Neumaier).
 */
export function mergePair(a: Float64Array, b: Float64Array): MergedPair {
  const n = a.length;
  const m = b.length;
  const rows = n + m;
  const product = n * m;
  const one = 1 / rows;
  // One by one: of numbers that are kept in objects, or declared as a list, each is written to memory at each value.
  const ranks = { ofA: 0n, ofB: 0n };
  let ranksA = 0;
  let ranksB = 0;
  let area = 0;
  let areaLost = 0;
  let squared = 0;
  let squaredLost = 0;
  let largestGap = 0;
  let pairsWon = 0;
  let tieTerm = 0;
  let weightedGaps = 0;
  let i = 0;
  let j = 0;
  let previous = Math.min(a[0] ?? Infinity, b[0] ?? Infinity);
  while (i < n || j < m) {
    const gap = i * m - j * n;
    if (gap > largestGap) largestGap = gap;
    else if (-gap > largestGap) largestGap = -gap;
    const fromA = i;
    const fromB = j;
    let x: number;
    // What both have is rare, and which has the next value is asked once.
    if (j >= m || (i < n && a[i]! < b[j]!)) {
      x = a[i]!;
      do i++;
      while (i < n && a[i] === x);
      const ties = i - fromA;
      ranksA += 3 * ties * ((j + j) * (j + j)) + (ties > 1 ? ties * (ties * ties - 1) : 0);
      pairsWon += ties * j;
    } else if (i >= n || b[j]! < a[i]!) {
      x = b[j]!;
      do j++;
      while (j < m && b[j] === x);
      const ties = j - fromB;
      ranksB += 3 * ties * ((i + i) * (i + i)) + (ties > 1 ? ties * (ties * ties - 1) : 0);
    } else {
      x = a[i]!;
      while (i < n && a[i] === x) i++;
      while (j < m && b[j] === x) j++;
      const [ties, others] = [i - fromA, j - fromB];
      ranksA += 3 * ties * (fromB + j) ** 2 + ties * (ties * ties - 1);
      ranksB += 3 * others * (fromA + i) ** 2 + others * (others * others - 1);
      pairsWon += (ties * (fromB + j)) / 2;
    }
    if (ranksA > EXACT_UP_TO) {
      ranks.ofA += BigInt(ranksA);
      ranksA = 0;
    }
    if (ranksB > EXACT_UP_TO) {
      ranks.ofB += BigInt(ranksB);
      ranksB = 0;
    }
    const difference = gap / product;
    const width = x - previous;
    previous = x;
    // Neither is negative, so the larger one is the one whose digits are all in the sum.
    const slice = width * Math.abs(difference);
    const nextArea = area + slice;
    areaLost += area >= slice ? area - nextArea + slice : slice - nextArea + area;
    area = nextArea;
    const square = width * (difference * difference);
    const nextSquared = squared + square;
    squaredLost += squared >= square ? squared - nextSquared + square : square - nextSquared + squared;
    squared = nextSquared;
    const all = i - fromA + (j - fromB);
    if (all > 1) tieTerm += all ** 3 - all;
    const ofAll = (fromA + fromB + i + j) / 2;
    const midGap = rows * ((fromA + i) / 2) - ofAll * n;
    const weight = (all === 1 ? one : all / rows) * midGap * midGap;
    weightedGaps += weight / (ofAll * (rows - ofAll) - (rows * all) / 4);
  }
  return {
    largestGap,
    area: area + areaLost,
    squaredArea: squared + squaredLost,
    pairsWon,
    tieTerm,
    twelveU: BigInt(n) * (ranks.ofA + BigInt(ranksA)) + BigInt(m) * (ranks.ofB + BigInt(ranksB)),
    weightedGaps,
  };
}
