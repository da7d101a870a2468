import { Buffer } from 'node:buffer';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';

/** Which schema a message was written with: `id/7`, `guid/<uuid>`. Text, so that it keys caches. */
export type SchemaReference = `id/${number}` | `guid/${string}`;

export interface FramedPayload {
  readonly schema: SchemaReference;
  /** What stands behind the reference; a Protobuf payload begins with its message indexes. */
  readonly payload: Uint8Array;
  /** Where message indexes are read from: the header, when the reference came in one. */
  readonly indexesInHeader: Uint8Array | null;
}

/** In this header newer producers put the reference instead of before the payload. */
const SCHEMA_HEADER = '__value_schema_id';
const MAGIC_ID = 0;
const MAGIC_GUID = 1;
const ID_END = 5;
const GUID_END = 17;

/**
 * The frame that clients of a schema registry put around a value: a zero byte and a big-endian unsigned id, or a one
 * and a 16-byte GUID. The same may stand in a header.
 *
 * For example: readFrame(Uint8Array.of(0, 0, 0, 1, 2, 6), undefined) // schema 'id/258', payload [6]
 */
export function readFrame(
  value: Uint8Array,
  headers: ReadonlyMap<string, Uint8Array> | undefined,
): Result<FramedPayload, string> {
  const header = headers?.get(SCHEMA_HEADER);
  if (header !== undefined) {
    const framed = readPrefix(header);
    if (!framed.ok) return fail(`the header ${SCHEMA_HEADER}: ${framed.error}`);
    return ok({ schema: framed.value.schema, payload: value, indexesInHeader: framed.value.rest });
  }
  const framed = readPrefix(value);
  if (!framed.ok) return framed;
  return ok({ schema: framed.value.schema, payload: framed.value.rest, indexesInHeader: null });
}

function readPrefix(bytes: Uint8Array): Result<{ schema: SchemaReference; rest: Uint8Array }, string> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === MAGIC_ID) {
    if (bytes.byteLength < ID_END) return fail(`${bytes.byteLength} bytes hold no whole schema id`);
    return ok({ schema: `id/${view.readUInt32BE(1)}`, rest: bytes.subarray(ID_END) });
  }
  if (bytes[0] === MAGIC_GUID) {
    if (bytes.byteLength < GUID_END) return fail(`${bytes.byteLength} bytes hold no whole schema GUID`);
    const hex = view.toString('hex', 1, GUID_END);
    const guid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return ok({ schema: `guid/${guid}`, rest: bytes.subarray(GUID_END) });
  }
  const found = bytes[0] === undefined ? 'no bytes' : `the byte ${bytes[0]}`;
  return fail(`it begins with ${found}; messages of a schema registry begin with 0 or 1`);
}
