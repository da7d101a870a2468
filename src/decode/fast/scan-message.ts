/** A scalar in a message, with the keys that lead to it; an element of an array has the key `[]`. */
export interface ScannedValue {
  readonly path: readonly string[];
  readonly from: number;
  readonly to: number;
}

export interface ScannedMessage {
  /** The keys of objects as they are spelled, between their quotes, with the keys that lead there. */
  readonly keys: readonly ScannedValue[];
  readonly scalars: readonly ScannedValue[];
  /** Objects and arrays, in the order in which they open. */
  readonly nested: readonly (readonly string[])[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
/** Also where a byte order mark ends: both stand outside all values. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Where the values of a message lie. Only for bytes that the ordinary decoder has just accepted as strict JSON within
 * its limits: it checks nothing, and recurses as deep as the message nests.
 */
export function scanMessage(bytes: Uint8Array): ScannedMessage {
  const keys: ScannedValue[] = [];
  const scalars: ScannedValue[] = [];
  const nested: (readonly string[])[] = [];
  let at = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;

  const skipSpace = (): void => {
    while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1;
  };
  const skipString = (): void => {
    for (at += 1; at < bytes.length && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    at += 1;
  };
  const members = (path: readonly string[], close: number): void => {
    nested.push(path);
    at += 1;
    skipSpace();
    while (at < bytes.length && bytes[at] !== close) {
      if (close === CLOSE_OBJECT) {
        const from = at;
        skipString();
        const key = JSON.parse(Buffer.from(bytes.subarray(from, at)).toString('utf8')) as string;
        keys.push({ path: [...path, key], from: from + 1, to: at - 1 });
        skipSpace();
        // The colon.
        at += 1;
        value([...path, key]);
      } else value([...path, '[]']);
      if (bytes[at] === COMMA) at += 1;
      skipSpace();
    }
    at += 1;
  };
  const value = (path: readonly string[]): void => {
    skipSpace();
    const byte = bytes[at] ?? 0;
    if (byte === OPEN_OBJECT) members(path, CLOSE_OBJECT);
    else if (byte === OPEN_ARRAY) members(path, CLOSE_ARRAY);
    else {
      const from = at;
      if (byte === QUOTE) skipString();
      else while (at < bytes.length && !endsScalar(bytes[at] ?? 0)) at += 1;
      scalars.push({ path, from, to: at });
    }
    skipSpace();
  };
  value([]);
  return { keys, scalars, nested };
}

function endsScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte === COLON;
}
