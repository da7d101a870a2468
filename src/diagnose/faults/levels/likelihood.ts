/** ln of the ratio from which an explanation is claimed, and of that below which it is refuted. */
export const CLAIMED = Math.log(100);
export const REFUTED = -Math.log(20);

const MOST_TOLD = 1e6;

/** A likelihood ratio as people read it. @example timesLikelier(Math.log(123)) // '120 times' */
export function timesLikelier(log: number): string {
  const ratio = Math.exp(log);
  if (ratio > MOST_TOLD) return 'more than a million times';
  const rounded = Number(ratio.toPrecision(2));
  return `${rounded.toLocaleString('en')} times`;
}
