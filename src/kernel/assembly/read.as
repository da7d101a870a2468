// Messages of known shapes → rows. Whatever differs from every shape, or would be refused, is a miss and left to the
// ordinary decoder: nothing is refused here.

import * as cells from './cell';
import * as id from './id-hash';
import { readByKeys } from './keyed';
import { readByLiterals } from './literals';
import * as time from './time';
import {
  ASKS_TIME, CELL_ABSENT, CELL_FALSE, CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_TRUE, HAS_FEATURES, HAS_ID, Job, Shape,
} from './shape';

const LATEST_MS: f64 = 7258118400000;

/** Reads on from `job.next`. 0: all are read. 1: a text is asked for; to be called again once that is settled. */
export function readMessages(job: Job): u32 {
  for (; job.next < job.count; job.next++) {
    const i = <usize>job.next;
    let shapeId: i32 = -1;
    const from = load<i32>(job.froms + (i << 2));
    const to = load<i32>(job.tos + (i << 2));
    if (from >= 0 && <u32>(to - from) <= job.maxBytes) {
      const begins = job.input + from;
      const ends = job.input + to;
      for (let k: u32 = 0; k < job.shapeCount; k++) {
        const shape = changetype<Shape>(load<usize>(job.shapes + (<usize>k << 2)));
        if (!readMessage(job, shape, begins, ends, i)) {
          if (cells.asked) return 1;
          continue;
        }
        shapeId = shape.id;
        store<i32>(job.rowOf + (i << 2), shape.rows++);
        const first: u32 = k < job.literalShapes ? 0 : job.literalShapes;
        if (k > first) moveToFront(job.shapes + (<usize>first << 2), k - first);
        break;
      }
    }
    store<i32>(job.shapeOf + (i << 2), shapeId);
  }
  return 0;
}

function readMessage(job: Job, shape: Shape, from: usize, end: usize, message: usize): bool {
  const hardBefore = job.hardCount;
  cells.begin();
  const isRead = shape.keys == 0
    ? readByLiterals(job, shape, from, end, message)
    : readByKeys(job, shape, from, end, message);
  const row = <usize>shape.rows;
  const envelope = isRead ? readEnvelope(job, shape, from, row, load<f64>(job.recordTimes + (message << 3))) : -1;
  if (envelope < 0) {
    job.hardCount = hardBefore;
    return false;
  }
  store<u8>(shape.flags + row, <u8>(cells.flags | envelope));
  store<u32>(shape.messages + (row << 2), <u32>message);
  return true;
}

function moveToFront(shapes: usize, k: u32): void {
  const hit = load<usize>(shapes + (<usize>k << 2));
  memory.copy(shapes + 4, shapes, <usize>k << 2);
  store<usize>(shapes, hit);
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
  if ((cells.flags & HAS_FEATURES) == 0) {
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

/** Without a slot, absent, null, or one of two kinds. */
function isOneOf(shape: Shape, slot: i32, row: usize, kind: u8, other: u8): bool {
  if (slot < 0) return true;
  const found = kindOf(shape, slot, row);
  return found == CELL_NULL || found == CELL_ABSENT || found == kind || found == other;
}
