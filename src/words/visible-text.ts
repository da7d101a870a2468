/**
 * Text from logs for people's eyes: control characters (which terminals obey) and marks that turn the direction of
 * writing (which make one name read as another) become the replacement character. New lines and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '\ufffd',
  );
}
