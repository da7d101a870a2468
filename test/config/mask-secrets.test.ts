import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../src/config/mask-secrets.ts';
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
});
