/** Reads payloads of one registered schema. */
export interface SchemaReader {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  /**
   * The payload as plain values (objects, arrays, texts, numbers, bigints for whole numbers beyond 2^53, bytes), or
   * null for a payload that is text in JSON. Throws when the bytes do not fit the schema.
   */
  readonly read: ((payload: Uint8Array, indexesInHeader: Uint8Array | null) => unknown) | null;
}

/** Of a schema that will not help however often it is asked for. */
export interface SchemaUnusable {
  readonly unusable: string;
}
