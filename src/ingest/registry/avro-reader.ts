import avro from 'avsc';
import type { RegisteredSchema } from './registry-client.ts';
import type { SchemaReader } from '../../core/events/schema-reader.ts';

type AvroOptions = Parameters<typeof avro.Type.forSchema>[1];

/** Whole numbers beyond 2^53 as bigints: avsc itself refuses to read what a double cannot hold. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => exact(bytes.readBigInt64LE()),
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number | bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : Number(a > b)),
});

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Instants are handed on as ISO 8601, which says the unit that a bare number would leave to guessing. */
class Millis extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return isoTime(Number(value));
  }
  protected override _toValue(value: unknown): unknown {
    return Date.parse(String(value));
  }
}
class Micros extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return isoTime(Math.floor(Number(value) / 1_000));
  }
  protected override _toValue(value: unknown): unknown {
    return Date.parse(String(value)) * 1_000;
  }
}

/** Beyond what a date can hold the number itself, so that the event's own check names it. */
function isoTime(timestampMs: number): string | number {
  return Number.isNaN(new Date(timestampMs).getTime()) ? timestampMs : new Date(timestampMs).toISOString();
}

class Decimal extends avro.types.LogicalType {
  readonly #scale: number;
  constructor(schema: avro.Schema, options: AvroOptions) {
    super(schema, options);
    this.#scale = (schema as { scale?: number }).scale ?? 0;
  }
  protected override _fromValue(value: unknown): unknown {
    const bytes = value as Buffer;
    if (bytes.length === 0) return 0;
    const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
    return Number(unscaled) / 10 ** this.#scale;
  }
  protected override _toValue(): undefined {
    return undefined;
  }
}

const LOGICAL_TYPES = {
  'timestamp-millis': Millis,
  'timestamp-micros': Micros,
  'local-timestamp-millis': Millis,
  'local-timestamp-micros': Micros,
  decimal: Decimal,
};

/** A reader of records of an Avro schema. Throws when the schema is none. */
export function avroReader(
  schema: RegisteredSchema,
  referenced: ReadonlyMap<string, RegisteredSchema>,
): SchemaReader {
  const options = {
    registry: { long: exactLong },
    logicalTypes: LOGICAL_TYPES,
  } as unknown as AvroOptions;
  // They register the types they name, for those behind them.
  for (const { text } of referenced.values()) avro.Type.forSchema(JSON.parse(text) as avro.Schema, options);
  const type = avro.Type.forSchema(JSON.parse(schema.text) as avro.Schema, options);
  // A value that is bytes as a whole stands bare in the frame, without the length Avro puts before bytes.
  if (type.typeName === 'bytes') return { type: 'AVRO', read: (payload) => payload };
  return {
    type: 'AVRO',
    read: (payload) =>
      unwrapped(type.fromBuffer(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength))),
  };
}

/** A union of types that cannot be told apart by value comes as `{ double: 1 }`; here only the value counts. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(unwrapped);
  if ('unwrap' in value && typeof value.unwrap === 'function') {
    return unwrapped((value as { unwrap(): unknown }).unwrap());
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unwrapped(inner)]));
}
