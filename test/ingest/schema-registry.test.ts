/** Messages in the frame of a schema registry, read with schemas asked for over real HTTP. */
import avro from 'avsc';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Encoding } from '../../src/core/events/log-format.ts';
import { DEFAULT_FORMAT_SETTINGS } from '../../src/core/events/log-format.ts';
import type { FieldRule, ScalarField } from '../../src/core/events/log-mapping.ts';
import { parseMessagePath } from '../../src/core/events/message-path.ts';
import type { RawRecord } from '../../src/core/events/log-source.ts';
import { formatOf } from '../../src/decode/formats.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { createRecordDecoder } from '../../src/decode/record-decoder.ts';
import { readMessageIndexes } from '../../src/ingest/registry/message-indexes.ts';
import type { RegistryOptions } from '../../src/ingest/registry/registry-client.ts';
import { SchemaRegistry } from '../../src/ingest/registry/schema-registry.ts';
import { eventsOf, record, refusedOf, samples } from '../decode/record.ts';
import type { TestRegistry } from '../harness/kafka/schema-registry.ts';
import { startSchemaRegistry } from '../harness/kafka/schema-registry.ts';

let server: TestRegistry;
let nowMs = 0;
beforeEach(async () => {
  server = await startSchemaRegistry();
  nowMs = 0;
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const registry = (options: Partial<RegistryOptions> = {}) =>
  new SchemaRegistry(
    { url: server.url, credentials: null, timeoutMs: 60_000, ...options },
    { nowMs: () => nowMs },
  );

const path = (text: string) => {
  const parsed = parseMessagePath(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const at = (text: string) => ({ path: path(text), as: null, unit: null, values: null, fallback: undefined });
const encoding: Encoding = 'registry';
/** The record of the sample: its names are not ours. */
const SAMPLE_FORMAT = formatOf({
  name: 'sample',
  encoding,
  settings: DEFAULT_FORMAT_SETTINGS,
  mapping: {
    name: 'sample',
    parseJson: [],
    when: null,
    each: null,
    fields: new Map<ScalarField, FieldRule>([
      ['type', { ...at('a'), path: null, fallback: 'prediction' }],
      ['prediction_id', at('request_id')],
      ['model', at('model')],
      ['model_version', at('model_version')],
      ['timestamp', at('ts')],
      ['prediction', at('prediction')],
      ['score', at('scores[1]')],
    ]),
    named: new Map([
      ['features', [{ kind: 'object', path: path('features'), only: null, except: new Set(), prefix: '' }]],
    ]),
  },
});
const EVENTS = formatOf({ name: 'json', encoding, mapping: null, settings: DEFAULT_FORMAT_SETTINGS });

async function decode(given: RawRecord, schemas: SchemaRegistry, format = EVENTS) {
  const decoder = createRecordDecoder(format, DEFAULT_DECODE_LIMITS, {}, schemas);
  await decoder.prepare([given]);
  return decoder.decode(given, { source: 'kafka:t', partition: 3, offset: 41n });
}
const framed = (id: number, ...parts: Uint8Array[]): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, ...parts]);
};

const sample = samples('confluent_wire_and_avro') as {
  avro_schema: object;
  avro_examples: { schema_id: number; wire_hex: string; expected: Record<string, unknown> }[];
  peer_vectors: { message_index_bytes_hex?: string; expected: { indexes?: number[]; bytes_read?: number } }[];
};

describe('Avro', () => {
  it.each(sample.avro_examples)(
    'reads what the reference implementation wrote, schema $schema_id',
    async (example) => {
      server.add(example.schema_id, { schema: JSON.stringify(sample.avro_schema) });
      const decoded = await decode(
        record({ value: Buffer.from(example.wire_hex, 'hex') }),
        registry(),
        SAMPLE_FORMAT,
      );
      const { expected } = example;
      const [event] = eventsOf(decoded);
      expect(event).toMatchObject({
        predictionId: expected['request_id'],
        model: expected['model'],
        modelVersion: expected['model_version'] ?? 'default',
        timestampMs: expected['ts_ms'],
        features: new Map(Object.entries(expected['features'] as object)),
        prediction: expected['prediction'],
      });
    },
  );

  it('keeps whole numbers beyond 2^53, unions of numbers and instants of any unit', async () => {
    const schema = {
      type: 'record',
      name: 'E',
      fields: [
        { name: 'type', type: 'string' },
        { name: 'model', type: 'string' },
        { name: 'prediction', type: 'long' },
        { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-micros' } },
        {
          name: 'features',
          type: {
            type: 'map',
            values: [
              'null',
              'int',
              'double',
              { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 },
            ],
          },
        },
      ],
    };
    const plain = avro.Type.forSchema(
      {
        ...schema,
        fields: schema.fields.map((field) =>
          field.name === 'prediction' ? { ...field, type: { type: 'fixed', size: 8, name: 'F' } } : field,
        ),
      } as avro.Schema,
      { wrapUnions: true },
    );
    // A long is a zigzag varint: 2^62 + 1 by hand, since the writer cannot.
    const long = Buffer.from('82808080808080808001', 'hex').subarray(0, 9);
    const bytes = plain.toBuffer({
      type: 'prediction',
      model: 'm',
      prediction: Buffer.alloc(8),
      timestamp: 1772366400123456,
      features: { a: { int: 3 }, b: { double: 1.5 }, c: null, d: { bytes: Buffer.from([0xff, 0x38]) } },
    });
    const from = bytes.indexOf(Buffer.alloc(8));
    const exact = Buffer.concat([
      bytes.subarray(0, from),
      zigzag(4611686018427387905n),
      bytes.subarray(from + 8),
    ]);
    expect(long).toHaveLength(9);
    server.add(9, { schema: JSON.stringify(schema) });
    const [event] = eventsOf(await decode(record({ value: framed(9, exact) }), registry()));
    expect(event).toMatchObject({
      prediction: '4611686018427387905',
      timestampMs: 1772366400123,
      features: new Map<string, unknown>([
        ['a', 3],
        ['b', 1.5],
        ['c', null],
        ['d', -2],
      ]),
    });
  });

  it('follows references to other schemas', async () => {
    server.addSubject('features/v', 2, {
      schema: JSON.stringify({ type: 'record', name: 'ex.Inputs', fields: [{ name: 'age', type: 'int' }] }),
    });
    const schema = {
      type: 'record',
      name: 'ex.Event',
      fields: [
        { name: 'type', type: 'string' },
        { name: 'model', type: 'string' },
        { name: 'features', type: 'ex.Inputs' },
      ],
    };
    server.add(4, {
      schema: JSON.stringify(schema),
      references: [{ name: 'ex.Inputs', subject: 'features/v', version: 2 }],
    });
    const value = framed(
      4,
      Buffer.from([20]),
      Buffer.from('prediction'),
      Buffer.from([2]),
      Buffer.from('m'),
      Buffer.from([84]),
    );
    expect(eventsOf(await decode(record({ value }), registry()))).toMatchObject([
      { features: new Map([['age', 42]]) },
    ]);
    server.add(5, {
      schema: JSON.stringify(schema),
      references: [{ name: 'ex.Inputs', subject: 'gone', version: 1 }],
    });
    expect(
      refusedOf(await decode(record({ value: framed(5, value.subarray(5)) }), registry())).detail,
    ).toContain('refers to is missing');
  });

  it('refuses bytes that do not fit, and schemas that are none', async () => {
    server.add(1, { schema: JSON.stringify(sample.avro_schema) });
    server.add(2, { schema: '{"type":"recrd"}' });
    server.add(3, { schema: '"bytes"' });
    const refused = async (id: number, ...bytes: number[]) =>
      refusedOf(await decode(record({ value: framed(id, Buffer.from(bytes)) }), registry()));
    expect(await refused(1, 6, 0x72)).toMatchObject({ reason: 'schema_error' });
    expect((await refused(2, 6)).detail).toContain('it cannot be read');
    // Bare bytes without Avro's length: they are read, and are no event.
    expect(await refused(3, 2, 3, 4)).toMatchObject({ reason: 'not_an_object' });
  });
});

function zigzag(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

const PROTO = `syntax = "proto3"; package ex;
import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto"; import "kinds.proto";
enum Unused { ZERO = 0; }
message Other { string x = 1; }
message Outer {
  message Event {
    string type = 1; string model = 2; google.protobuf.Timestamp timestamp = 3; map<string, double> features = 4;
    int64 prediction = 5; optional double score = 6; google.protobuf.StringValue error = 7; Tags tags = 8; bool holdout = 9;
  }
}`;
const KINDS =
  'syntax = "proto3"; package ex; enum Channel { WEB = 0; SHOP = 1; } message Tags { Channel channel = 1; repeated int32 n = 2; }';

describe('Protobuf', () => {
  beforeEach(() => {
    server.addSubject('kinds', 1, { schema: KINDS, schemaType: 'PROTOBUF' });
    server.add(7, {
      schema: PROTO,
      schemaType: 'PROTOBUF',
      references: [{ name: 'kinds.proto', subject: 'kinds', version: 1 }],
    });
  });
  const message = (fields: object): Uint8Array => {
    const root = new protobuf.Root();
    for (const file of ['timestamp', 'wrappers'])
      root.addJSON(protobuf.common.get(`google/protobuf/${file}.proto`)?.nested ?? {});
    protobuf.parse(KINDS, root, { keepCase: true });
    protobuf.parse(PROTO, root, { keepCase: true });
    const type = root.lookupType('ex.Outer.Event');
    return type.encode(type.fromObject(fields)).finish();
  };
  // The second message of the file, in it the first.
  const INDEXES = Buffer.from([4, 2, 0]);

  it('reads nested messages by their indexes, imports, 64 bits and presence', async () => {
    const body = message({
      type: 'prediction',
      model: 'm',
      timestamp: { seconds: 1772366400, nanos: 250_000_000 },
      features: { age: 42, income: 0 },
      prediction: '9007199254740993',
      error: { value: 'late' },
      tags: { channel: 1 },
    });
    const [event] = eventsOf(await decode(record({ value: framed(7, INDEXES, body) }), registry()));
    expect(event).toMatchObject({
      timestampMs: 1772366400250,
      features: new Map([
        ['age', 42],
        ['income', 0],
      ]),
      prediction: '9007199254740993',
      score: null,
      error: 'late',
      holdout: false,
    });
    expect(event?.type === 'prediction' && event.tags.get('channel')).toBe('SHOP');
  });

  it('takes a single zero for the first message', async () => {
    const value = framed(7, Buffer.from([0, 0x0a, 1, 0x78]));
    expect(refusedOf(await decode(record({ value }), registry())).reason).toBe('unknown_type');
  });

  it('refuses indexes of no message, and bytes that are none', async () => {
    for (const indexes of [[2, 8], [4, 0, 0], [1], [0x80, 0x80, 0x80, 0x80, 0x80, 1]]) {
      const value = framed(7, Buffer.from(indexes), message({ model: 'm' }));
      expect(refusedOf(await decode(record({ value }), registry())).reason).toBe('schema_error');
    }
    const broken = framed(7, INDEXES, Buffer.from([0x0a, 0x7f]));
    expect(refusedOf(await decode(record({ value: broken }), registry())).reason).toBe('schema_error');
  });

  it.each(sample.peer_vectors.filter((vector) => vector.message_index_bytes_hex !== undefined))(
    'reads indexes as other clients do: $message_index_bytes_hex',
    ({ message_index_bytes_hex: hex = '', expected }) => {
      const read = () => readMessageIndexes(Buffer.from(hex, 'hex'));
      if (expected.indexes === undefined) expect(read).toThrow(/message index|number of/);
      else expect(read()).toEqual({ indexes: expected.indexes, bytesRead: expected.bytes_read });
    },
  );
});

describe('the frame', () => {
  const JSON_SCHEMA = {
    schema: '{"type":"object","properties":{"model":{"type":"number"}}}',
    schemaType: 'JSON',
  } as const;
  const EVENT = Buffer.from('{"type":"prediction","model":"m","features":{"a":1}}');

  it('reads JSON behind it, also what its schema would not have', async () => {
    server.add(258, JSON_SCHEMA);
    expect(eventsOf(await decode(record({ value: framed(258, EVENT) }), registry()))).toMatchObject([
      { model: 'm' },
    ]);
    expect(server.asked).toEqual(['/schemas/ids/258']);
  });

  it('reads ids as unsigned, GUIDs, and either in a header', async () => {
    server.add(0xffff_fffe, JSON_SCHEMA);
    const guid = '89791762-2336-4186-9674-299b90a802e2';
    server.addGuid(guid, JSON_SCHEMA);
    const guidBytes = Buffer.concat([Buffer.from([1]), Buffer.from(guid.replaceAll('-', ''), 'hex')]);
    const schemas = registry();
    for (const given of [
      record({ value: framed(0xffff_fffe, EVENT) }),
      record({ value: Buffer.concat([guidBytes, EVENT]) }),
      record({ value: EVENT, headers: { __value_schema_id: guidBytes } }),
      record({ value: EVENT, headers: { __value_schema_id: framed(0xffff_fffe) } }),
    ]) {
      expect(eventsOf(await decode(given, schemas))).toHaveLength(1);
    }
    expect(server.asked).toHaveLength(2);
  });

  it.each([
    ['another magic byte', Buffer.from('{"model":"m"}')],
    ['less than an id', Buffer.from([0, 0, 0])],
    ['less than a GUID', Buffer.from([1, 0, 0])],
  ])('refuses %s without asking anybody', async (_name, value) => {
    expect(refusedOf(await decode(record({ value }), registry())).reason).toBe('schema_error');
    expect(server.asked).toEqual([]);
  });
});

describe('the registry', () => {
  const value = framed(1, Buffer.from('{"type":"prediction","model":"m","prediction":1}'));
  const JSON_SCHEMA = { schema: '{}', schemaType: 'JSON' } as const;

  it('is asked once for what many messages need at once', async () => {
    server.add(1, JSON_SCHEMA);
    const schemas = registry();
    await Promise.all(Array.from({ length: 20 }, async () => await decode(record({ value }), schemas)));
    expect(server.asked).toHaveLength(1);
  });

  it('makes a dead letter of a schema it does not have, and is asked again later', async () => {
    const schemas = registry();
    for (let each = 0; each < 5; each += 1) {
      const refused = refusedOf(await decode(record({ value }), schemas));
      expect(refused).toMatchObject({ reason: 'schema_error', byteLength: value.byteLength });
      expect(refused.detail).toContain('does not have it');
    }
    expect(server.asked).toHaveLength(1);
    server.add(1, JSON_SCHEMA);
    nowMs += 60_000;
    expect(eventsOf(await decode(record({ value }), schemas))).toHaveLength(1);
  });

  it.each([
    ['is broken', 500, /answers 500/],
    ['is too busy', 429, /answers 429/],
    ['refuses the login', 401, /check its credentials/],
    ['is somebody else', 'html-404', /is schema_registry.url right/],
    ['says nothing', 'hang', /no answer in time/],
  ] as const)(
    'is an outage when it %s: nothing is decoded, nothing lost',
    async (_name, failure, message) => {
      server.add(1, JSON_SCHEMA);
      server.failure = failure;
      const schemas = registry(failure === 'hang' ? { timeoutMs: 2_000 } : {});
      await expect(decode(record({ value }), schemas)).rejects.toThrow(message);
      server.failure = null;
      expect(eventsOf(await decode(record({ value }), schemas))).toHaveLength(1);
    },
  );

  it('is an outage when nobody is there', async () => {
    await server[Symbol.asyncDispose]();
    await expect(decode(record({ value }), registry())).rejects.toThrow(/does not answer/);
    server = await startSchemaRegistry();
  });

  it('is told who asks', async () => {
    server.add(1, JSON_SCHEMA);
    server.authorization = `Basic ${Buffer.from('me:pä:ss').toString('base64')}`;
    const basic = registry({ credentials: { kind: 'basic', username: 'me', password: 'pä:ss' } });
    expect(eventsOf(await decode(record({ value }), basic))).toHaveLength(1);
    server.authorization = 'Bearer t0ken';
    const bearer = registry({ credentials: { kind: 'bearer', token: 't0ken' } });
    expect(eventsOf(await decode(record({ value }), bearer))).toHaveLength(1);
  });

  it('is remembered within bounds', async () => {
    const schemas = new SchemaRegistry(
      { url: server.url, credentials: null, timeoutMs: 60_000 },
      { nowMs: () => nowMs },
      10,
    );
    const ids = (from: number, count: number) =>
      new Set(Array.from({ length: count }, (_, index) => `id/${from + index}`));
    for (const from of [0, 5, 10, 15, 20]) await schemas.load(ids(from, 5));
    const kept = [...ids(0, 25)].filter((id) => schemas.get(id) !== undefined);
    expect(kept).toEqual([...ids(15, 10)]);
    // What one batch needs is there at once, however much it is.
    await schemas.load(ids(0, 15));
    expect([...ids(0, 15)].every((id) => schemas.get(id) !== undefined)).toBe(true);
  });
});
