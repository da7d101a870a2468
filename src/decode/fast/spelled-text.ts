import { isUtf8 } from 'node:buffer';

/** The text of a string whose escapes were found to be right; null when its bytes are not UTF-8. */
export function spelledText(bytes: Uint8Array, from: number, to: number, isSpecial: boolean): string | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  if (!isSpecial) return view.toString('latin1');
  if (!isUtf8(view)) return null;
  return JSON.parse(`"${view.toString('utf8')}"`) as string;
}
