import { replaceBareNumbers } from './bare-numbers.ts';

const NEWLINE = 0x0a;

/** One message of a body, with the index of its line (or element) from 0, blank lines counted: what the caller can look up. */
export interface BodyLine {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/**
 * A body of one message (however it is indented) or of one message per line; blank lines are skipped. An empty body
 * has none.
 */
export function* bodyLines(body: Uint8Array): Generator<BodyLine> {
  if (isOneObject(body)) yield { index: 0, bytes: body };
  else yield* splitLines(body);
}

/** Lines of a body with their index, blank ones left out. A carriage return before the newline is white space in JSON. */
function* splitLines(body: Uint8Array): Generator<BodyLine> {
  let index = 0;
  for (let from = 0; from < body.length; index += 1) {
    const newline = body.indexOf(NEWLINE, from);
    const end = newline === -1 ? body.length : newline;
    const bytes = body.subarray(from, end);
    if (bytes.some((byte) => !isWhiteSpace(byte))) yield { index, bytes };
    from = end + 1;
  }
}

/**
 * True when the first line does not close the object it opens, so that the body can only be one object. A
 * count of brackets outside strings decides it without parsing the body twice.
 */
function isOneObject(body: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
      else if (byte === NEWLINE) return false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if (byte === NEWLINE && depth > 0) return closesAtTheEnd(body);
    if (depth === 0 && byte === CLOSE_OBJECT) return false;
  }
  return false;
}
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * A truncated first line of NDJSON also leaves its object open. It must not swallow the lines after it, so one
 * object over several lines is accepted only when it parses.
 */
function closesAtTheEnd(body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body);
  return isJson(text) || isJson(replaceBareNumbers(text));
}

function isJson(text: string | null): boolean {
  if (text === null) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
