import { keptWith } from '../../../core/memory/remember.ts';

/** Lags at which a column is held against itself; what lies between is taken to be a straight line. */
const LAGS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
/** Rows of one window that are so far apart say little about lags. */
const MOST_OF_ROWS = 1 / 4;
const SURE = 2;
/** Lags in a row. */
const QUIET = 3;

/**
 * How many rows of two columns together say no more than one: the variance of their correlation over what it is among independent rows,
 * 1 + 2·Σ ρ_a(k)·ρ_b(k) over lags k in order of time (Bartlett 1935). Two columns that each follow the hour go together by chance in a
 * window of a day, however many rows it has. 1 where either keeps nothing of its last value.
 *
 * @param a ranks in order of time, about their middle and of length 1
 */
export function clumping(a: Float64Array, b: Float64Array): number {
  const [own, other] = [autocorrelation(a), autocorrelation(b)];
  let [sum, from, height] = [0, 0, 1];
  for (let at = 0; at < Math.min(own.length, other.length); at++) {
    const [lag, product] = [LAGS[at]!, Math.max(0, own[at]! * other[at]!)];
    // The lags after `from` up to this one, the last of them as high as the product here.
    const steps = lag - from;
    sum += steps * product + ((steps - 1) * (height - product)) / 2;
    [from, height] = [lag, product];
  }
  return 1 + 2 * sum;
}

/** At `LAGS`, up to the last before three in a row that are no more than chance: of three lines that come in turns each is like the third row before. */
const autocorrelation = keptWith((ranks: Float64Array): Float64Array => {
  const chance = SURE / Math.sqrt(ranks.length);
  const known: number[] = [];
  let quiet = 0;
  for (const lag of LAGS) {
    if (lag > MOST_OF_ROWS * ranks.length || quiet === QUIET) break;
    let sum = 0;
    for (let row = lag; row < ranks.length; row++) sum += ranks[row]! * ranks[row - lag]!;
    quiet = sum <= chance ? quiet + 1 : 0;
    known.push(sum);
  }
  return Float64Array.from(known.slice(0, known.length - quiet));
});
