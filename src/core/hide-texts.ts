const HIDDEN = '***';
/** Shorter ones are words of every sentence (a path `/hook`, a password `test`): hiding them would hide the sentence. */
const MIN_CHARACTERS = 8;

export type HideTexts = (text: string) => string;

export const hideNothing: HideTexts = (text) => text;

/**
 * Replaces each of these texts wherever it stands, also as a URL, JSON or base64 spell it: a whole run of base64 is hidden
 * that holds one at any place, as the logins of Basic and of a mail server (AUTH PLAIN) do. For what others say to us: a
 * receiver may repeat what it was sent, a library the address it was given.
 *
 * @example hideTexts(['correct horse'])(`refused: ${btoa('bob:correct horse')}`) // 'refused: ***'
 */
export function hideTexts(secrets: readonly string[]): HideTexts {
  const long = secrets.filter((secret) => secret.length >= MIN_CHARACTERS);
  if (long.length === 0) return hideNothing;
  const spellings = new Set(
    long.flatMap((secret) => [
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
  const inner = new Set(
    long.flatMap(inBase64).map((text) => text.replaceAll('+', String.raw`[+\-]`).replaceAll('/', '[/_]')),
  );
  const encoded = new RegExp([...inner].join('|'), 'g');
  return (text) =>
    withoutRuns(
      ordered.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text),
      encoded,
    );
}

const IN_BASE64 = /[\w+/-]/;

/** Without each run of base64 that holds a match. A pattern that began with the run would look at long ones again and again. */
function withoutRuns(text: string, encoded: RegExp): string {
  let shown = '';
  let end = 0;
  for (const { index, 0: found } of text.matchAll(encoded)) {
    if (index < end) continue;
    let start = index;
    while (start > end && IN_BASE64.test(text.charAt(start - 1))) start -= 1;
    shown += text.slice(end, start) + HIDDEN;
    end = index + found.length;
    while (IN_BASE64.test(text.charAt(end))) end += 1;
    while (text.charAt(end) === '=') end += 1;
  }
  return shown + text.slice(end);
}

/**
 * What base64 makes of a text that has 0, 1 or 2 bytes more than a multiple of three before it, without the letters at its ends
 * that neighbours have a part in.
 */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    return bytes.toString('base64').slice(Math.ceil((8 * before) / 6), Math.floor((8 * bytes.length) / 6));
  });
}
