import { describe, expect, it } from 'vitest';
import { maskSecrets, secretTexts } from '../../src/config/mask-secrets.ts';
import { EXAMPLE, EXAMPLE_ENV, configOf } from './example.ts';

const SECRET = /db-password|smtp-password|whsec_|k1(?!:)|hunter2/;

describe('maskSecrets', () => {
  it('keeps hosts and hides passwords', async () => {
    const masked = maskSecrets(await configOf(EXAMPLE));
    expect(JSON.stringify(masked)).not.toMatch(SECRET);
    expect(masked).toMatchObject({
      database: 'postgres://***:***@db.example.org/shiftwatch',
      smtp: { url: 'smtp://***:***@mail.example.org:587', from: 'shiftwatch@example.org' },
      kafka: { brokers: EXAMPLE_ENV['KAFKA_BROKERS'] },
      webhooks: {
        'airflow-retrain': {
          url: 'https://airflow.example.org/api/v2/dags/retrain/dagRuns?***',
          secret: '***',
        },
      },
    });
  });

  it('knows what a variable brought into a longer text, where that is hidden', async () => {
    const config = await configOf(
      `models: [{ name: m, task: regression, segments: ["\${SEGMENT}-name"] }]
webhooks:
  hook:
    preset: airflow
    url: "https://example.org/x"
    headers: { X-Any: "key \${KEY}, of \${TEAM} costs $\${5}" }
`,
      { KEY: 'hunter2-and-more', TEAM: 'reds', SEGMENT: 'country' },
    );
    const texts = secretTexts(config);
    expect(texts).toEqual(
      expect.arrayContaining(['hunter2-and-more', 'reds', 'key hunter2-and-more, of reds costs ${5}']),
    );
    expect(texts).not.toContain('country');
  });

  it('hides secrets written into the file itself', async () => {
    const config = await configOf(
      `database: "postgres://localhost/x?user=a&password=hunter2"
queue: { backend: redis, url: "rediss://:hunter2@localhost:6379" }
kafka:
  brokers: k:9092
  topics: { predictions: [p] }
  sasl: { mechanism: plain, username: u, password: hunter2 }
models: [{ name: m, task: regression, segments: ["\${SEGMENT}"] }]
webhooks:
  hook: { preset: airflow, url: "https://hunter2@example.org/x", headers: { Authorization: "Bearer hunter2" } }
  slack: { preset: airflow, url: "\${HOOK}" }
  rotating: { url: "https://example.org/y", secret: [hunter2, "old hunter2"] }
channels:
  ops: { type: webhook, url: "https://example.org/z", secret: [hunter2, "old hunter2"] }
`,
      { HOOK: 'https://hooks.example.org/T0/hunter2', SEGMENT: 'country' },
    );
    const masked = maskSecrets(config);
    expect(JSON.stringify(masked)).not.toMatch(SECRET);
    expect(masked).toMatchObject({
      database: 'postgres://localhost/x?***',
      queue: { url: 'rediss://***:***@localhost:6379' },
      models: [{ segments: ['country'] }],
      webhooks: {
        slack: { url: 'https://hooks.example.org/***' },
        rotating: { secret: ['***', '***'] },
      },
      channels: { ops: { secret: ['***', '***'] } },
    });
  });

  it('masks what a reference brought in wherever it is not known to be harmless', async () => {
    const config = await configOf(
      'models: [{ name: m, task: regression }]\nkafka: { brokers: k:1, topics: { labels: [l] }, sasl: { mechanism: plain, username: "${U}", password: p } }',
      { U: 'hunter2' },
    );
    expect(maskSecrets(config)).toMatchObject({ kafka: { sasl: { username: '***' } } });
  });

  it('does not repeat the rest of a secret that looks like a reference', async () => {
    const text = 'models: [{ name: m, task: regression }]\ndatabase: "postgres://u:pa${hunter2@h/db"';
    await expect(configOf(text)).rejects.toThrow('begins no reference');
    await expect(configOf(text)).rejects.not.toThrow(/hunter2/);
  });

  it('takes user and password of a registry out of its address, which `fetch` would refuse and repeat', async () => {
    const { schemaRegistry } = await configOf(
      'models: [{ name: m, task: regression }]\nschema_registry: { url: "https://u%40x:hunter2@r.example.org/api/" }',
    );
    expect(schemaRegistry).toMatchObject({
      url: 'https://r.example.org/api',
      credentials: { kind: 'basic', username: 'u@x', password: 'hunter2' },
    });
  });

  it('shows the path of an address only where it has the form of one that is known', async () => {
    const config = await configOf(`models: [{ name: m, task: regression }]
webhooks:
  known: { preset: jenkins, url: "https://ci.example.org/job/team/job/train/buildWithParameters?token=hunter2" }
  longer: { preset: jenkins, url: "https://ci.example.org/hunter2/job/train/buildWithParameters" }
  other: { preset: github, url: "https://ci.example.org/job/train/buildWithParameters" }
channels:
  pager: { type: pagerduty, url: "https://events.pagerduty.com/v2/enqueue", routing_key: hunter2 }
`);
    expect(maskSecrets(config)).toMatchObject({
      webhooks: {
        known: { url: 'https://ci.example.org/job/team/job/train/buildWithParameters?***' },
        longer: { url: 'https://ci.example.org/***' },
        other: { url: 'https://ci.example.org/***' },
      },
      channels: { pager: { url: 'https://events.pagerduty.com/v2/enqueue', routing_key: '***' } },
    });
  });
});
