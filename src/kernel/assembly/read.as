// Messages of known shapes → rows. Whatever differs from every shape, or would be refused, is a miss and left to the
// ordinary decoder: nothing is refused here.

import * as id from './id-hash';
import * as number from './number';
import * as text from './text';
import * as time from './time';
import {
  ASKS_CLASS, ASKS_NUMBER, ASKS_TIME, CELL_FALSE, CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_TRUE, HAS_ID, Job, Shape,
  SLOT_CLASS, SLOT_RANGE, STRAY_TEXT,
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

const MISS: u32 = 0;
const HIT: u32 = 1;
const ASKS: u32 = 2;

const LATEST_MS: f64 = 7258118400000;

/** Reads on from `job.next`. 0: all are read. 1: a text is asked for; to be called again once that is settled. */
export function readMessages(job: Job): u32 {
  for (; job.next < job.count; job.next++) {
    const i = <usize>job.next;
    let shapeId: i32 = -1;
    const from = load<i32>(job.froms + (i << 2));
    const to = load<i32>(job.tos + (i << 2));
    if (from >= 0 && <u32>(to - from) <= job.maxBytes) {
      for (let k: u32 = 0; k < job.shapeCount; k++) {
        const shape = changetype<Shape>(load<usize>(job.shapes + (<usize>k << 2)));
        const found = readMessage(job, shape, job.input + from, job.input + to, i);
        if (found == ASKS) return 1;
        if (found == MISS) continue;
        shapeId = shape.id;
        store<i32>(job.rowOf + (i << 2), shape.rows++);
        if (k > 0) moveToFront(job.shapes, k);
        break;
      }
    }
    store<i32>(job.shapeOf + (i << 2), shapeId);
  }
  return 0;
}

function moveToFront(shapes: usize, k: u32): void {
  const hit = load<usize>(shapes + (<usize>k << 2));
  memory.copy(shapes + 4, shapes, <usize>k << 2);
  store<usize>(shapes, hit);
}

function readMessage(job: Job, shape: Shape, from: usize, end: usize, message: usize): u32 {
  const slots = shape.slots;
  const stride = <usize>shape.stride;
  const row = <usize>shape.rows;
  const literals = shape.literals;
  const hardBefore = job.hardCount;
  let flags: u32 = 0;
  let at = from;
  let literal: usize = 0;
  let cell = row;
  for (let slot: usize = 0; ; slot++, cell += stride) {
    const literalEnd = <usize>load<u32>(shape.ends + (slot << 2));
    const length = literalEnd - literal;
    if (at + length > end || !text.isSame(at, literals + literal, length)) return missed(job, hardBefore);
    at += length;
    literal = literalEnd;
    if (slot == slots) break;
    if (at >= end) return missed(job, hardBefore);
    const byte = <u32>load<u8>(at);
    let kind: u8 = CELL_NULL;
    let held: f64 = NaN;
    if (byte < LETTER_F && byte != QUOTE) {
      kind = CELL_NUMBER;
      const begins = at;
      at = number.readNumber(at);
      if (at == 0) return missed(job, hardBefore);
      if (number.hard) {
        if (job.hardCount == job.hardRoom) return missed(job, hardBefore);
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
      kind = CELL_TEXT;
      held = Infinity;
      store<u8>(shape.odd + slot, 1);
      const begins = at + 1;
      const ends = text.endOfText(begins, end);
      if (ends == 0) return missed(job, hardBefore);
      at = ends + 1;
      const table = changetype<text.TextTable>(load<usize>(shape.tables + (slot << 2)));
      let isStray = false;
      if (changetype<usize>(table) != 0) {
        const size = ends - begins;
        const code = text.codeOf(table, begins, size, text.hashText(begins, size));
        store<i32>(shape.codes + (cell << 2), code);
        if (code < 0) {
          if (text.beyondAscii && !text.isUtf8(begins, ends)) return missed(job, hardBefore);
          if (table.full == 0 && size <= <usize>table.longest) {
            job.askedShape = shape.id;
            job.askedSlot = <u32>slot;
            job.askedFrom = <u32>(begins - from);
            job.askedTo = <u32>(ends - from);
            job.askedFlags = (text.escaped ? 1 : 0) | (text.beyondAscii ? 2 : 0);
            job.hardCount = hardBefore;
            return ASKS;
          }
          isStray = true;
          if (<u32>load<u8>(shape.uses + slot) == SLOT_CLASS) flags |= ASKS_CLASS;
        } else if (<u32>load<u8>(shape.uses + slot) == SLOT_CLASS && load<u8>(table.blanks + <usize>code) != 0) {
          // A blank class is none.
          kind = CELL_NULL;
          held = NaN;
        }
      } else {
        if (text.beyondAscii && !text.isUtf8(begins, ends)) return missed(job, hardBefore);
        isStray = true;
      }
      if (isStray) {
        store<u32>(shape.froms + (cell << 2), <u32>(begins - from));
        store<u32>(shape.tos + (cell << 2), <u32>(ends - from));
        store<u8>(shape.escapes + cell, (text.escaped || text.beyondAscii) ? 1 : 0);
      }
    } else if (byte == LETTER_N) {
      if (at + 4 > end || (load<u32>(at + 1) & THREE_BYTES) != ULL) return missed(job, hardBefore);
      at += 4;
    } else if (byte == LETTER_T) {
      if (at + 4 > end || (load<u32>(at + 1) & THREE_BYTES) != RUE) return missed(job, hardBefore);
      kind = CELL_TRUE;
      held = Infinity;
      store<u8>(shape.odd + slot, 1);
      at += 4;
    } else if (byte == LETTER_F) {
      if (at + 5 > end || load<u32>(at + 1) != ALSE) return missed(job, hardBefore);
      kind = CELL_FALSE;
      held = Infinity;
      store<u8>(shape.odd + slot, 1);
      at += 5;
    } else return missed(job, hardBefore);
    store<u8>(shape.kinds + cell, kind);
    store<f64>(shape.numbers + (cell << 3), held);
  }
  if (at != end) return missed(job, hardBefore);
  const envelope = readEnvelope(job, shape, from, row, load<f64>(job.recordTimes + (message << 3)));
  if (envelope < 0) return missed(job, hardBefore);
  store<u8>(shape.flags + row, <u8>(flags | envelope));
  store<u32>(shape.messages + (row << 2), <u32>message);
  return HIT;
}

function missed(job: Job, hardBefore: u32): u32 {
  job.hardCount = hardBefore;
  return MISS;
}

/** The rules of the ordinary decoder for the fields beside features and tags. Flags, or −1 where it might refuse. */
function readEnvelope(job: Job, shape: Shape, from: usize, row: usize, recordMs: f64): i32 {
  let flags: u32 = 0;
  const recordHasTime = recordMs >= 0 && recordMs <= LATEST_MS;
  const timestamp = shape.timestamp;
  if (timestamp < 0 || kindOf(shape, timestamp, row) == CELL_NULL) {
    if (!recordHasTime) return -1;
    store<f64>(shape.times + (row << 3), recordMs);
  } else {
    const cell = cellOf(shape, timestamp, row);
    if (
      kindOf(shape, timestamp, row) == CELL_TEXT &&
      load<u8>(shape.escapes + cell) == 0 &&
      time.readTime(from + load<u32>(shape.froms + (cell << 2)), from + load<u32>(shape.tos + (cell << 2)))
    ) {
      if (recordHasTime && time.ms > recordMs + job.maxFutureMs) return -1;
      store<f64>(shape.times + (row << 3), time.ms);
    } else {
      store<f64>(shape.times + (row << 3), recordMs);
      flags |= ASKS_TIME;
    }
  }
  if (!isOneOf(shape, shape.score, row, CELL_NUMBER, CELL_NUMBER)) return -1;
  if (!isOneOf(shape, shape.holdout, row, CELL_TRUE, CELL_FALSE)) return -1;
  // Numbers and true are errors too, quoted as text.
  if (!isOneOf(shape, shape.error, row, CELL_TEXT, CELL_FALSE)) return -1;
  if (shape.hasFeatures == 0) {
    // Without features a message needs a class.
    if (shape.prediction < 0 || kindOf(shape, shape.prediction, row) == CELL_NULL) return -1;
  }
  for (let i: u32 = 0; i < shape.probabilityCount; i++) {
    const slot = load<i32>(shape.probabilities + (<usize>i << 2));
    if (!isOneOf(shape, slot, row, CELL_NUMBER, CELL_NUMBER)) return -1;
  }
  const idSlot = shape.predictionId;
  if (idSlot >= 0 && kindOf(shape, idSlot, row) != CELL_NULL) {
    const cell = cellOf(shape, idSlot, row);
    // Ids that are spelled with escapes or beyond ASCII are rare: their length and form are checked elsewhere.
    if (kindOf(shape, idSlot, row) != CELL_TEXT || load<u8>(shape.escapes + cell) != 0) return -1;
    const idFrom = load<u32>(shape.froms + (cell << 2));
    const idTo = load<u32>(shape.tos + (cell << 2));
    if (idTo - idFrom > job.maxIdLength) return -1;
    if (idTo > idFrom) {
      id.hashId(from + idFrom, from + idTo);
      store<u32>(shape.idLows + (row << 2), id.low);
      store<u32>(shape.idHighs + (row << 2), id.high);
      flags |= HAS_ID;
    }
  }
  return <i32>flags;
}

function cellOf(shape: Shape, slot: i32, row: usize): usize {
  return <usize>slot * <usize>shape.stride + row;
}

function kindOf(shape: Shape, slot: i32, row: usize): u8 {
  return load<u8>(shape.kinds + cellOf(shape, slot, row));
}

/** Absent, null, or one of two kinds. */
function isOneOf(shape: Shape, slot: i32, row: usize, kind: u8, other: u8): bool {
  if (slot < 0) return true;
  const found = kindOf(shape, slot, row);
  return found == CELL_NULL || found == kind || found == other;
}
