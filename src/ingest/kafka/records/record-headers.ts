import { type Cursor, readVarint } from './varint.ts';

/** Kafka has no limit of its own, and a batch of nothing but headers would hold tens of millions. */
const MOST_HEADERS = 1_000;

/** Of repeated headers the last counts; of more than `MOST_HEADERS` names the first are kept. */
export function headersAt(bytes: Buffer, at: number): ReadonlyMap<string, Uint8Array> {
  const cursor: Cursor = { bytes, at };
  const headers = new Map<string, Uint8Array>();
  const count = nextNumber(cursor);
  for (let index = 0; index < count; index += 1) {
    const name = view(cursor)?.toString('utf8') ?? '';
    const value = view(cursor);
    if (value === null) headers.delete(name);
    else if (headers.size < MOST_HEADERS || headers.has(name)) headers.set(name, value);
  }
  return headers;
}

export function nextNumber(cursor: Cursor): number {
  const value = readVarint(cursor);
  if (value === null) throw new Error('a record batch ended inside a record that was found to be whole');
  return value;
}

function view(cursor: Cursor): Buffer | null {
  const length = nextNumber(cursor);
  if (length < 0) return null;
  const from = cursor.at;
  cursor.at += length;
  return cursor.bytes.subarray(from, cursor.at);
}
