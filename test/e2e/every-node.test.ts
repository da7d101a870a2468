/** On the oldest Node that is promised and on the one that npm installs: everything runs, and Node warns of nothing. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import { oldestNode, OLDEST_NODE } from '../harness/oldest-node.ts';
import { startShiftwatch } from '../harness/process.ts';
import { addressOf, type ServiceName } from '../harness/services.ts';
import { startSmtp } from '../harness/smtp.ts';
import { until } from '../harness/wait.ts';
import { createDatabase } from '../harness/database/database.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(ROOT, 'bin', 'shiftwatch.js');
const NEEDED = ['postgres', 'kafka', 'redis'] satisfies ServiceName[];
const NODE_WARNING = /\(node:\d+\)|Warning:/;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(node: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] };
    execFile(node, args, { cwd: ROOT, env, maxBuffer: 16 * 1024 * 1024 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

function runsWithoutAWarning(node: string, version: RegExp): void {
  it('loads every module, and helps with every command', async () => {
    const { code, out, err } = await run(node, [join(ROOT, 'test/harness/load-everything.ts')]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const loaded = JSON.parse(out) as { version: string; modules: number; commands: string[] };
    expect(loaded.version).toMatch(version);
    expect(loaded.modules).toBeGreaterThan(500);
    expect(loaded.commands).toEqual(
      expect.arrayContaining(['serve', 'demo', 'baseline create', 'token revoke']),
    );
  });

  it('compares the example, in threads, and finds its shift', async () => {
    const files = ['reference', 'monitoring'].map((name) => join(ROOT, `examples/car-loan/${name}.csv.gz`));
    const columns = ['--prediction', 'y_pred', '--score', 'y_pred_proba', '--label', 'repaid'];
    const ended = await run(node, [PROGRAM, 'compare', ...files, ...columns, '--threads', '2', '--json']);
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 3, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({ reference: { rows: 50_000 } });
  });

  const missing = NEEDED.filter((name) => inject('services')[name].status === 'missing');
  const needs = missing.length === 0 ? '' : ` [needs ${missing.join(', ')}]`;
  it.skipIf(missing.length > 0)(`serves: Kafka, PostgreSQL, Redis, HTTP, SIGTERM${needs}`, async () => {
    const { url } = await createDatabase('every-node');
    const topic = await createTopic('every-node');
    const smtp = await startSmtp();
    const port = await freePort();
    const config = {
      database: url,
      queue: { backend: 'redis', url: addressOf('redis') },
      api: { listen: `127.0.0.1:${port}` },
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('every-node'),
        topics: { predictions: [topic] },
      },
      ingest: { checkpoint_every: '1s' },
      smtp: { url: smtp.url, from: 'shiftwatch@example.org' },
      channels: { mail: { type: 'email', to: ['ml@example.org'] } },
      models: [{ name: 'm', task: 'regression', windows: [{ size: '1h' }], alerts: { channels: ['mail'] } }],
    };
    const serving = startShiftwatch(['serve'], { config, node });
    await serving.waitForLine(/"serving"/);
    await produce(topic, [{ value: { type: 'prediction', model: 'm', features: { a: 1 }, prediction: 1 } }]);
    const windows = async (): Promise<{ items: { rows: number }[] }> =>
      (await (await fetch(`http://127.0.0.1:${port}/api/v1/windows`)).json()) as {
        items: { rows: number }[];
      };
    await until(async () => (await windows()).items[0]?.rows === 1, {
      what: 'the record to be counted',
      timeoutMs: DEADLINES.waitMs,
      everyMs: 250,
    });
    expect(await serving.stop()).toMatchObject({ code: 0 });
    expect(serving.output()).not.toMatch(NODE_WARNING);
  });
}

const oldest = oldestNode();
describe.skipIf(oldest === null)(
  `on Node ${OLDEST_NODE}${oldest === null ? ' [needs the oldest Node, from npm]' : ''}`,
  () => runsWithoutAWarning(oldest ?? '', new RegExp(`^v${OLDEST_NODE.replaceAll('.', '\\.')}$`)),
);
describe(`on Node ${process.versions.node}`, () =>
  runsWithoutAWarning(process.execPath, /^v(2[4-9]|[3-9]\d)\./));

it('the oldest is the one that the program asks for', () => {
  const code = readFileSync(join(ROOT, 'bin', 'right-node.js'), 'utf8');
  const [, major, minor] = /OLDEST = \[(\d+), (\d+)\]/.exec(code) ?? [];
  expect(OLDEST_NODE).toBe(`${major}.${minor}.0`);
});
