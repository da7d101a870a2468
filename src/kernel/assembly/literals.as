// Messages that differ in their values only: what stands between the values is compared as bytes.

import * as cells from './cell';
import * as text from './text';
import { Job, Shape } from './shape';

/** Reads a message into the shape's next row. False: it has another shape, or a text is asked for. */
export function readByLiterals(job: Job, shape: Shape, from: usize, end: usize, message: usize): bool {
  const slots = <usize>shape.slots;
  const stride = <usize>shape.stride;
  const literals = shape.literals;
  let at = from;
  let literal: usize = 0;
  let cell = <usize>shape.rows;
  for (let slot: usize = 0; ; slot++, cell += stride) {
    const literalEnd = <usize>load<u32>(shape.ends + (slot << 2));
    const length = literalEnd - literal;
    if (at + length > end || !text.isSame(at, literals + literal, length)) return false;
    at += length;
    literal = literalEnd;
    if (slot == slots) break;
    if (at >= end) return false;
    at = cells.readCell(job, shape, slot, cell, from, at, end, message);
    if (at == 0) return false;
  }
  if (shape.hasFeatures != 0) cells.noteFeatures();
  return at == end;
}
