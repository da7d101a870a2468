const HIDDEN = '***';
/** Shorter ones are words of every sentence (a path `/hook`, a password `test`): hiding them would hide the sentence. */
const MIN_CHARACTERS = 8;

export type HideTexts = (text: string) => string;

export const hideNothing: HideTexts = (text) => text;

/**
 * Replaces each of these texts wherever it stands, also as a URL, JSON or Basic authentication spell it. For what others say
 * to us: a receiver may repeat what it was sent, a library the address it was given.
 */
export function hideTexts(secrets: readonly string[]): HideTexts {
  const spellings = new Set(
    secrets
      .filter((secret) => secret.length >= MIN_CHARACTERS)
      .flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        encodeURI(secret),
        JSON.stringify(secret).slice(1, -1),
        // Line by line: whoever shows a text on one line has changed its line breaks.
        ...secret.split('\n').filter((line) => line.length >= MIN_CHARACTERS),
      ]),
  );
  // The longest first: one may hold another.
  const ordered = [...spellings].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return hideNothing;
  return (text) => ordered.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}
