// Messages whose keys come and go, in any order and with any white space: each key is looked up.

import * as cells from './cell';
import * as number from './number';
import * as text from './text';
import {
  CELL_ABSENT, CELL_NULL, Job, KEY_BATCH, KEY_FEATURES, KEY_LEFT, KEY_MODEL, KEY_PROBABILITIES, KEY_SKIPPED, KEY_TAGS, KEY_TYPE,
  KEY_VERSION, Keys, MAY_LACK_TYPE, MAY_LACK_VERSION, Shape,
} from './shape';

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;
const LETTER_F: u32 = 0x66;
const LETTER_N: u32 = 0x6e;
const LETTER_T: u32 = 0x74;
const RUE: u32 = 0x657572;
const ALSE: u32 = 0x65736c61;
const ULL: u32 = 0x6c6c75;
const THREE_BYTES: u32 = 0xffffff;
const BYTE_ORDER_MARK: u32 = 0xbfbbef;
/** Values that nobody reads are looked into so far; what nests deeper is left to the ordinary decoder. */
const MOST_LEVELS: u32 = 8;
/** Kinds of members: bits of `met`, too. */
const ROOT: u32 = 0;
const FEATURES: u32 = 1;
const TAGS: u32 = 2;
const PROBABILITIES: u32 = 3;
const BATCH: u32 = 4;
const MET_TYPE: u32 = 1;
const MET_MODEL: u32 = 2;
const MET_VERSION: u32 = 4;
const MET_FEATURES: u32 = 8;
const MET_TAGS: u32 = 16;
const MET_PROBABILITIES: u32 = 32;
const MET_BATCH: u32 = 64;

let met: u32 = 0;

/** Reads a message into the shape's next row. False: it has another key, or a text is asked for. */
export function readByKeys(job: Job, shape: Shape, from: usize, end: usize, message: usize): bool {
  const keys = changetype<Keys>(shape.keys);
  const stride = <usize>shape.stride;
  const slots = <usize>shape.slots;
  const row = <usize>shape.rows;
  let cell = row;
  for (let slot: usize = 0; slot < slots; slot++, cell += stride) {
    store<u8>(shape.kinds + cell, CELL_ABSENT);
    store<f64>(shape.numbers + (cell << 3), NaN);
  }
  met = 0;
  const hasMark = from + 3 <= end && (load<u32>(from) & THREE_BYTES) == BYTE_ORDER_MARK;
  let at = skipSpace(hasMark ? from + 3 : from, end);
  if (at >= end || <u32>load<u8>(at) != OPEN_OBJECT) return false;
  at = readMembers(job, shape, keys, ROOT, keys.root, keys.rootSlots, from, at + 1, end, message);
  if (at == 0 || skipSpace(at, end) != end || (met & MET_MODEL) == 0) return false;
  if ((met & MET_TYPE) == 0 && (keys.mayLack & MAY_LACK_TYPE) == 0) return false;
  if ((met & MET_VERSION) == 0 && (keys.mayLack & MAY_LACK_VERSION) == 0) return false;
  cell = row;
  for (let slot: u32 = 0; slot < keys.envelopeSlots; slot++, cell += stride) {
    if (load<u8>(shape.kinds + cell) == CELL_ABSENT) store<u8>(shape.kinds + cell, CELL_NULL);
  }
  return true;
}

/** The members of an object, from behind its brace on. Answers where it ends, or 0. */
function readMembers(
  job: Job, shape: Shape, keys: Keys, kind: u32, tableAt: usize, slots: usize, from: usize, begins: usize, end: usize,
  message: usize,
): usize {
  const table = changetype<text.TextTable>(tableAt);
  const stride = <usize>shape.stride;
  const row = <usize>shape.rows;
  let at = skipSpace(begins, end);
  if (at < end && <u32>load<u8>(at) == CLOSE_OBJECT) return at + 1;
  while (true) {
    if (at >= end || <u32>load<u8>(at) != QUOTE) return 0;
    const keyFrom = at + 1;
    const keyEnd = text.endOfText(keyFrom, end);
    if (keyEnd == 0) return 0;
    const size = keyEnd - keyFrom;
    const code = text.codeOf(table, keyFrom, size, text.hashText(keyFrom, size));
    if (code < 0) return 0;
    at = skipSpace(keyEnd + 1, end);
    if (at >= end || <u32>load<u8>(at) != COLON) return 0;
    at = skipSpace(at + 1, end);
    if (at >= end) return 0;
    const slot = load<i32>(slots + (<usize>code << 2));
    if (slot >= 0) {
      const cell = <usize>slot * stride + row;
      // Of repeated keys the last one counts, or the one that the order of names says: the ordinary decoder knows.
      if (load<u8>(shape.kinds + cell) != CELL_ABSENT) return 0;
      const byte = <u32>load<u8>(at);
      if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
        if (kind != FEATURES && kind != TAGS) return 0;
        at = skipValue(at, end, 0);
        cells.noteNested(shape, <usize>slot, cell);
      } else at = cells.readCell(job, shape, <usize>slot, cell, from, at, end, message);
    } else at = readField(job, shape, keys, slot, from, at, end, message);
    if (at == 0) return 0;
    at = skipSpace(at, end);
    if (at >= end) return 0;
    const byte = <u32>load<u8>(at);
    if (byte == CLOSE_OBJECT) return at + 1;
    if (byte != COMMA) return 0;
    at = skipSpace(at + 1, end);
  }
}

