// One value of a message → one cell of its row.

import * as number from './number';
import * as text from './text';
import {
  ASKS_CLASS, ASKS_NUMBER, CELL_FALSE, CELL_INVALID, CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_TRUE, HAS_FEATURES, Job, Shape,
  SLOT_CLASS, STRAY_TEXT,
} from './shape';

const LETTER_F: u32 = 0x66;
const LETTER_N: u32 = 0x6e;
const LETTER_T: u32 = 0x74;
const QUOTE: u32 = 0x22;
/** The bytes of `rue`, `als` and `ull` in one number. */
const RUE: u32 = 0x657572;
const ALSE: u32 = 0x65736c61;
const ULL: u32 = 0x6c6c75;
const THREE_BYTES: u32 = 0xffffff;

/** Of the row that is being read: what it asks for, and whether it asks for a text before it can be read at all. */
export let flags: u32 = 0;
export let asked: bool = false;

export function begin(): void {
  flags = 0;
  asked = false;
}

export function noteFeatures(): void {
  flags |= HAS_FEATURES;
}

/**
 * Reads the scalar that begins at `at` into a cell. Answers where it ends, or 0 where there is none, or where a text is
 * asked for.
 */
// @ts-ignore: decorator
@inline
export function readCell(
  job: Job, shape: Shape, slot: usize, cell: usize, from: usize, begins: usize, end: usize, message: usize,
): usize {
  let at = begins;
  const byte = <u32>load<u8>(at);
  let kind: u8 = CELL_NULL;
  let held: f64 = NaN;
  if (byte < LETTER_F && byte != QUOTE) {
    kind = CELL_NUMBER;
    at = number.readNumber(at);
    if (at == 0) return 0;
    if (number.hard) {
      if (job.hardCount == job.hardRoom) return 0;
      const entry = job.hard + <usize>job.hardCount * 12;
      job.hardCount += 1;
      store<u32>(entry, <u32>message);
      store<u32>(entry + 4, shape.id);
      store<u32>(entry + 8, <u32>cell);
      store<u32>(shape.froms + (cell << 2), <u32>(begins - from));
      store<u32>(shape.tos + (cell << 2), <u32>(at - from));
      store<u8>(shape.odd + slot, 1);
      flags |= ASKS_NUMBER;
    } else held = number.value;
  } else if (byte == QUOTE) {
    at = text.endOfText(begins + 1, end);
    if (at == 0) return 0;
    const isBlank = readText(job, shape, slot, cell, from, begins + 1, at);
    if (isBlank < 0) return 0;
    at += 1;
    if (isBlank == 0) {
      kind = CELL_TEXT;
      held = Infinity;
      store<u8>(shape.odd + slot, 1);
    }
  } else if (byte == LETTER_N) {
    if (at + 4 > end || (load<u32>(at + 1) & THREE_BYTES) != ULL) return 0;
    at += 4;
  } else if (byte == LETTER_T) {
    if (at + 4 > end || (load<u32>(at + 1) & THREE_BYTES) != RUE) return 0;
    kind = CELL_TRUE;
    held = Infinity;
    store<u8>(shape.odd + slot, 1);
    at += 4;
  } else if (byte == LETTER_F) {
    if (at + 5 > end || load<u32>(at + 1) != ALSE) return 0;
    kind = CELL_FALSE;
    held = Infinity;
    store<u8>(shape.odd + slot, 1);
    at += 5;
  } else return 0;
  store<u8>(shape.kinds + cell, kind);
  store<f64>(shape.numbers + (cell << 3), held);
  return at;
}

/** The code of a text, or where it lies. 1: it is a blank class, which is none. −1: it cannot be read. */
function readText(
  job: Job, shape: Shape, slot: usize, cell: usize, from: usize, begins: usize, ends: usize,
): i32 {
  const table = changetype<text.TextTable>(load<usize>(shape.tables + (slot << 2)));
  if (changetype<usize>(table) != 0) {
    const size = ends - begins;
    const code = text.codeOf(table, begins, size, text.hashText(begins, size));
    store<i32>(shape.codes + (cell << 2), code);
    const isClass = <u32>load<u8>(shape.uses + slot) == SLOT_CLASS;
    if (code >= 0) return isClass && load<u8>(table.blanks + <usize>code) != 0 ? 1 : 0;
    if (text.beyondAscii && !text.isUtf8(begins, ends)) return -1;
    if (table.full == 0 && size <= <usize>table.longest) {
      job.askedShape = shape.id;
      job.askedSlot = <u32>slot;
      job.askedFrom = <u32>(begins - from);
      job.askedTo = <u32>(ends - from);
      job.askedFlags = (text.escaped ? 1 : 0) | (text.beyondAscii ? 2 : 0);
      asked = true;
      return -1;
    }
    if (isClass) flags |= ASKS_CLASS;
  } else {
    if (text.beyondAscii && !text.isUtf8(begins, ends)) return -1;
    store<i32>(shape.codes + (cell << 2), STRAY_TEXT);
  }
  store<u32>(shape.froms + (cell << 2), <u32>(begins - from));
  store<u32>(shape.tos + (cell << 2), <u32>(ends - from));
  store<u8>(shape.escapes + cell, (text.escaped || text.beyondAscii) ? 1 : 0);
  return 0;
}

/** Notes an object or an array in a cell, whatever it holds. */
export function noteNested(shape: Shape, slot: usize, cell: usize): void {
  store<u8>(shape.kinds + cell, CELL_INVALID);
  store<f64>(shape.numbers + (cell << 3), Infinity);
  store<u8>(shape.odd + slot, 1);
}
