import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configNotices } from '../../src/config/notices.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { DEFAULT_PAGE } from '../../src/core/alerts/consequence.ts';
import { EXAMPLE, EXAMPLE_ENV, configOf } from './example.ts';

const MODEL = 'models: [{ name: m, task: classification }]\n';

describe('parseConfig', () => {
  it('reads the whole example', async () => {
    const config = await configOf(EXAMPLE);
    expect(config.databaseUrl).toBe(EXAMPLE_ENV['DATABASE_URL']);
    expect(config.kafka?.brokers).toEqual(['k1:9092', 'k2:9092']);
    expect(config.kafka).toMatchObject({
      clientId: 'shiftwatch',
      ssl: null,
      sasl: null,
      sessionTimeoutMs: 30_000,
    });
    expect(config.webhooks.get('airflow-retrain')).toMatchObject({
      preset: 'airflow',
      secret: 'whsec_c2VjcmV0',
    });
    expect(config.channels.get('oncall-mail')).toEqual({
      type: 'email',
      to: ['ml@example.org'],
      fallback: null,
      fallbackAfterMs: 900_000,
    });
    expect(config.api).toMatchObject({ host: '127.0.0.1', port: 8080, defaultFormat: 'json' });
  });

  it.each(['\r\n', '\r'])('means the same with other line breaks: %j', async (ending) => {
    const written = EXAMPLE.replaceAll('\n', ending);
    expect(await configOf(written)).toEqual(await configOf(EXAMPLE));
  });

  it('takes names as long as those of events', async () => {
    const named = (length: number) =>
      configOf(`models: [{ name: ${'m'.repeat(length)}, task: regression }]\n`);
    expect((await named(256)).models).toHaveLength(1);
    await expect(named(257)).rejects.toThrow('256');
  });

  it('spells names of models, versions and features as those of events are', async () => {
    const apart = 'région'.normalize('NFD');
    const { models } = await configOf(
      `models: [{ name: ${apart}, task: regression, segments: [${apart}], groups: [${apart}] }]\n`,
    );
    expect(models).toMatchObject([{ name: 'région', segments: ['région'], groups: ['région'] }]);
  });

  it('takes tags of a model, in its defaults too, and of names that an address can hold', async () => {
    const tagged = async (tags: string) =>
      await configOf(
        `model_defaults: { tags: { team: risk } }\nmodels: [{ name: m, task: regression, tags: ${tags} }]\n`,
      );
    expect((await tagged('{ region: "EU: north" }')).models[0]?.tags).toEqual({
      team: 'risk',
      region: 'EU: north',
    });
    await expect(tagged('{ "a=b": c }')).rejects.toThrow('tags');
  });

  it('gives every model the shape the steps know', async () => {
    expect((await configOf(EXAMPLE)).models).toEqual([
      {
        name: 'credit-risk',
        task: 'classification',
        positiveClass: 'approve',
        windows: [{ sizeMs: HOUR_MS, graceMs: 10 * MINUTE_MS, acceptLateMs: 7 * DAY_MS }],
        segments: ['country'],
        groups: ['sex'],
        minRows: 200,
        labels: { horizonMs: 30 * DAY_MS, matureAfterMs: 7 * DAY_MS, minLabelled: 200 },
        alerts: {
          forWindows: 2,
          remindEveryMs: DAY_MS,
          clearShare: 0.8,
          noData: true,
          channels: ['oncall-mail'],
          page: DEFAULT_PAGE,
          digest: { cron: '0 8 * * *', channels: ['oncall-mail'] },
        },
        retrain: {
          webhook: 'airflow-retrain',
          schedule: '0 3 1 * *',
          performance: { metric: 'accuracy', drop: 0.03 },
          drift: ['covariate_shift', 'concept_drift'],
          cooldownMs: DAY_MS,
          silentAfterMs: 3 * DAY_MS,
          judgeForMs: 30 * DAY_MS,
          maxPerWeek: 2,
        },
        featuresFrom: 'prediction',
        storePredictions: true,
        multivariate: true,
      },
    ]);
  });

  it('needs no more than a model, and the defaults equal what the example writes out', async () => {
    const config = await configOf(MODEL);
    const [spec] = config.models;
    expect(spec).toEqual({
      ...(await configOf(EXAMPLE)).models[0],
      name: 'm',
      positiveClass: null,
      segments: [],
      groups: [],
      alerts: {
        forWindows: 2,
        remindEveryMs: DAY_MS,
        clearShare: 0.8,
        noData: true,
        channels: [],
        page: DEFAULT_PAGE,
        digest: { cron: '0 8 * * *', channels: [] },
      },
      retrain: null,
    });
    expect(config).toMatchObject({
      databaseUrl: null,
      queue: { backend: 'postgres' },
      timezone: 'UTC',
      publicUrl: null,
      api: { host: '127.0.0.1', port: 8080 },
      auth: { tokens: false },
      kafka: null,
      ingest: { checkpointEveryMs: 5_000, maxFutureMs: 600_000, idleAfterMs: 60_000 },
      smtp: null,
    });
  });

  it('waits no longer than the window by default', async () => {
    const config = await configOf('models: [{ name: m, task: regression, windows: [{ size: 5m }] }]');
    expect(config.models[0]?.windows).toEqual([
      { sizeMs: 5 * MINUTE_MS, graceMs: 5 * MINUTE_MS, acceptLateMs: 7 * DAY_MS },
    ]);
  });

  it('writes classes canonically', async () => {
    const of = async (text: string): Promise<unknown> =>
      (await configOf(`models: [{ name: m, task: classification, positive_class: ${text} }]`)).models[0]
        ?.positiveClass;
    expect(await of('1')).toBe('1');
    expect(await of('1.0')).toBe('1');
    expect(await of('"1"')).toBe('1');
    expect(await of('true')).toBe('true');
    expect(await of('yes')).toBe('yes');
  });

  it('lets a model decide for itself whether predictions are stored', async () => {
    const config = await configOf(`store_predictions: false
models:
  - { name: a, task: regression }
  - { name: b, task: regression, store_predictions: true }`);
    expect(config.models.map((spec) => spec.storePredictions)).toEqual([false, true]);
  });

  it.each([
    ['"0.0.0.0:8080"', '0.0.0.0', 8080],
    ['":0"', '0.0.0.0', 0],
    ['"[::]:8080"', '::', 8080],
    ['"watch.example.org:80"', 'watch.example.org', 80],
  ])('listens on %s with tokens', async (listen, host, port) => {
    const config = await configOf(`${MODEL}api: { listen: ${listen} }\nauth: { tokens: true }`);
    expect(config.api).toMatchObject({ host, port });
  });

  it.each(['"localhost:8080"', '"127.8.8.8:80"', '"[::1]:80"'])(
    'listens on %s without tokens',
    async (listen) => {
      expect((await configOf(`${MODEL}api: { listen: ${listen} }`)).auth.tokens).toBe(false);
    },
  );

  it('reads TLS and SASL', async () => {
    const config = await configOf(
      `${MODEL}kafka:
  brokers: [k1:9093]
  topics: { labels: [l] }
  ssl: { ca: "file:ca.pem", server_name: kafka }
  sasl: { mechanism: scram-sha-512, username: u, password: "file:\${SECRETS}/p" }
`,
      { SECRETS: '/run/secrets' },
      new Map([
        ['/etc/shiftwatch/ca.pem', 'PEM\n'],
        ['/run/secrets/p', 'hunter2\n'],
      ]),
    );
    expect(config.kafka?.ssl).toEqual({ ca: 'PEM', cert: null, key: null, serverName: 'kafka' });
    expect(config.kafka?.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'hunter2' });
    const plain = await configOf(`${MODEL}kafka: { brokers: k:1, topics: { labels: [l] }, ssl: true }`);
    expect(plain.kafka?.ssl).toEqual({ ca: null, cert: null, key: null, serverName: null });
  });
});

