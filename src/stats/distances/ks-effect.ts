/**
 * D as an effect on PSI's scale: the PSI of two normals of one spread whose D is this.
 *
 * Formula: 2π·D². A shift by δσ has D = 2Φ(δ/2) − 1 ≈ δ/√(2π) and, without bins, PSI δ². Range [0, 2π]. Unlike PSI
 * it sees moves within a bin, and no outlier can inflate it. O(1).
 *
 * @example ksEffect(0.1) // 0.06283185307179587
 */
export function ksEffect(d: number): number {
  return 2 * Math.PI * d * d;
}

/**
 * Its mean when nothing moved: D²·nm/(n + m) tends to a law of mean π²/12. 0 when a side is empty.
 *
 * @example ksEffectNoise(1000, 1000) // 0.010335425560099939
 */
export function ksEffectNoise(n: number, m: number): number {
  return n > 0 && m > 0 ? (Math.PI ** 3 / 6) * (1 / n + 1 / m) : 0;
}
