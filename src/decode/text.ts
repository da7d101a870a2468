// Control characters, C0 and C1: they forge log lines and mail headers when a name is printed.
const CONTROL = /\p{Cc}/u;
const MAX_SHOWN_LENGTH = 80;

/**
 * The text as Postgres and UTF-8 can carry it: no NUL, no lone surrogates, at most `maxLength` units. One
 * category with a NUL in it would otherwise make its whole transaction fail, and fail again on every retry.
 *
 * @example storableUpTo('a\u0000b', 10) // 'a\ufffdb'
 */
export function storableUpTo(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? `${wholeLetters(text, maxLength - 1)}…` : text;
  const withoutNul = cut.includes('\u0000') ? cut.replaceAll('\u0000', '\ufffd') : cut;
  return withoutNul.isWellFormed() ? withoutNul : withoutNul.toWellFormed();
}

/** At most so many characters from its beginning, without half of a letter that takes two. */
function wholeLetters(text: string, length: number): string {
  const isHalved = (text.codePointAt(length - 1) ?? 0) > 0xff_ff;
  return text.slice(0, isHalved ? length - 1 : length);
}

/** A name fit to be a key and to be printed: NFC, not blank, no control characters, not overlong; else null. */
export function cleanName(name: string, maxLength: number): string | null {
  if (name.length > maxLength || name.trim() === '' || CONTROL.test(name) || !name.isWellFormed())
    return null;
  return name.normalize('NFC');
}

/** A value quoted for a dead letter's sentence, short and on one line. */
export function shown(value: unknown): string {
  // Huge arrays are named, not printed: the sentence is read by a person, and printing them costs.
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_SHOWN_LENGTH)) : String(value);
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}
