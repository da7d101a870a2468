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

/** How logs and files spell the two levels of a boolean. */
const SPELLED: ReadonlyMap<string, BooleanLevel> = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['1.0', 'true'],
  ['false', 'false'],
  ['0', 'false'],
  ['0.0', 'false'],
]);

type BooleanLevel = 'true' | 'false';

/**
 * The level of a boolean feature that a value stands for: `True`, `TRUE`, `true` and `1` are one, and so are those of false. Null
 * for anything else. Of features only: as classes of a label, `true` and `1` are two.
 *
 * @example booleanLevel('True') // 'true'
 * @example booleanLevel('yes') // null
 */
export function booleanLevel(value: string | number | boolean): BooleanLevel | null {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return value === 1 ? 'true' : value === 0 ? 'false' : null;
  return SPELLED.get(value) ?? SPELLED.get(value.trim().toLowerCase()) ?? null;
}
