/** Seeded draws for simulated rows; the same seed gives the same rows on every machine. */
export interface Draws {
  uniform(): number;
  normal(): number;
  /** Index drawn with the given weights. */
  choice(weights: readonly number[]): number;
  poisson(mean: number): number;
}

export function draws(seed: number): Draws {
  let state = (seed * 2654435761) >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
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