/** What is no cell of its own: the names a shape goes by, objects of names and values, and what nobody reads. */
function readField(
  job: Job, shape: Shape, keys: Keys, field: i32, from: usize, at: usize, end: usize, message: usize,
): usize {
  switch (field) {
    case KEY_SKIPPED:
      return skipValue(at, end, 0);
    case KEY_TYPE:
      return readName(MET_TYPE, keys.types, at, end);
    case KEY_MODEL:
      return readName(MET_MODEL, keys.models, at, end);
    case KEY_VERSION:
      return readName(MET_VERSION, keys.versions, at, end);
    case KEY_FEATURES:
      return readObject(job, shape, keys, FEATURES, MET_FEATURES, keys.features, keys.featureSlots, from, at, end, message);
    case KEY_TAGS:
      return readObject(job, shape, keys, TAGS, MET_TAGS, keys.tags, keys.tagSlots, from, at, end, message);
    case KEY_PROBABILITIES:
      return readObject(
        job, shape, keys, PROBABILITIES, MET_PROBABILITIES, keys.probabilities, keys.probabilitySlots, from, at, end, message,
      );
    case KEY_BATCH:
      return readObject(job, shape, keys, BATCH, MET_BATCH, keys.batch, keys.batchSlots, from, at, end, message);
    default:
      return 0;
  }
}

/** One of the spellings that are known. */
function readName(bit: u32, tableAt: usize, at: usize, end: usize): usize {
  if ((met & bit) != 0) return 0;
  met |= bit;
  const ends = skipValue(at, end, MOST_LEVELS);
  if (ends == 0) return 0;
  const size = ends - at;
  return text.codeOf(changetype<text.TextTable>(tableAt), at, size, text.hashText(at, size)) < 0 ? 0 : ends;
}

function readObject(
  job: Job, shape: Shape, keys: Keys, kind: u32, bit: u32, table: usize, slots: usize, from: usize, at: usize, end: usize,
  message: usize,
): usize {
  if ((met & bit) != 0) return 0;
  met |= bit;
  if (<u32>load<u8>(at) != OPEN_OBJECT) {
    // What is no batch is nothing; the others would be refused.
    if (kind == BATCH) return skipValue(at, end, 0);
    return isWord(at, end, LETTER_N) ? at + 4 : 0;
  }
  if (kind == FEATURES) cells.noteFeatures();
  return readMembers(job, shape, keys, kind, table, slots, from, at + 1, end, message);
}

/** `null`, `true` or `false`, by its first letter. */
function isWord(at: usize, end: usize, letter: u32): bool {
  if (<u32>load<u8>(at) != letter) return false;
  if (letter == LETTER_N) return at + 4 <= end && (load<u32>(at + 1) & THREE_BYTES) == ULL;
  if (letter == LETTER_T) return at + 4 <= end && (load<u32>(at + 1) & THREE_BYTES) == RUE;
  return at + 5 <= end && load<u32>(at + 1) == ALSE;
}

function skipSpace(at: usize, end: usize): usize {
  let p = at;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) break;
    p++;
  }
  return p;
}

/** Where a value ends that nobody reads, or 0 where it is none. As strict as whoever reads them. */
function skipValue(at: usize, end: usize, level: u32): usize {
  if (at >= end) return 0;
  const byte = <u32>load<u8>(at);
  if (byte == QUOTE) return skipText(at, end);
  if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
    return level >= MOST_LEVELS ? 0 : skipNested(at, end, level + 1, byte == OPEN_OBJECT);
  }
  if (byte == LETTER_N || byte == LETTER_T) return isWord(at, end, byte) ? at + 4 : 0;
  if (byte == LETTER_F) return isWord(at, end, byte) ? at + 5 : 0;
  return number.readNumber(at);
}

function skipText(at: usize, end: usize): usize {
  const ends = text.endOfText(at + 1, end);
  if (ends == 0 || (text.beyondAscii && !text.isUtf8(at + 1, ends))) return 0;
  return ends + 1;
}

function skipNested(from: usize, end: usize, level: u32, isObject: bool): usize {
  const close = isObject ? CLOSE_OBJECT : CLOSE_ARRAY;
  let at = skipSpace(from + 1, end);
  if (at < end && <u32>load<u8>(at) == close) return at + 1;
  while (at < end) {
    if (isObject) {
      if (<u32>load<u8>(at) != QUOTE) return 0;
      at = skipText(at, end);
      if (at == 0) return 0;
      at = skipSpace(at, end);
      if (at >= end || <u32>load<u8>(at) != COLON) return 0;
      at = skipSpace(at + 1, end);
    }
    at = skipValue(at, end, level);
    if (at == 0) return 0;
    at = skipSpace(at, end);
    if (at >= end) return 0;
    const byte = <u32>load<u8>(at);
    if (byte == close) return at + 1;
    if (byte != COMMA) return 0;
    at = skipSpace(at + 1, end);
  }
  return 0;
}
