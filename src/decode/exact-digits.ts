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
