/**
 * The least and the greatest of what is drawn, with room above and below; from zero where all of it is near zero anyway.
 * Nothing to draw: 0 to 1.
 *
 * @example valueDomain([2, null, 10]) // [0, 10.4]
 */
export function valueDomain(values: readonly (number | null | undefined)[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  // A curve between 0.90 and 0.92 is not to be read as a flat line below one.
  if (low >= 0 && low < (high - low) * 0.5) low = 0;
  const room = (high - low) * 0.04;
  return [low === 0 ? 0 : low - room, high + room];
}
