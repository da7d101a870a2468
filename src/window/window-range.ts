/**
 * Start of the half-open window [start, start + size) that holds a moment. Windows of one size tile time from
 * the Unix epoch, so hours and days begin on UTC hours and days.
 *
 * @example windowStart(Date.UTC(2026, 2, 1, 12, 34), 3_600_000) // Date.UTC(2026, 2, 1, 12)
 */
export function windowStart(timestampMs: number, sizeMs: number): number {
  return Math.floor(timestampMs / sizeMs) * sizeMs;
}
