import type { DeadLetter } from '../../core/events/dead-letter.ts';
import type { ForgottenNames } from '../../core/history/forgotten-names.ts';

/** A text between quotes as JSON writes it, or a word. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[\p{L}\p{N}_$][\p{L}\p{N}_$.-]*/gu;

/**
 * A dead letter as it may be kept of a model with forgotten features: what it says of them is dropped where it is JSON, and where it is not, or
 * they are named otherwise, only its reason stays.
 */
export function spareLetter(letter: DeadLetter, forgotten: readonly ForgottenNames[]): DeadLetter {
  const isNamed = (text: string): boolean => forgotten.some((names) => namesOne(text, names));
  const texts = [letter.key, ...(letter.headers?.values() ?? [])].map((bytes) =>
    Buffer.from(bytes ?? '').toString(),
  );
  const text = Buffer.from(letter.bytes).toString();
  if (![text, letter.detail, ...texts].some(isNamed)) return letter;
  const { headers: _headers, key: _key, ...bare } = letter;
  const detail = isNamed(letter.detail) ? 'it is about a forgotten feature' : letter.detail;
  const rest = texts.some(isNamed) ? null : withoutNames(text, forgotten);
  if (rest === null || isNamed(rest)) return { ...bare, detail, bytes: new Uint8Array() };
  const bytes = Buffer.from(rest);
  return { ...letter, detail, bytes, byteLength: bytes.length };
}

function namesOne(text: string, names: ForgottenNames): boolean {
  for (const [token] of text.matchAll(TOKENS)) {
    if (names.has(token.startsWith('"') ? unquoted(token) : token)) return true;
  }
  return false;
}

function unquoted(token: string): string {
  const value = parsed(token);
  return typeof value === 'string' ? value : token.slice(1, -1);
}

/** Null: it is no JSON. */
function withoutNames(text: string, forgotten: readonly ForgottenNames[]): string | null {
  const value = parsed(text);
  if (value === undefined) return null;
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(
      Object.entries(each).filter(([name]) => !forgotten.some((names) => names.has(name))),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
