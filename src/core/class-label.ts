const CANONICAL_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/**
 * The one spelling of a class. `1`, `"1"` and `1.0` are one class; `true` is not `1`; `"01"` stays `"01"`.
 *
 * @example classLabel('1.0') // '1'
 */
export function classLabel(value: string | number | boolean | bigint): string {
  if (typeof value === 'string') {
    const text = value.trim();
    // Digits beyond 2^53 would change under Number(): such a class keeps its own spelling.
    if (!CANONICAL_NUMBER.test(text)) return text;
    const number = Number(text);
    return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? String(number) : text;
  }
  return Object.is(value, -0) ? '0' : String(value);
}