describe('references', () => {
  const timezone = async (value: string, env: Record<string, string>): Promise<string> =>
    (await configOf(`${MODEL}smtp: { url: "smtp://localhost", from: ${value} }`, env)).smtp?.from ?? '';

  it('never let a value become YAML', async () => {
    expect(await timezone('"${X}"', { X: 'a: b # {} <a@b>' })).toBe('a: b # {} <a@b>');
  });

  it('stand inside text, several times, and can be escaped', async () => {
    expect(await timezone('"${A}@${B}"', { A: 'x', B: 'y' })).toBe('x@y');
    expect(await timezone('"$${A}@y"', { A: 'x' })).toBe('${A}@y');
    expect(await timezone('"$A@y"', { A: 'x' })).toBe('$A@y');
  });

  it('are resolved once: what a variable holds is text', async () => {
    expect(await timezone('"${A}"', { A: 'file:/etc@${B}', B: 'y' })).toBe('file:/etc@${B}');
  });

  it('work behind an anchor', async () => {
    const config = await configOf(
      `${MODEL}smtp: { url: "smtp://localhost", from: &from "\${A}@y" }
channels: { c: { type: email, to: [*from] } }`,
      { A: 'x' },
    );
    expect(config.channels.get('c')?.to).toEqual(['x@y']);
  });
});

