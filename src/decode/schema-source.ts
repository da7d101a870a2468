import type { SchemaReference } from './schema-reference.ts';

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

/** Where schemas come from; `src/ingest/registry` asks a registry over HTTP. */
export interface SchemaSource {
  /**
   * Fetches what is not known yet. Rejects when the registry cannot be asked: that is an outage, and the records are
   * to be read again. A schema the registry does not have is no outage.
   */
  load(references: ReadonlySet<SchemaReference>): Promise<void>;
  /** Undefined: not loaded, or forgotten since. */
  get(reference: SchemaReference): SchemaReader | SchemaUnusable | undefined;
}
