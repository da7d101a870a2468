import { describe, expect, it } from 'vitest';
import { configNotices } from '../../src/config/notices.ts';
import { configOf } from './example.ts';

const MODELS = 'models: [{ name: m, task: classification }]';

describe('formats of topics', () => {
  it('are resolved by topic, and topics of plain events have none', async () => {
    const config = await configOf(`
kafka:
  brokers: "k:9092"
  topics:
    predictions:
      - plain
      - { topic: also-plain }
      - { topic: requests, format: kserve, feature_names: [a, b], output: score, threshold: 0.7 }
      - { topic: mapped, mapping: churn, encoding: registry }
    labels: [{ topic: truth, format: sagemaker, model: m }]
schema_registry: { url: "https://r.example.org/", username: u, password: p }
mapping: { churn: { model: { const: m }, features: request.features } }
${MODELS}`);
    expect(config.kafka?.topics).toEqual({
      predictions: ['plain', 'also-plain', 'requests', 'mapped'],
      features: [],
      labels: ['truth'],
    });
    expect(
      [...(config.kafka?.formats ?? [])].map(([topic, { name, encoding }]) => [topic, name, encoding]),
    ).toEqual([
      ['requests', 'kserve', 'plain'],
      ['mapped', 'churn', 'registry'],
      ['truth', 'sagemaker', 'plain'],
    ]);
    expect(config.kafka?.formats.get('requests')?.settings).toEqual({
      model: null,
      modelVersion: null,
      featureNames: ['a', 'b'],
      classNames: null,
      output: 'score',
      threshold: 0.7,
      predictionField: 'prediction',
    });
    expect(config.schemaRegistry).toEqual({
      url: 'https://r.example.org',
      credentials: { kind: 'basic', username: 'u', password: 'p' },
      timeoutMs: 5_000,
    });
    expect(configNotices(config).join('\n')).toContain(
      'topic requests: kserve logs requests and responses apart',
    );
  });

  it('are resolved from mappings in every spelling', async () => {
    const config = await configOf(`
mapping:
  churn:
    parse_json: [body]
    when: { path: kind, in: [scored, 7] }
    each: body.rows
    type: { const: prediction }
    model: { path: $headers.model, default: m }
    timestamp: { path: ts, unit: us }
    prediction: { path: y, values: { "0": no, "1": yes } }
    features:
      - { object: x, except: [id], prefix: x_ }
      - { names: columns, values: "row[0]" }
      - { names: [a, b], values: pair }
      - { list: inputs, name: n, value: v }
      - { name: age, path: user.age, as: number, values: { unknown: null } }
      - { name: site, const: web }
    probabilities: p
${MODELS}`);
    const mapping = config.mappings.get('churn');
    expect(mapping?.named.get('features')?.map(({ kind }) => kind)).toEqual([
      'object',
      'arrays',
      'arrays',
      'list',
      'one',
      'one',
    ]);
    expect(mapping?.when?.in).toEqual(new Set(['scored', '7']));
    expect(mapping?.fields.get('model')).toMatchObject({
      path: { root: 'headers', steps: ['model'] },
      fallback: 'm',
    });
    expect(mapping?.fields.get('timestamp')).toMatchObject({ unit: 'us' });
    expect(mapping?.named.get('features')?.[4]).toMatchObject({
      rule: { as: 'number', values: new Map([['unknown', null]]) },
    });
    expect(mapping?.named.get('features')?.[5]).toMatchObject({ rule: { path: null, fallback: 'web' } });
  });
});

describe('formats of posted events', () => {
  const mistakes = async (api: string): Promise<string> =>
    await configOf(`api: ${api}\n${MODELS}`).then(
      () => '',
      (error: Error) => error.message,
    );

  it('are resolved by name', async () => {
    const config = await configOf(`
api: { default_format: kserve, formats: { kserve: { format: kserve, model: m }, own: { mapping: own } } }
mapping: { own: { model: { const: m }, features: f } }
${MODELS}`);
    expect(config.api.defaultFormat).toBe('kserve');
    expect([...config.api.formats].map(([name, { settings }]) => [name, settings.model])).toEqual([
      ['kserve', 'm'],
      ['own', null],
    ]);
    expect(configNotices(config).join('\n')).toContain('posted format kserve: kserve logs requests and');
  });

  it('say where they are wrong', async () => {
    expect(await mistakes('{ default_format: sagemaker }')).toMatch(/api\.default_format: is neither under/);
    expect(await mistakes('{ default_format: kserv }')).toContain('Did you mean "kserve"?');
    expect(await mistakes('{ formats: { a: { format: sagemaker } } }')).toMatch(
      /api\.formats\.a\.model: is required/,
    );
    expect(await mistakes('{ formats: { a: { mapping: b } } }')).toMatch(
      /api\.formats\.a\.mapping: nothing under/,
    );
    expect(await mistakes('{ formats: { a: { format: seldon } } }')).toMatch(
      /its request logger posts are CloudEvents/,
    );
    expect(await mistakes('{ formats: { json: { format: kserve } } }')).toMatch(/has a meaning of its own/);
  });
});
