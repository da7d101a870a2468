import type { BodyLine } from './ndjson.ts';

/**
 * The elements of a body that is one JSON array, as they are written; null where it is anything else: cut short, lines of
 * NDJSON, whose own arrays end before the body does. What stands between two commas is an element even when it is no
 * JSON: whoever decodes it refuses it alone. Nothing is copied or parsed; the body is passed over twice.
 *
 * For example: `[{"a":1}, {"a":[2,3]}]` → `{"a":1}`, `{"a":[2,3]}`
 */
export function arrayElements(body: Uint8Array): Generator<BodyLine> | null {
  const begin = body.findIndex((byte) => !isSpace(byte));
  if (body[begin] !== OPEN_ARRAY) return null;
  const end = body.findLastIndex((byte) => !isSpace(byte));
  const last = marks(body, begin).find(({ depth }) => depth === 0);
  return last?.at === end && last.byte === CLOSE_ARRAY ? elements(body, begin, end) : null;
}

function* elements(body: Uint8Array, begin: number, end: number): Generator<BodyLine> {
  let from = begin + 1;
  let index = 0;
  for (const { at } of marks(body, begin)) {
    const isLast = at === end;
    const bytes = trimmed(body, from, at);
    // An empty array has no element.
    if (!isLast || index > 0 || bytes.length > 0) yield { index, bytes };
    from = at + 1;
    index += 1;
  }
}

interface Mark {
  readonly at: number;
  readonly byte: number;
  /** How many brackets are open behind it: 1 or 0. */
  readonly depth: number;
}

/** Where elements end, outside strings: commas between them, and the bracket that closes what the body opens. */
function* marks(body: Uint8Array, begin: number): Generator<Mark> {
  let depth = 0;
  let inString = false;
  for (let at = begin; at < body.length; at += 1) {
    const byte = body[at]!;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA && depth === 1) yield { at, byte, depth };
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) yield { at, byte, depth };
    }
  }
}

function trimmed(body: Uint8Array, from: number, to: number): Uint8Array {
  let [start, end] = [from, to];
  while (start < end && isSpace(body[start]!)) start += 1;
  while (end > start && isSpace(body[end - 1]!)) end -= 1;
  return body.subarray(start, end);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
