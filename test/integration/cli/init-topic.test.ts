/** `shiftwatch init --topic` against a real broker, as somebody types it on the first day. */
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createRandom } from '../../../src/stats/random.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { createTopic, kafkaAdmin, kafkaClient, produce } from '../../harness/kafka/kafka.ts';
import { runShiftwatch } from '../../harness/process.ts';
import { addressOf } from '../../harness/services.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 1);
const WITHIN_MS = 60_000;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const init = async (...flags: string[]): Promise<Ran> =>
  await runShiftwatch(['init', '--brokers', addressOf('kafka'), ...flags], {}, WITHIN_MS);

function prediction(row: number, model = 'credit') {
  const draw = createRandom(row + 1);
  const age = Math.round(20 + 50 * draw());
  return {
    type: 'prediction',
    prediction_id: `${model}-${row}`,
    model,
    model_version: '3',
    timestamp: START_MS + row * 6_000,
    features: {
      age,
      income: draw() < 0.1 ? null : 20_000 + 60_000 * draw(),
      country: ['DE', 'FR'][Math.floor(2 * draw())],
      customer: `C${row.toString(36)}${100_000 + row * 7}`,
    },
    prediction: age > 45 ? 'approve' : 'deny',
    score: age / 100,
  };
}

const label = (row: number, afterMs: number) => ({
  type: 'label',
  prediction_id: `credit-${row}`,
  model: 'credit',
  label: row % 3 === 0 ? 'approve' : 'deny',
  timestamp: START_MS + row * 6_000 + afterMs,
});

const rows = (count: number) => Array.from({ length: count }, (_, row) => row);

