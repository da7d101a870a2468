/** `JSON.parse` hands a primitive's own spelling to the reviver; the types of the language do not know it yet. */
type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown;

/**
 * The digits of a top-level number as they were written. `12345678901234567890` parses to …567000: the person
 * who has to find that id needs the digits that were sent. Recursive in the depth of the text, so it is only
 * for texts whose depth has been checked.
 */
export function exactDigits(text: string, field: string): string | null {
  const sourceByHolder = new Map<unknown, string>();
  const reviver: Reviver = function keepSource(key, value, context) {
    if (key === field && typeof value === 'number' && context?.source !== undefined) {
      sourceByHolder.set(this, context.source);
    }
    return value;
  };
  const root: unknown = JSON.parse(text, reviver);
  return sourceByHolder.get(root) ?? null;
}

/** So many digits in a row may be a whole number that a double cannot hold. */
const LONG_NUMBER = /\d{16}/;
const WHOLE_NUMBER = /^-?\d+$/;

/**
 * The parsed value with whole numbers beyond 2^53 as bigints. Texts without a long run of digits, nearly all of them,
 * are not parsed again. As recursive as `exactDigits`.
 *
 * @example withExactIntegers('{"id":12345678901234567890}', {}) // { id: 12345678901234567890n }
 */
export function withExactIntegers(text: string, parsed: unknown): unknown {
  if (!LONG_NUMBER.test(text)) return parsed;
  const reviver: Reviver = function keepDigits(_key, value, context) {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    return WHOLE_NUMBER.test(source) ? BigInt(source) : value;
  };
  return JSON.parse(text, reviver);
}
