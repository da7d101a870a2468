/** Avro, Protobuf and JSON from Kafka, by the schemas of a registry that is not ours. */
import avro from 'avsc';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';
import { runShiftwatch, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const REGISTRY = process.env['TEST_SCHEMA_REGISTRY_URL'] ?? '';
const EVENT = { type: 'prediction', model: 'm', features: { age: 42 }, prediction: 1.5 };
const AVRO_INPUTS = { type: 'record', name: 'ex.Inputs', fields: [{ name: 'age', type: 'int' }] } as const;
const AVRO = {
  type: 'record',
  name: 'ex.Event',
  fields: [
    { name: 'type', type: 'string' },
    { name: 'model', type: 'string' },
    { name: 'features', type: 'ex.Inputs' },
    { name: 'prediction', type: 'double' },
  ],
} as const;
const PROTOBUF = `syntax = "proto3";
message Event { string type = 1; string model = 2; map<string, double> features = 3; double prediction = 4; }`;
const JSON_SCHEMA = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' };

/** Answers its id. */
async function register(subject: string, body: object): Promise<number> {
  const answer = await fetch(`${REGISTRY}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}: ${text}`);
  return (JSON.parse(text) as { id: number }).id;
}

function framed(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, ...parts]);
}

/** One message of each kind, and one whose schema the registry does not have. */
async function messages(): Promise<Buffer[]> {
  await register('inputs', { schema: JSON.stringify(AVRO_INPUTS) });
  const references = [{ name: 'ex.Inputs', subject: 'inputs', version: 1 }];
  const whole = { ...AVRO, fields: AVRO.fields.map((field) => ({ ...field })) };
  const type = avro.Type.forSchema({
    ...whole,
    fields: whole.fields.map((field) =>
      field.name === 'features' ? { ...field, type: AVRO_INPUTS } : field,
    ),
  } as avro.Schema);
  const proto = protobuf.parse(PROTOBUF).root.lookupType('Event');
  return [
    framed(await register('avro', { schema: JSON.stringify(AVRO), references }), type.toBuffer(EVENT)),
    framed(
      await register('protobuf', { schema: PROTOBUF, schemaType: 'PROTOBUF' }),
      Buffer.from([0]),
      proto.encode(EVENT).finish(),
    ),
    framed(
      await register('json', { schema: JSON.stringify(JSON_SCHEMA), schemaType: 'JSON' }),
      Buffer.from(JSON.stringify(EVENT)),
    ),
    framed(999_999, Buffer.from('nobody knows')),
  ];
}

describeWith(['postgres', 'kafka'], 'a schema registry', () => {
  it('gives the schemas of every kind of message; one that it lacks makes a dead letter', async () => {
    const { url } = await createDatabase('registry');
    const topic = await createTopic('registry');
    const port = await freePort();
    const config = {
      database: url,
      api: { listen: `127.0.0.1:${port}` },
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('registry'),
        topics: { predictions: [{ topic, encoding: 'registry' }] },
      },
      schema_registry: { url: REGISTRY },
      ingest: { checkpoint_every: '1s' },
      models: [{ name: 'm', task: 'regression', windows: [{ size: '1h' }] }],
    };
    const serving = startShiftwatch(['serve'], { config });
    await serving.waitForLine(/"serving"/);
    await produce(
      topic,
      (await messages()).map((value) => ({ value })),
    );
    await until(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/windows`);
        const { items } = (await answer.json()) as { items: { rows: number }[] };
        return items.reduce((sum, { rows }) => sum + rows, 0) === 3;
      },
      { what: 'the three messages to be counted', everyMs: 250 },
    );
    const { stdout } = await runShiftwatch(['dead-letters', 'list', '--json'], { folder: serving.folder });
    expect(JSON.parse(stdout)).toMatchObject([{ reason: 'schema_error' }]);
    expect(await serving.stop()).toMatchObject({ code: 0 });
  });
});
