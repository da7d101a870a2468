/** All that a dead letter `d` holds as it came. */
export const LETTER_TEXTS = `array[d.bytes, coalesce(d.key, ''), convert_to(d.detail, 'UTF8'),
  convert_to(coalesce(d.headers::text, ''), 'UTF8')]`;

/** Whether a dead letter `d` may name something: one of its spellings (parameters: as bytes, as texts) is somewhere in it, or anything is escaped. */
export function mayNameLetter(bytes: string, texts: string): string {
  return `(position('\\x5c'::bytea in d.bytes || coalesce(d.key, '')) > 0
    or position(E'\\\\' in d.detail || coalesce(d.headers::text, '')) > 0
    or exists (
      select from unnest(${bytes}::bytea[], ${texts}::text[]) as s (bytes, text)
      where position(s.bytes in d.bytes) > 0 or position(s.bytes in coalesce(d.key, '')) > 0
        or position(s.text in d.detail) > 0 or position(s.text in coalesce(d.headers::text, '')) > 0))`;
}
