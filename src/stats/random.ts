/** Uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A seeded generator (xoshiro128**, state filled by splitmix32): the same seed gives the same numbers everywhere.
 * Not for secrets. Source: Blackman & Vigna, ACM Trans. Math. Softw. 47 (2021).
 *
 * @example createRandom(1)() // 0.09156953175513294
 */
export function createRandom(seed: number): Random {
  let mix = seed | 0;
  const splitMix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitMix();
  let b = splitMix();
  let c = splitMix();
  let d = splitMix();
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  // 53 bits: 27 from one draw, 26 from the next.
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
