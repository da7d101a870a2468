/** Seeded draws for simulated rows; the same seed gives the same rows on every machine. */
export interface Draws {
  uniform(): number;
  normal(): number;
  /** Index drawn with the given weights. */
  choice(weights: readonly number[]): number;
  poisson(mean: number): number;
}

export function draws(seed: number): Draws {
  // sfc32 (Chris Doty-Humphrey, public domain): 128 bits of state, so that no two seeds share a stretch.
  let a = seed | 0;
  let b = (seed ^ 0x9e3779b9) | 0;
  let c = 0x243f6a88;
  let counter = 1;
  const bits = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) bits();
  const uniform = (): number => (bits() + 0.5) / 4294967296;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const choice = (weights: readonly number[]): number => {
    let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries()) {
      left -= weight;
      if (left <= 0) return i;
    }
    return weights.length - 1;
  };
  const poisson = (mean: number): number => {
    let count = 0;
    for (let product = uniform(); product > Math.exp(-mean); product *= uniform()) count += 1;
    return count;
  };
  return { uniform, normal, choice, poisson };
}
