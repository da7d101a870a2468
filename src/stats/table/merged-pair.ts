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

/** Of the values of both samples, so many before the walk is taken up anew. */
const VALUES_AT_ONCE = 1024;

/** How far a walk has come, and what it has added up. */
interface Walk {
  /** Values of the first and of the second sample that lie behind it. */
  i: number;
  j: number;
  previous: number;
  /** What of the ranks is no longer in `ranksA` and `ranksB`. */
  ranksOfA: bigint;
  ranksOfB: bigint;
  ranksA: number;
  ranksB: number;
  area: number;
  areaLost: number;
  squared: number;
  squaredLost: number;
  largestGap: number;
  pairsWon: number;
  tieTerm: number;
  weightedGaps: number;
}

/**
 * Everything at once, because the walk over a million values costs more than what is done at each: which sample the next
 * value is of, no processor foresees. Input: both sorted ascending, finite, ties allowed, neither empty. O(n + m); the
 * weighted gaps round, and the two areas, which carry their rounding errors along (Neumaier).
 *
 * It is taken in parts: what V8 compiles of a loop that is under way keeps its numbers in objects, three times as slow as
 * what it makes of a function that is called again.
 */
export function mergePair(a: Float64Array, b: Float64Array): MergedPair {
  const n = a.length;
  const m = b.length;
  const walk: Walk = {
    i: 0,
    j: 0,
    previous: Math.min(a[0] ?? Infinity, b[0] ?? Infinity),
    ranksOfA: 0n,
    ranksOfB: 0n,
    ranksA: 0,
    ranksB: 0,
    area: 0,
    areaLost: 0,
    squared: 0,
    squaredLost: 0,
    largestGap: 0,
    pairsWon: 0,
    tieTerm: 0,
    weightedGaps: 0,
  };
  while (walk.i < n || walk.j < m) walkOn(walk, a, b);
  const { largestGap, area, areaLost, squared, squaredLost, pairsWon, tieTerm, weightedGaps } = walk;
  return {
    largestGap,
    area: area + areaLost,
    squaredArea: squared + squaredLost,
    pairsWon,
    tieTerm,
    twelveU:
      BigInt(n) * (walk.ranksOfA + BigInt(walk.ranksA)) + BigInt(m) * (walk.ranksOfB + BigInt(walk.ranksB)),
    weightedGaps,
  };
}

function walkOn(walk: Walk, a: Float64Array, b: Float64Array): void {
  const n = a.length;
  const m = b.length;
  const rows = n + m;
  const product = n * m;
  const one = 1 / rows;
  // One by one: of numbers that stay in the object, or are declared as a list, each is written to memory at each value.
  let i = walk.i;
  let j = walk.j;
  let previous = walk.previous;
  let ranksA = walk.ranksA;
  let ranksB = walk.ranksB;
  let area = walk.area;
  let areaLost = walk.areaLost;
  let squared = walk.squared;
  let squaredLost = walk.squaredLost;
  let largestGap = walk.largestGap;
  let pairsWon = walk.pairsWon;
  let tieTerm = walk.tieTerm;
  let weightedGaps = walk.weightedGaps;
  const end = Math.min(rows, i + j + VALUES_AT_ONCE);
  while (i + j < end) {
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
      walk.ranksOfA += BigInt(ranksA);
      ranksA = 0;
    }
    if (ranksB > EXACT_UP_TO) {
      walk.ranksOfB += BigInt(ranksB);
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
  walk.i = i;
  walk.j = j;
  walk.previous = previous;
  walk.ranksA = ranksA;
  walk.ranksB = ranksB;
  walk.area = area;
  walk.areaLost = areaLost;
  walk.squared = squared;
  walk.squaredLost = squaredLost;
  walk.largestGap = largestGap;
  walk.pairsWon = pairsWon;
  walk.tieTerm = tieTerm;
  walk.weightedGaps = weightedGaps;
}