describe('configNotices', () => {
  it('says what is read but not acted upon', async () => {
    expect(configNotices(await configOf(EXAMPLE))).toEqual([]);
    const { models, ...config } = await configOf(EXAMPLE);
    const unnamed = models.map((model) => ({ ...model, positiveClass: null }));
    expect(configNotices({ ...config, models: unnamed })).toEqual([
      'model credit-risk: without positive_class nobody is selected, and `groups` has no figures',
    ]);
    // A regression may have no such class, and is not told to name one.
    const regressions = unnamed.map((model) => ({ ...model, task: 'regression' as const }));
    expect(configNotices({ ...config, models: regressions })).toEqual([]);
    expect(configNotices(await configOf(MODEL))).toEqual([
      'model m: no alert channels; alerts appear in the dashboard and the API only',
    ]);
  });

  it.each([
    ['{ channels: [pager] }', 'model m: none of its channels takes a digest, so everything pages'],
    [
      '{ channels: [chat], digest: off }',
      'model m: what does not page is only shown, because `alerts.digest` is off',
    ],
  ])('says where what does not page goes with alerts: %s', async (alerts, notice) => {
    expect(configNotices(await configOf(withAlerts(alerts)))).toEqual([notice]);
  });
});

describe('alerts.page and alerts.digest', () => {
  it.each([
    [
      '{ channels: [chat, pager] }',
      { page: DEFAULT_PAGE, digest: { cron: '0 8 * * *', channels: ['chat'] } },
    ],
    ['{ channels: [pager], digest: { channels: [chat] } }', { digest: { channels: ['chat'] } }],
    ['{ channels: [chat], digest: { at: "17:05" } }', { digest: { cron: '5 17 * * *' } }],
    ['{ channels: [chat], digest: { at: "0 8 * * 1-5" } }', { digest: { cron: '0 8 * * 1-5' } }],
    ['{ channels: [chat], page: all, digest: off }', { page: 'all', digest: null }],
    ['{ channels: [chat], page: [] }', { page: [] }],
  ])('%s', async (alerts, resolved) => {
    expect((await configOf(withAlerts(alerts))).models[0]?.alerts).toMatchObject(resolved);
  });
});

function withAlerts(alerts: string): string {
  return `models: [{ name: m, task: classification, alerts: ${alerts} }]
channels:
  chat: { type: slack, url: "https://hooks.slack.com/x" }
  pager: { type: pagerduty, routing_key: k }
`;
}

describe('loadConfig', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shiftwatch-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads files beside the configuration', async () => {
    await writeFile(join(folder, 'secret'), 'abc\r\n');
    await writeFile(
      join(folder, 'shiftwatch.yaml'),
      `${MODEL}webhooks: { hook: { url: "https://example.org/", secret: "file:secret" } }`,
    );
    const result = await loadConfig(join(folder, 'shiftwatch.yaml'), {});
    expect(result.ok && result.value.webhooks.get('hook')?.secret).toBe('abc');
  });

  it('says when there is no file', async () => {
    const result = await loadConfig(join(folder, 'none.yaml'), {});
    expect(!result.ok && result.error[0]?.message).toMatch(/^there is no configuration$/);
  });
});
