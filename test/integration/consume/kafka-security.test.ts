import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { beforeAll, expect, it } from 'vitest';
import { checkKafka } from '../../../src/cli/doctor/kafka-check.ts';
import { createKafkaClient } from '../../../src/ingest/kafka/kafka-client.ts';
import type { KafkaConnection, KafkaSasl } from '../../../src/ingest/kafka/kafka-options.ts';
import { createKafkaProducer } from '../../../src/ingest/kafka/producer.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { kafkaSecurity } from '../../../src/ingest/kafka/from-config.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { LOGIN, type SecureKafka, startSecureKafka } from '../../harness/kafka/secure-kafka.ts';
import { until } from '../../harness/wait.ts';
import { createLedger, createLedgerHandler } from './kafka-ledger.ts';

// Node finds only some of the names that this CommonJS module exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const TOPIC = 'guarded';

describeWith(['kafka'], 'a broker that wants to know who is there', () => {
  let kafka: SecureKafka;
  let connections: Record<string, KafkaConnection>;

  beforeAll(async () => {
    kafka = await startSecureKafka();
    const { listeners, authority, folder } = kafka;
    const client = authority.issue('client');
    const tls = { ca: [authority.ca] };
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${token('shiftwatch')}\n`);
    const grant = {
      tokenUrl: await tokenServer(),
      clientId: 'shiftwatch',
      clientSecret: 'open sesame',
      scope: 'kafka',
    };
    const login = (sasl: KafkaSasl): KafkaConnection => ({ brokers: [listeners.saslTls], ssl: tls, sasl });
    connections = {
      'TLS with an authority of its own': { brokers: [listeners.tls], ssl: tls },
      'TLS with a client certificate': { brokers: [listeners.mtls], ssl: { ...tls, ...client } },
      'PLAIN without TLS': { brokers: [listeners.sasl], sasl: { mechanism: 'plain', ...LOGIN } },
      'PLAIN over TLS': login({ mechanism: 'plain', ...LOGIN }),
      'SCRAM-SHA-256 over TLS': login({ mechanism: 'scram-sha-256', ...LOGIN }),
      'SCRAM-SHA-512 over TLS': login({ mechanism: 'scram-sha-512', ...LOGIN }),
      'OAUTHBEARER with a token file': login({ mechanism: 'oauthbearer', login: { tokenFile } }),
      'OAUTHBEARER with client credentials': login({ mechanism: 'oauthbearer', login: grant }),
    };
    const admin = createKafkaClient({ brokers: [listeners.plain] }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC }], waitForLeaders: true });
    await admin.disconnect();
  });

  it.each([
    'TLS with an authority of its own',
    'TLS with a client certificate',
    'PLAIN without TLS',
    'PLAIN over TLS',
    'SCRAM-SHA-256 over TLS',
    'SCRAM-SHA-512 over TLS',
    'OAUTHBEARER with a token file',
    'OAUTHBEARER with client credentials',
  ])('lets in by %s, to write and to read', async (name) => {
    const connection = connections[name];
    if (connection === undefined) throw new Error(name);
    const producer = createKafkaProducer(connection);
    await producer.connect();
    atEnd(() => producer.close());
    const ledger = createLedger();
    const source = createKafkaSource({
      ...connection,
      groupId: `reads ${name}`,
      start: 'earliest',
      topics: [{ topic: TOPIC, eventType: null }],
    });
    atEnd(() => source.stop(2_000));
    await producer.send(TOPIC, [{ key: null, value: name }]);
    await source.start(createLedgerHandler(ledger));
    await until(() => ledger.values.includes(name), { what: 'what was written' });
    expect(source.health()).toMatchObject({ alive: true, reason: null });
    await source.stop(2_000);
  });

  /** What `doctor` says of a configuration, by its own reading of it. */
  async function examined(broker: string, security: string): Promise<string> {
    const { ca } = kafka.authority;
    const parsed = await configOf(
      `models: [{ name: m, task: classification }]
kafka:
  brokers: "${broker}"
  topics: { predictions: [${TOPIC}] }
  ${security}`,
      {},
      new Map([
        ['/etc/shiftwatch/ca.pem', ca],
        ['/etc/shiftwatch/stranger.pem', kafka.stranger.ca],
      ]),
    );
    if (parsed.kafka === null) throw new Error('no kafka');
    const connection = { brokers: parsed.kafka.brokers, ...kafkaSecurity(parsed.kafka) };
    const findings = await checkKafka(parsed.kafka, connection, 5_000);
    return findings.map(({ level, detail, fix }) => `${level}: ${detail} ${fix ?? ''}`.trim()).join('\n');
  }

  it('is found well by the doctor', async () => {
    const { saslTls } = kafka.listeners;
    const said = await examined(
      saslTls,
      `ssl: { ca: "file:ca.pem" }
  sasl: { mechanism: scram-sha-512, username: shiftwatch, password: "open sesame" }`,
    );
    expect(said).toBe(`ok: ${saslTls} answers`);
  });

  it('is explained when it refuses, with the setting that mends it', async () => {
    const { listeners } = kafka;
    const sasl = (rest: string): string => `sasl: { username: shiftwatch, ${rest} }`;
    expect(await examined(listeners.tls, 'ssl: { ca: "file:stranger.pem" }')).toContain(
      'not signed by an authority known here Set `kafka.ssl.ca`',
    );
    expect(await examined(listeners.tls, 'ssl: true')).toContain('Set `kafka.ssl.ca`');
    expect(
      await examined(listeners.tls, 'ssl: { ca: "file:ca.pem", server_name: kafka.example.org }'),
    ).toContain('set `kafka.ssl.server_name`');
    expect(await examined(listeners.mtls, 'ssl: { ca: "file:ca.pem" }')).toContain(
      'Set `kafka.ssl.cert` and `kafka.ssl.key`',
    );
    expect(await examined(listeners.plain, 'ssl: { ca: "file:ca.pem" }')).toContain(
      'do not speak TLS at this port',
    );
    expect(await examined(listeners.tls, 'ssl: false')).toContain('`kafka.ssl: true`');
    expect(await examined(listeners.sasl, 'ssl: false')).toContain('or a login (`kafka.sasl`)');
    expect(await examined(listeners.sasl, sasl('mechanism: plain, password: wrong'))).toContain(
      'refuse the login of shiftwatch: SASL PLAIN authentication failed',
    );
    expect(await examined(listeners.sasl, sasl('mechanism: scram-sha-256, password: wrong'))).toContain(
      'Check `kafka.sasl.username` and `kafka.sasl.password`',
    );
    expect(await examined(listeners.plain, sasl('mechanism: plain, password: "open sesame"'))).toContain(
      'do not take a login by plain at this port',
    );
    const grant = 'mechanism: oauthbearer, client_id: c, client_secret: wrong, token_url: ';
    expect(await examined(listeners.sasl, `sasl: { ${grant} "${await tokenServer()}" }`)).toContain(
      'gave no Kafka token: it answered 401, invalid_client',
    );
  });

  it('shows a wrong password in the health of the source, and waits for a better one', async () => {
    const source = createKafkaSource({
      brokers: [kafka.listeners.sasl],
      sasl: { mechanism: 'scram-sha-512', ...LOGIN, password: 'wrong' },
      groupId: 'refused',
      start: 'earliest',
      topics: [{ topic: TOPIC, eventType: null }],
    });
    atEnd(() => source.stop(1_000));
    await source.start(createLedgerHandler(createLedger()));
    expect(source.health().reason).toContain('refuse the login of shiftwatch');
    expect(source.health().reason).toContain('Check `kafka.sasl.username`');
    await source.stop(1_000);
  });

  it.each([
    ['topic', AclResourceTypes.TOPIC],
    ['group', AclResourceTypes.GROUP],
  ])('that forbids the %s while it is read ends the source, which says what to allow', async (kind, type) => {
    const topic = `forbidden-${kind}`;
    const admin = createKafkaClient({ brokers: [kafka.listeners.plain] }).admin();
    await admin.connect();
    atEnd(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
    const producer = createKafkaProducer({ brokers: [kafka.listeners.plain] });
    await producer.connect();
    atEnd(() => producer.close());
    await producer.send(topic, [{ key: null, value: 'before' }]);
    const ledger = createLedger();
    const source = createKafkaSource({
      brokers: [kafka.listeners.sasl],
      sasl: { mechanism: 'scram-sha-512', ...LOGIN },
      groupId: topic,
      start: 'earliest',
      sessionTimeoutMs: 6_000,
      topics: [{ topic, eventType: null }],
    });
    atEnd(() => source.stop(2_000));
    await source.start(createLedgerHandler(ledger));
    await until(() => ledger.values.includes('before'), { what: 'the first record' });
    await admin.createAcls({
      acl: [
        {
          resourceType: type,
          resourceName: topic,
          resourcePatternType: ResourcePatternTypes.LITERAL,
          principal: `User:${LOGIN.username}`,
          host: '*',
          operation: AclOperationTypes.READ,
          permissionType: AclPermissionTypes.DENY,
        },
      ],
    });
    await until(() => !source.health().alive, { what: 'the end to be noticed' });
    expect(source.health().reason).toMatch(
      new RegExp(
        `stopped for good: .*${kind}.*Allow shiftwatch to read and describe its topics, .*group`,
        'i',
      ),
    );
    await source.stop(2_000);
  });
});

/** Unsigned, as Kafka's handler for development takes it. */
function token(subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1_000);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: seconds, exp: seconds + 600, scope: 'kafka' })}.`;
}

/** Exchanges the right client's credentials for a token. */
async function tokenServer(): Promise<string> {
  const expected = `Basic ${Buffer.from('shiftwatch:open%20sesame').toString('base64')}`;
  const server = createServer((request, response) => {
    const known = request.method === 'POST' && request.headers.authorization === expected;
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    const grant = { access_token: token('shiftwatch'), token_type: 'Bearer', expires_in: 600 };
    response.end(JSON.stringify(known ? grant : { error: 'invalid_client' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/token`;
}
