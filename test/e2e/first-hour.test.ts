/** The README, word for word, with files of one's own: from nothing to a first finding. */
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/stats/random.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic, produce } from '../harness/kafka/kafka.ts';
import { runShiftwatch, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const STEP_MS = 6_000;
const START_MS = Date.UTC(2026, 2, 1);
const MINUTES_MS = 240_000;

/** The command of the README that begins like this, as arguments. */
function command(beginning: string): string[] {
  const line = README.split('\n').find((each) => each.startsWith(`npx shiftwatch ${beginning}`));
  if (line === undefined) throw new Error(`README has no command ${beginning}`);
  return line.split(' ').slice(2);
}

function loan(row: number, older: number) {
  const draw = createRandom(row + 1);
  const age = Math.round(20 + 40 * draw() + older);
  const income = Math.round(20_000 + 60_000 * draw());
  const country = ['DE', 'FR', 'PL'][Math.floor(3 * draw())] ?? '';
  const decision = age + income / 2_000 + 10 * draw() > 65 ? 'approve' : 'deny';
  return { at: START_MS + row * STEP_MS, age, income, country, decision, score: draw(), repaid: decision };
}

function csv(from: number, until: number, older: number): string {
  const lines = ['timestamp,age,income,country,decision,score,repaid'];
  for (let row = from; row < until; row += 1) {
    const { at, age, income, country, decision, score, repaid } = loan(row, older);
    lines.push([new Date(at).toISOString(), age, income, country, decision, score, repaid].join(','));
  }
  return `${lines.join('\n')}\n`;
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-first-hour-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return await Promise.resolve(folder);
}

async function run(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runShiftwatch(args, { folder }, MINUTES_MS);
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return `${stdout}${stderr}`;
}

/** One line is added to what init wrote: others may have the port that it says nothing of. */
async function serve(folder: string) {
  appendFileSync(join(folder, 'shiftwatch.yaml'), `api: { listen: "127.0.0.1:${await freePort()}" }\n`);
  const service = startShiftwatch(command('serve'), { folder });
  await service.waitForLine(/"serving"/, MINUTES_MS);
  return service;
}

const finding = async (folder: string): Promise<string> =>
  await until(
    async () => {
      const { stdout } = await runShiftwatch(['status'], { folder }, MINUTES_MS);
      return /covariate shift|mixed shift/.test(stdout) ? stdout : null;
    },
    { what: 'a finding', timeoutMs: MINUTES_MS, everyMs: 1_000 },
  );

it(
  'from a file of rows to a first finding',
  async () => {
    const folder = await folderWith({
      'training.csv': csv(0, 9_000, 0),
      'production.csv': csv(9_000, 13_000, 12),
    });
    const said = await run(folder, command('init training.csv'));
    expect(said).toContain('npx shiftwatch config check\n  npx shiftwatch baseline create');
    await run(folder, command('config check'));
    await run(folder, command('baseline create'));
    const service = await serve(folder);
    await run(folder, command('replay --to http'));
    expect(await finding(folder)).toContain('age');
    await service.stop();
  },
  2 * MINUTES_MS,
);

describeWith(['kafka'], 'the README', () => {
  it(
    'from a topic to a first finding, of what the topic still holds',
    async () => {
      const [predictions, labels] = [
        await createTopic('first', { partitions: 2 }),
        await createTopic('first-labels'),
      ];
      const events = Array.from({ length: 12_000 }, (_, row) => {
        const { at, age, income, country, decision, score, repaid } = loan(row, row < 7_000 ? 0 : 12);
        const id = `loan-${row}`;
        const features = { age, income, country };
        const common = { prediction_id: id, model: 'credit-risk', timestamp: at };
        return {
          prediction: {
            type: 'prediction',
            ...common,
            model_version: '3',
            features,
            prediction: decision,
            score,
          },
          label: { type: 'label', ...common, label: repaid },
        };
      });
      for (let from = 0; from < events.length; from += 2_000) {
        const some = events.slice(from, from + 2_000);
        await produce(
          predictions,
          some.map(({ prediction }, row) => ({ partition: row % 2, value: prediction })),
        );
        await produce(
          labels,
          some.map(({ label }) => ({ value: label })),
        );
      }
      const folder = await folderWith({});
      const own = new Map([
        ['ml.predictions', predictions],
        ['ml.labels', labels],
        ['localhost:9092', addressOf('kafka')],
      ]);
      await run(
        folder,
        command('init --topic').map((word) => own.get(word) ?? word),
      );
      await run(folder, command('config check'));
      const service = await serve(folder);
      expect(await finding(folder)).toContain('credit-risk');
      await service.stop();
    },
    2 * MINUTES_MS,
  );
});
