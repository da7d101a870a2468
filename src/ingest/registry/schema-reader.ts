/** Reads payloads of one schema; `read` is null where the payload is JSON text. */
export interface SchemaReader {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly read: ((payload: Uint8Array, indexesInHeader: Uint8Array | null) => unknown) | null;
}
