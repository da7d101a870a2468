/**
 * Text from untrusted logs (feature names, categories, model versions) on its way to a person: one line, no
 * control characters, nothing that turns the reading direction, and not longer than its place.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const DEFAULT_LENGTH = 80;

export function displayText(text: string, maxLength = DEFAULT_LENGTH): string {
  const line = text.toWellFormed().replaceAll(UNSEEN, ' ').trim();
  const letters = Array.from(line);
  return letters.length <= maxLength ? line : `${letters.slice(0, maxLength - 1).join('')}…`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
