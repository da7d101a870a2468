const SHOWN_NAMES = 3;

/** @example asPercent(0.256) // '25.6 %' */
export function asPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** @example asP(0.00000123) // 'p 1e-6' */
export function asP(p: number): string {
  if (p >= 0.001) return `p ${p.toFixed(p >= 0.1 ? 1 : 3)}`;
  return p < 1e-99 ? 'p < 1e-99' : `p ${p.toExponential(0)}`;
}

/** Three names and how many more. @example listNames(['a', 'b', 'c', 'd']) // 'a, b, c and 1 more' */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** Null instead of what JSON cannot say. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Beyond a million nobody asks how many times. @param gain the natural logarithm of a likelihood ratio */
export function timesLikely(gain: number): string {
  const times = Math.exp(gain);
  return times > 1e6
    ? 'over a million times as likely as by chance'
    : `${Number(times.toPrecision(2)).toLocaleString('en')} times as likely as by chance`;
}
