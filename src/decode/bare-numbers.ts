const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Python's `json.dumps` writes these without quotes, which is not JSON. JSON has no NaN: it becomes null, missing. */
const REPLACEMENTS = [
  { token: '-Infinity', json: '-1e999' },
  { token: 'Infinity', json: '1e999' },
  { token: 'NaN', json: 'null' },
] as const;

/**
 * Replaces bare `NaN`, `Infinity` and `-Infinity` outside strings by JSON that means the same. One pass, no
 * regular expression: on a crafted text those go quadratic. Null when there is nothing to replace.
 *
 * @example replaceBareNumbers('{"a":NaN,"b":"NaN"}') // '{"a":null,"b":"NaN"}'
 */
export function replaceBareNumbers(text: string): string | null {
  if (!text.includes('NaN') && !text.includes('Infinity')) return null;
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    const found = REPLACEMENTS.find(({ token }) => text.startsWith(token, at));
    if (found === undefined) {
      at += 1;
      continue;
    }
    parts.push(text.slice(copied, at), found.json);
    at += found.token.length;
    copied = at;
  }
  if (parts.length === 0) return null;
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Index after the closing quote, or the end of the text when there is none. */
function endOfString(text: string, openingQuote: number): number {
  let at = openingQuote + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}