describeWith(['kafka'], 'init --topic', () => {
  it('writes a configuration that config check takes, without group or commit', async () => {
    const topic = await createTopic('init', { partitions: 3 });
    const labels = await createTopic('init-labels');
    await produce(
      topic,
      rows(9_000).map((row) => ({ partition: row % 3, value: prediction(row) })),
    );
    await produce(
      labels,
      rows(3_000).map((row) => ({ value: label(row, 2 * HOUR_MS) })),
    );
    // Other tests make groups meanwhile, each by a name that begins so.
    const groups = async () =>
      (await (await kafkaAdmin()).listGroups()).groups
        .map(({ groupId }) => groupId)
        .filter((id) => !id.startsWith('test-'));
    const before = await groups();
    const ran = await init('--topic', topic, '--labels-topic', labels);
    expect(ran).toMatchObject({ code: 0 });
    expect((await groups()).filter((group) => !before.includes(group))).toEqual([]);
    expect(ran.stdout).toContain('start: earliest');
    expect(ran.stdout).toMatch(/windows: \[\{ size: 1h, grace: 10m \}\] +# about 600 rows each/);
    expect(ran.stdout).toMatch(/customer: \{ kind: identifier \}/);
    expect(ran.stdout).toMatch(/labels: \{ mature_after: 6h/);
    expect(ran.stdout).toMatch(/# segments: \[country\]/);
    const checked = await runShiftwatch(['config', 'check'], { config: ran.stdout }, WITHIN_MS);
    expect(checked).toMatchObject({ code: 0, stdout: 'shiftwatch.yaml is fine: credit\n' });
    const json = JSON.parse((await init('--topic', topic, '--json')).stdout) as object;
    expect(json).toMatchObject({
      model: 'credit',
      model_versions: ['3'],
      task: 'classification',
      rows: 9_000,
      source: { records: 9_000, format: 'json', topic },
    });
  });

  it('reads the newest 50,000 of a partition', async () => {
    const topic = await createTopic('init-long');
    const connected = kafkaClient().producer();
    await connected.connect();
    atEnd(() => connected.disconnect());
    for (let from = 0; from < 60_000; from += 2_000) {
      const messages = rows(2_000).map((row) => ({ value: JSON.stringify(prediction(from + row)) }));
      await connected.send({ topic, messages });
    }
    const { code, stdout } = await init('--topic', topic, '--json');
    expect(code).toBe(0);
    const noticed = JSON.parse(stdout) as { rows: number; window: { span_ms: number } };
    expect(noticed.rows).toBe(50_000);
    expect(noticed.window.span_ms).toBe(49_999 * 6_000);
  });

  it('says in one sentence what is wrong with a topic', async () => {
    const refusal = async (...flags: string[]) => {
      const { code, stdout, stderr } = await init(...flags);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(stderr.trim().split('\n')).toHaveLength(2);
      return stderr;
    };
    const missing = `missing-${Date.now()}`;
    expect(await refusal('--topic', missing)).toContain(`there is no topic ${missing}`);
    expect(await (await kafkaAdmin()).listTopics()).not.toContain(missing);
    const empty = await createTopic('init-empty');
    expect(await refusal('--topic', empty)).toContain('holds nothing yet');
    const noise = await createTopic('init-noise');
    await produce(
      noise,
      rows(50).map(() => ({ value: 'hello' })),
    );
    expect(await refusal('--topic', noise)).toContain('none of the 50 records');
    const avro = await createTopic('init-avro');
    await produce(
      avro,
      rows(50).map((row) => ({ value: Buffer.from([0, 0, 0, 0, 7, row, 2, 3]) })),
    );
    expect(await refusal('--topic', avro)).toContain('--schema-registry');
    const several = await createTopic('init-several');
    await produce(
      several,
      rows(600).map((row) => ({ value: prediction(row, row % 2 === 0 ? 'credit' : 'churn') })),
    );
    expect(await refusal('--topic', several)).toMatch(/2 models: (credit, churn|churn, credit)/);
    const chosen = await init('--topic', several, '--model', 'churn', '--json');
    expect(JSON.parse(chosen.stdout)).toMatchObject({ model: 'churn', rows: 300 });
    const labels = await createTopic('init-labels-only');
    await produce(
      labels,
      rows(9).map((row) => ({ value: label(row, 1) })),
    );
    expect(await refusal('--topic', labels)).toContain('holds labels and no predictions');
  });

  it('makes topics only when asked to', async () => {
    const topic = `init-made-${Date.now()}`;
    const ran = await init('--topic', topic, '--create-topics');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`topic ${topic} was made`);
    const admin = await kafkaAdmin();
    expect(await admin.listTopics()).toContain(topic);
    await admin.deleteTopics({ topics: [topic] });
  });

  it('ends although a transaction is open and a producer never stops', async () => {
    const topic = await createTopic('init-open');
    const client = kafkaClient();
    const transactional = client.producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await transactional.connect();
    atEnd(() => transactional.disconnect());
    const send = (from: number) =>
      rows(1_000).map((row) => ({ value: JSON.stringify(prediction(from + row)) }));
    const done = await transactional.transaction();
    await done.send({ topic, messages: send(0) });
    await done.commit();
    const aborted = await transactional.transaction();
    await aborted.send({ topic, messages: send(1_000) });
    await aborted.abort();
    const open = await transactional.transaction();
    await open.send({ topic, messages: send(2_000) });
    const plain = client.producer();
    await plain.connect();
    let from = 3_000;
    const stop = new AbortController();
    const endless = (async () => {
      while (!stop.signal.aborted) await plain.send({ topic, messages: send((from += 1_000)) });
    })();
    const { code, stdout } = await init('--topic', topic, '--json');
    stop.abort();
    await endless;
    await open.abort();
    await plain.disconnect();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1_000 });
  });

  it('says so when nobody answers at the address', async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
    atEnd(() => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    const { port } = mute.address() as { port: number };
    const startedAt = performance.now();
    const ran = await runShiftwatch(
      ['init', '--topic', 'any', '--brokers', `127.0.0.1:${port}`],
      {},
      WITHIN_MS,
    );
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`the brokers at 127.0.0.1:${port}`);
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
  });

  it('stores a baseline of the older half, and never overwrites a file', async () => {
    const topic = await createTopic('init-baseline');
    await produce(
      topic,
      rows(4_000).map((row) => ({ value: prediction(row) })),
    );
    const first = await init('--topic', topic, '--write', '--baseline');
    expect(first.code).toBe(0);
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(/Baseline of credit 3: revision 1, 2000 rows, 2026-03-01T00:00:00.000Z to/);
  });
});
