/** The producers of the README, as their languages run them, against a real broker: what they log is read, what is lost is told. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../harness/describe-with.ts';
import { kafkaJars } from '../harness/kafka/jars.ts';
import { createTopic } from '../harness/kafka/kafka.ts';
import { runShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'examples/producers');
const WITHIN_MS = 120_000;
const NOBODY = '127.0.0.1:1';

interface Producer {
  readonly language: string;
  readonly file: string;
  /** Null: it cannot be run here. */
  readonly command: () => Promise<readonly [string, ...string[]] | null>;
}

const PRODUCERS: readonly Producer[] = [
  {
    language: 'python',
    file: 'producer.py',
    command: async () => {
      // The distribution's own, where another stands before it.
      const python = ['python3', '/usr/bin/python3'].find(
        (each) => spawnSync(each, ['-c', 'import confluent_kafka']).status === 0,
      );
      return await Promise.resolve(python === undefined ? null : [python, join(FOLDER, 'producer.py')]);
    },
  },
  {
    language: 'typescript',
    file: 'producer.ts',
    command: async () => await Promise.resolve([process.execPath, join(FOLDER, 'producer.ts')]),
  },
  {
    language: 'java',
    file: 'LoanProducer.java',
    command: async () => {
      const jars = await kafkaJars();
      return 'why' in jars ? null : [jars.java, '-cp', jars.classpath, join(FOLDER, 'LoanProducer.java')];
    },
  },
];

/** On a developer's machine a language may be missing; where everything is installed it may not. */
function skipOutsideCi(skip: (note: string) => never): void {
  expect(process.env['CI'], 'its client is not installed').toBeUndefined();
  skip('its client is not installed');
}

async function run([program, ...args]: readonly [string, ...string[]], env: Record<string, string>) {
  return await new Promise<{ code: number; err: string }>((resolve) => {
    const own = { PATH: process.env['PATH'] ?? '', KAFKAJS_NO_PARTITIONER_WARNING: '1', ...env };
    execFile(program, args, { env: own, timeout: WITHIN_MS }, (error, _out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), err }),
    );
  });
}

describe.each(PRODUCERS)('the producer in $language', ({ language, file }) => {
  it('stands in the README word for word', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(readme).toContain(`\`\`\`${language}\n${text}\`\`\`\n`);
  });
});

describeWith(['kafka'], 'producers of the README', () => {
  it.for(PRODUCERS)(
    '$language logs a prediction and its label',
    { timeout: 3 * WITHIN_MS },
    async ({ command }, { skip }) => {
      const line = await command();
      if (line === null) return skipOutsideCi(skip);
      const [predictions, labels] = [await createTopic('made'), await createTopic('made-labels')];
      const brokers = addressOf('kafka');
      const ran = await run(line, {
        KAFKA_BROKERS: brokers,
        PREDICTIONS_TOPIC: predictions,
        LABELS_TOPIC: labels,
      });
      expect(ran.err).not.toContain('event lost');
      expect(ran.code).toBe(0);
      const flags = ['--brokers', brokers, '--topic', predictions, '--labels-topic', labels, '--json'];
      const { stdout } = await runShiftwatch(['init', ...flags], {}, WITHIN_MS);
      const noticed = JSON.parse(stdout) as { columns: { role: string; missing: number }[] };
      expect(noticed).toMatchObject({
        model: 'credit-risk',
        rows: 1,
        source: { records: 1, label_records: 1 },
      });
      expect(noticed.columns.find(({ role }) => role === 'label')?.missing).toBe(0);
    },
  );

  it.for(PRODUCERS)(
    '$language says when an event was lost',
    { timeout: 3 * WITHIN_MS },
    async ({ command }, { skip }) => {
      const line = await command();
      if (line === null) return skipOutsideCi(skip);
      const ran = await run(line, {
        KAFKA_BROKERS: NOBODY,
        DELIVERY_TIMEOUT_MS: '2000',
        MAX_BLOCK_MS: '2000',
      });
      expect(ran.err).toMatch(/event lost: ml\.predictions/);
    },
  );
});
