import { literal } from '../../core/literal.ts';

/** As it is, and as JSON writes it, with other letters as escapes or not. */
export function spellingsOf(id: string): Buffer[] {
  const json = JSON.stringify(id).slice(1, -1);
  const escaped = json.replaceAll(
    /[\u0080-\uFFFF]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [
    ...new Set([
      id,
      json,
      escaped,
      escaped.replaceAll(/\\u[0-9a-f]{4}/g, (each) => `\\u${each.slice(2).toUpperCase()}`),
    ]),
  ].map((text) => Buffer.from(text));
}

const LETTER = String.raw`[\p{L}\p{N}_\-]`;

/** Whether a text says the name, however JSON spells it, and not only as a part of a longer one. */
export function isNamedIn(text: string, name: string): boolean {
  const alone = new RegExp(`(?<!${LETTER})${literal(name)}(?!${LETTER})`, 'u');
  return readingsOf(text).some((each) => alone.test(each));
}

/** A text as it is, as JSON reads what stands between its quotes, and as JSON reads JSON within. */
export function readingsOf(text: string): string[] {
  const once = unescaped(text);
  return [...new Set([text, once, unescaped(once)])];
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, letter: string) =>
    code === undefined ? (SHORT[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
