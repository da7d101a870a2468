/**
 * JSON that a jsonb column takes. Postgres refuses U+0000 and lone surrogates, and both may stand in names that
 * come from untrusted logs; they become U+FFFD, as in any other display of broken text.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? storableText(item) : item,
  );
}

export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
