import type { Cursor } from './varint.ts';
import { readVarint, readVarlong } from './varint.ts';

/**
 * Whether bytes really hold `count` records, lengths within lengths, and nothing else: looked at before any of them is
 * delivered, so that a batch is read as a whole or not at all. Cost: a few varints per record.
 */
export function holdsRecords(bytes: Buffer, count: number): boolean {
  const cursor: Cursor = { bytes, at: 0 };
  for (let index = 0; index < count; index += 1) {
    const length = readVarint(cursor);
    if (length === null || length <= 0) return false;
    const end = cursor.at + length;
    if (end > bytes.length || !skipRecord(cursor) || cursor.at !== end) return false;
  }
  return true;
}

function skipRecord(cursor: Cursor): boolean {
  // One byte of attributes, then timestamp delta, offset delta, key, value, headers.
  cursor.at += 1;
  if (readVarlong(cursor) === null || readVarint(cursor) === null) return false;
  if (!skipBytes(cursor, -1) || !skipBytes(cursor, -1)) return false;
  const headers = readVarint(cursor);
  if (headers === null || headers < 0) return false;
  for (let index = 0; index < headers; index += 1) {
    if (!skipBytes(cursor, 0) || !skipBytes(cursor, -1)) return false;
  }
  return true;
}

/** Skips a length and its bytes; -1 is the length of null, allowed only where null is. */
function skipBytes(cursor: Cursor, least: -1 | 0): boolean {
  const length = readVarint(cursor);
  if (length === null || length < least) return false;
  cursor.at += Math.max(0, length);
  return cursor.at <= cursor.bytes.length;
}
