/**
 * A Retry-After header as a pause from now: seconds or an HTTP date. Null when it says nothing usable.
 *
 * @example retryAfterMs('120', 0) // 120000
 */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only real HTTP dates: Date.parse alone would also take "5" or "2026".
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
