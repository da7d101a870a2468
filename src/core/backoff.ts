/**
 * A pause drawn evenly from 0 up to a ceiling that doubles with every failure: many that failed at one moment do not
 * come back at one moment.
 *
 * @param failures in a row; at least 1
 * @example fullJitterMs(3, 1_000, 60_000, () => 0.5) // 2000
 */
export function fullJitterMs(failures: number, baseMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return Math.round(random() * ceiling);
}

/** How far a period is from its name, either way. */
const SPREAD = 0.1;

/**
 * The next pause of something that is done again and again: the period, give or take a tenth, so that processes which
 * were started at one moment do not go on in step.
 *
 * @example spreadMs(1_000, () => 0.5) // 1000
 */
export function spreadMs(periodMs: number, random: () => number): number {
  return Math.round(periodMs * (1 - SPREAD + 2 * SPREAD * random()));
}
