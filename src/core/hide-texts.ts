import { literal } from './literal.ts';

const HIDDEN = '***';
/** Shorter ones are words of every sentence (a path `/hook`, a password `test`): hiding them would hide the sentence. */
const MIN_CHARACTERS = 8;

export type HideTexts = (text: string) => string;

export const hideNothing: HideTexts = (text) => text;

/**
 * Replaces each of these texts wherever it stands, also as a URL, HTML, JSON or base64 spell it, each letter in its own way: a whole
 * run of base64 is hidden that holds one at any place, as the logins of Basic and of a mail server (AUTH PLAIN) do. For what
 * others say to us: a receiver may repeat what it was sent, a library the address it was given.
 *
 * @example hideTexts(['correct horse'])(`refused: ${btoa('bob:correct horse')}`) // 'refused: ***'
 */
export function hideTexts(secrets: readonly string[]): HideTexts {
  const long = secrets.filter((secret) => secret.length >= MIN_CHARACTERS);
  if (long.length === 0) return hideNothing;
  // Line by line, too: whoever shows a text on one line has changed its line breaks.
  const lines = long.flatMap((secret) => secret.split('\n').filter((line) => line.length >= MIN_CHARACTERS));
  // The longest first: one may hold another.
  const ordered = [...new Set([...long, ...lines])].sort((a, b) => b.length - a.length);
  const spelled = new RegExp(ordered.map(spellings).join('|'), 'gu');
  const inner = new Set(
    long.flatMap(inBase64).map((text) => text.replaceAll('+', String.raw`[+\-]`).replaceAll('/', '[/_]')),
  );
  const encoded = new RegExp([...inner].join('|'), 'g');
  return (text) => withoutRuns(text.replaceAll(spelled, HIDDEN), encoded);
}

const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** A pattern of a text, with every letter as it is or as others write it. */
function spellings(text: string): string {
  return Array.from(text, (letter) => {
    if (/^[A-Za-z0-9]$/.test(letter)) return letter;
    const code = letter.codePointAt(0) ?? 0;
    const others = [
      literal(JSON.stringify(letter).slice(1, -1)),
      unicodeEscapes(letter),
      `&#0*${code};`,
      `&#[xX]0*${anyCase(code.toString(16))};`,
      ...(letter in NAMED ? [`&${NAMED[letter]};`] : []),
      ...(letter === '/' ? [String.raw`\\/`] : []),
      ...(letter === ' ' ? [String.raw`\+`] : []),
      ...(letter.isWellFormed() ? [percent(letter)] : []),
      literal(letter),
    ];
    return `(?:${[...new Set(others)].join('|')})`;
  }).join('');
}

/** `\u0026`, as those write it who fear that JSON is read as HTML. */
function unicodeEscapes(letter: string): string {
  const units = letter.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => String.raw`\\u${anyCase(unit)}`).join('');
}

function percent(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
}

const anyCase = (hex: string): string =>
  hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

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
