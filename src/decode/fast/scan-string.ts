import { isUtf8 } from 'node:buffer';

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LETTER_U = 0x75;
const ASCII_END = 0x80;
/** What may follow a backslash besides u: " \ / b f n r t. */
const ESCAPES: ReadonlySet<number> = new Set([0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);
const FIRST_HASH = 0x2f_0b_44;

/**
 * Finds the end of the JSON string whose first byte after the quote is at `start`, and takes a hash of its bytes on
 * the way. Strict: control characters and wrong escapes end the scan, as they end `JSON.parse`. One scanner is used
 * for all strings of a message; what it found last stands in its fields.
 */
export class StringScanner {
  hash = 0;
  /** A byte from 0x80 up was met: whoever has not seen these bytes before must check that they are UTF-8. */
  beyondAscii = false;
  escaped = false;

  /** Index of the closing quote, or −1. */
  end(bytes: Uint8Array, start: number, length: number): number {
    let hash = FIRST_HASH;
    let seen = 0;
    let at = start;
    this.escaped = false;
    for (; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte < SPACE) return -1;
      hash = (Math.imul(hash, 31) + byte) | 0;
      seen |= byte;
      if (byte === BACKSLASH) {
        const past = endOfEscape(bytes, at + 1, length);
        if (past === -1) return -1;
        this.escaped = true;
        for (at += 1; at < past; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
        at -= 1;
      }
    }
    // The low bits choose the slot; short texts differ mostly in their last letters.
    this.hash = hash ^ (hash >>> 15);
    this.beyondAscii = seen >= ASCII_END;
    return at < length ? at : -1;
  }
}

function endOfEscape(bytes: Uint8Array, at: number, length: number): number {
  const kind = at < length ? (bytes[at] ?? 0) : 0;
  if (kind !== LETTER_U) return ESCAPES.has(kind) ? at + 1 : -1;
  if (at + 5 > length) return -1;
  for (let i = at + 1; i < at + 5; i++) if (!isHexDigit(bytes[i] ?? 0)) return -1;
  return at + 5;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

/** The text of a string already scanned; null when its bytes are not UTF-8. */
export function scannedText(
  bytes: Uint8Array,
  from: number,
  to: number,
  scanned: { readonly beyondAscii: boolean; readonly escaped: boolean },
): string | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  if (scanned.beyondAscii && !isUtf8(view)) return null;
  const text = scanned.beyondAscii ? view.toString('utf8') : view.toString('latin1');
  return scanned.escaped ? (JSON.parse(`"${text}"`) as string) : text;
}
