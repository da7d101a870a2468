/** Other systems' logs over HTTP, to a server that really listens: what they say is counted, once, and all of it. */
import { beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { replayDeadLetters } from '../../../src/pipeline/intake/replay-dead-letters.ts';
import { startApi } from '../../../src/pipeline/serve/start-api.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { loadModelProgress } from '../../../src/store/log/watermarks.ts';
import { configOf } from '../../config/example.ts';
import { samples } from '../../decode/record.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { startSchemaRegistry } from '../../harness/kafka/schema-registry.ts';

interface HttpSample {
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly value_utf8: string;
}
const sampleOf = (name: string, part: string): unknown => (samples(name) as Record<string, unknown>)[part];
const kserve = (sampleOf('kserve_cloudevents', 'samples') as HttpSample[]).filter(({ name }) =>
  name.startsWith('http_binary'),
);
const seldon = sampleOf('seldon_core2_kafka', 'http_request_logger') as {
  readonly headers: Record<string, string>;
  readonly body: object;
};
const value = (name: string, index: number): object =>
  (sampleOf(name, 'samples') as { readonly value: object }[])[index]?.value ?? {};

describeWith(['postgres'], 'posted formats', () => {
  let pool: Pool;
  let databaseUrl: string;
  beforeAll(async () => {
    ({ url: databaseUrl } = await createDatabase('posted_formats'));
    pool = createPool({ connectionString: databaseUrl, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  const yaml = (port: number, models: string, more = '') => `
api:
  listen: "127.0.0.1:${port}"
  formats:
    captured: { format: sagemaker, model: churn, output: score, class_names: [stay, leave] }
    iris-v2: { format: open-inference, model: iris }
    own: { mapping: own }
    framed: { encoding: registry }
mapping:
  own: { model: { const: churn }, type: { const: prediction }, prediction_id: "$headers.ce-id", prediction: y }
schema_registry: { url: "http://127.0.0.1:1" }
models: [${models}]
${more}`;
  const ALL = [
    '{ name: sklearn-iris, task: classification, features_from: features }',
    '{ name: mlserver, task: classification }',
    '{ name: iris, task: regression, features_from: features }',
    '{ name: churn, task: classification }',
    '{ name: localdev-endpoint, task: classification, features_from: features }',
  ].join(', ');

  /** A server of its own, and how to post to it. */
  async function serving(models = ALL, edit = (text: string) => text) {
    const config = await configOf(edit(yaml(await freePort(), models)));
    const api = await startApi({
      config,
      pool,
      catalog: await ModelCatalog.open(pool, config.models),
      ledger: new IdLedger(),
      clock: systemClock,
      log: silentLog,
      failure: () => null,
      onLabels: () => undefined,
    });
    atEnd(api.stop);
    return {
      config,
      url: api.url,
      post: async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, query = '') => {
        const reply = await fetch(`${api.url}/api/v1/events${query}`, { method: 'POST', body, headers });
        return { status: reply.status, answer: (await reply.json()) as Record<string, unknown> };
      },
    };
  }
  const json = { 'content-type': 'application/json' };
  const counts = (accepted: number, others: Record<string, unknown> = {}) => ({
    status: 202,
    answer: { accepted, late: 0, ignored: 0, duplicates: 0, dead_letters: [], ...others },
  });
  const delta = async (work: () => Promise<unknown>) => {
    const before = await expectConserved(pool);
    await work();
    const after = await expectConserved(pool);
    return Object.fromEntries(
      Object.entries(after).flatMap(([type, outcomes]) => {
        const more = Object.entries(outcomes)
          .map(([outcome, count]) => [outcome, count - (before[type]?.[outcome] ?? 0)] as const)
          .filter(([, count]) => count !== 0);
        return more.length === 0 ? [] : [[type, Object.fromEntries(more)] as const];
      }),
    );
  };

  it('takes KServe’s events in binary mode, the response before its request, and a repeated delivery once', async () => {
    const { post } = await serving();
    const [request, response] = kserve;
    if (request === undefined || response === undefined) throw new Error('the samples are missing');
    const counted = await delta(async () => {
      expect(await post(response.value_utf8, response.headers)).toEqual(counts(2));
      expect(await post(request.value_utf8, request.headers)).toEqual(counts(2));
      expect(await post(request.value_utf8, request.headers)).toEqual(counts(0, { duplicates: 2 }));
    });
    expect(counted).toEqual({
      prediction: { read: 2, windowed: 2 },
      features: { read: 4, windowed: 2, duplicate: 2 },
    });
    // Under the ids that both halves have, and labels will have.
    const ids = await pool.query<{ id: string }>('select id_hash::text as id from prediction');
    const id = request.headers['ce-id'] ?? '';
    expect(new Set(ids.rows.map((row) => row.id))).toEqual(
      new Set([`${id}-item-0`, `${id}-item-1`].map((text) => `${idHash(text)}`)),
    );
  });

  it('takes them in structured mode and as a batch, spread over lines, with ids written percent-encoded', async () => {
    const { post } = await serving();
    const event = (half: 'request' | 'response', id: string, data: object) => ({
      specversion: '1.0',
      id,
      source: 'http://localhost:9081/',
      type: `org.kubeflow.serving.inference.${half}`,
      time: '2021-04-10T00:23:26.0789529Z',
      inferenceservicename: 'sklearn-iris',
      data,
    });
    const request = event('request', 'a%1', { instances: [[1, 2]] });
    const response = event('response', 'a%1', { predictions: [1] });
    const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
    expect(await post(JSON.stringify(response, null, 2), structured)).toEqual(counts(1));
    const batch = { 'content-type': 'application/cloudevents-batch+json' };
    const other = event('request', 'b', { instances: [[3, 4]] });
    expect(await post(JSON.stringify([request, other], null, 2), batch)).toEqual(counts(2));
    const binary = { ...kserve[1]?.headers, 'ce-id': 'a%251' };
    expect(await post('{"predictions":[1]}', binary)).toEqual(counts(0, { duplicates: 1 }));
    expect(await post('{"predictions":[1]}', { ...binary, 'ce-type': 'other.type' })).toEqual(
      counts(0, { ignored: 1 }),
    );
  });

  it('takes what Seldon’s request logger posts, whatever version its CloudEvents have', async () => {
    const { post } = await serving();
    const headers = { ...seldon.headers, 'Ce-Id': 's-1', 'Content-Type': 'application/json' };
    expect(await post(JSON.stringify(seldon.body), headers)).toEqual(counts(1));
    expect(await post(JSON.stringify(seldon.body), headers, '?format=seldon')).toEqual(
      counts(0, { duplicates: 1 }),
    );
  });

  it('takes both halves of the Open Inference Protocol, by body or by X-Request-Id', async () => {
    const { post } = await serving();
    const tensor = (name: string, ...data: number[]) => ({
      name,
      shape: [1, data.length],
      datatype: 'FP32',
      data,
    });
    const lines = [
      JSON.stringify({ id: '42', outputs: [tensor('y', 0.5)] }),
      '',
      JSON.stringify({ id: '42', inputs: [tensor('x', 1, 2)] }),
      JSON.stringify({ id: '43', inputs: 7 }),
    ];
    expect(await post(lines.join('\n'), json, '?format=iris-v2')).toEqual(
      counts(2, {
        dead_letters: [
          { index: 3, reason: 'missing_fields', detail: 'no tensors were found under inputs or outputs' },
        ],
      }),
    );
    const unnamed = JSON.stringify({ inputs: [tensor('x', 3, 4)] });
    const called = { ...json, 'x-request-id': 'r-44' };
    expect(await post(unnamed, called, '?format=iris-v2')).toEqual(counts(1));
    expect(await post(unnamed, called, '?format=iris-v2')).toEqual(counts(0, { duplicates: 1 }));
    const alone = JSON.stringify(value('open_inference_protocol_v2', 1));
    expect(await post(alone, json, '?format=open-inference')).toMatchObject({
      status: 202,
      answer: { dead_letters: [{ reason: 'missing_model' }] },
    });
  });

  it('takes SageMaker’s captures and ground truth, and Azure ML’s collected rows', async () => {
    const { post } = await serving();
    const lines = [0, 1].map((index) => JSON.stringify(value('sagemaker_data_capture', index))).join('\n');
    const counted = await delta(async () => {
      expect(await post(lines, { 'content-type': 'application/jsonl' }, '?format=captured')).toEqual(
        counts(2),
      );
      const collected = JSON.stringify(value('azureml_data_collector', 0));
      expect(await post(collected, json, '?format=azureml')).toEqual(counts(3));
      const structured = { 'content-type': 'application/cloudevents+json' };
      expect(await post(collected, structured)).toEqual(counts(0, { duplicates: 3 }));
    });
    expect(counted).toEqual({
      prediction: { read: 1, windowed: 1 },
      label: { read: 1, waiting: 1 },
      features: { read: 6, windowed: 3, duplicate: 3 },
    });
  });

  it('moves the time of its models, as any other source does', async () => {
    const { post } = await serving();
    const event = { ...kserve[0]?.headers, 'ce-id': 't-1', 'ce-time': '2021-04-10T05:00:00Z' };
    expect(await post('{"instances":[[1,2]]}', event)).toEqual(counts(1));
    const model = await pool.query<{ id: number }>(`select id from model where name = 'sklearn-iris'`);
    const id = model.rows[0]?.id ?? 0;
    const { byModel } = await loadModelProgress(pool, [id], []);
    expect(byModel.get(id)?.find(({ source }) => source === 'http:cloudevents')).toMatchObject({
      maxEventMs: Date.UTC(2021, 3, 10, 5),
      holdsWatermark: true,
    });
  });

  it('refuses names that mean nothing, and says which do', async () => {
    const { post } = await serving();
    for (const format of ['sagemaker', 'nonsense']) {
      const { status, answer } = await post('{}', json, `?format=${format}`);
      expect(status).toBe(400);
      expect(answer['type']).toBe('urn:shiftwatch:problem:unknown_format');
      expect(answer['detail']).toMatch(/known: json, cloudevents, kserve, .*captured/);
    }
  });

  it('reads with the configured default, and with a mapping of headers', async () => {
    const { post } = await serving(ALL, (text) =>
      text.replace('  formats:', '  default_format: own\n  formats:'),
    );
    expect(await post('{"y":"stay"}', { ...json, 'ce-id': 'm-1' })).toEqual(counts(1));
    expect(await post('{"y":"stay"}', { ...json, 'ce-id': 'm-1' })).toEqual(counts(0, { duplicates: 1 }));
    const plain = '{"type":"prediction","model":"churn","prediction":"stay","prediction_id":"m-2"}';
    expect(await post(plain, json, '?format=json')).toEqual(counts(1));
  });

  it('answers alike to a repeated key, and tells another format of the same bytes from it', async () => {
    const { post } = await serving();
    const key = { 'idempotency-key': 'once' };
    const event = { ...kserve[0]?.headers, ...key, 'ce-id': 'k-1' };
    const body = '{"instances":[[1,2]]}';
    const counted = await delta(async () => {
      expect(await post(body, event)).toEqual(counts(1));
      // A proxy gives each attempt an id of its own.
      expect(await post(body, { ...event, 'x-request-id': 'second' })).toEqual(counts(1));
    });
    expect(counted).toEqual({ features: { read: 1, windowed: 1 } });
    expect((await post(body, { ...event, 'ce-id': 'k-2' })).status).toBe(422);
    expect((await post(body, { ...json, ...key })).status).toBe(422);
  });

  it('replays a refused message with its headers once its model is known, and keeps no credentials', async () => {
    const before = await serving('{ name: other, task: classification }');
    const [request] = kserve;
    const event = {
      ...request?.headers,
      'ce-id': 'r-1',
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
    };
    const refused = await before.post(request?.value_utf8 ?? '', event);
    expect(refused).toMatchObject({ answer: { accepted: 0, dead_letters: [{ reason: 'unknown_model' }] } });
    const kept = await pool.query<{ names: string[] }>(
      `select array(select jsonb_object_keys(headers) order by 1) as names
       from dead_letter where reason = 'unknown_model' order by id desc limit 1`,
    );
    expect(kept.rows[0]?.names).toContain('ce-id');
    expect(kept.rows[0]?.names).not.toContain('authorization');
    expect(kept.rows[0]?.names).not.toContain('x-api-key');
    const { config } = await serving();
    const asked = { config, databaseUrl, reason: 'unknown_model' as const, model: null, limit: null };
    expect(await replayDeadLetters({ ...asked, dryRun: false })).toMatchObject({
      accepted: 2,
      stillDead: [],
    });
    await expectConserved(pool);
  });

  it('is unavailable while the schema registry is away, having stored nothing', async () => {
    await using registry = await startSchemaRegistry();
    registry.add(1, { schema: '{}', schemaType: 'JSON' });
    const { post } = await serving(ALL, (text) => text.replace('http://127.0.0.1:1', registry.url));
    const event = '{"type":"prediction","model":"churn","prediction":"stay","prediction_id":"f-1"}';
    const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), Buffer.from(event)]);
    const bytes = { 'content-type': 'application/octet-stream' };
    registry.failure = 503;
    const counted = await delta(async () => {
      expect(await post(framed, bytes, '?format=framed')).toMatchObject({ status: 503 });
      registry.failure = null;
      expect(await post(framed, bytes, '?format=framed')).toEqual(counts(1));
    });
    expect(counted).toEqual({ prediction: { read: 1, windowed: 1 } });
  });
});
