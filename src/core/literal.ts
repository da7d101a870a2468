/**
 * A pattern that fits this text and no other, with the flag `u` too. `RegExp.escape` of a later Node.
 *
 * @example literal('a.b') // 'a\\.b'
 */
export const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
