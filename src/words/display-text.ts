/**
 * Text from untrusted logs (feature names, categories, model versions) on its way to a person: one line, no
 * control characters, nothing that turns the reading direction, and not longer than its place.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const DEFAULT_LENGTH = 80;

export function displayText(text: string, maxLength = DEFAULT_LENGTH): string {
  const line = text.toWellFormed().replaceAll(UNSEEN, ' ').trim();
  const letters = Array.from(line);
  return letters.length <= maxLength ? line : `${letters.slice(0, maxLength - 1).join('')}…`;
}

/** What a sentence ends with, behind what was found: what to do. */
const CONCLUSION = /[:;] [^:;]{1,80}\.$/;

/**
 * A sentence that was found, cut where it is too long and never within its conclusion or a pair of brackets.
 *
 * @example shortSentence('The inputs moved: age, by far: watch.', 24) // 'The inputs…: watch.'
 */
export function shortSentence(text: string, maxLength: number): string {
  const whole = displayText(text, Infinity);
  const letters = Array.from(whole);
  if (letters.length <= maxLength) return whole;
  const [end = ''] = CONCLUSION.exec(whole) ?? [];
  const room = maxLength - Array.from(end).length - 1;
  if (end === '' || room < 1) return displayText(whole, maxLength);
  const cut = letters
    .slice(0, room)
    .join('')
    .replace(/[\s,:;(]*\S*$/, '');
  // Half of what stands in brackets says less than none of it.
  const opened = cut.lastIndexOf('(');
  const closed = opened > cut.lastIndexOf(')') ? cut.slice(0, opened).trimEnd() : cut;
  return `${closed}…${end}`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
