/** Both clients, on a real service and a real broker: the events of the vectors are stored, and Python's wheel is what is run. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.ts';
import { createToken } from '../../src/store/tokens.ts';
import { silentLog } from '../../src/core/log.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic } from '../harness/kafka/kafka.ts';
import { runShiftwatch, startShiftwatch, temporaryFolder } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'clients/python');
const VECTORS = JSON.parse(readFileSync(join(ROOT, 'clients/conformance.json'), 'utf8')) as {
  readonly predictions: readonly { readonly logged: Record<string, unknown> }[];
  readonly labels: readonly { readonly logged: Record<string, unknown> }[];
  readonly asked: { readonly accepted: readonly (readonly [string | number, string])[] };
};
const EVENTS = VECTORS.predictions.length + VECTORS.labels.length;
const SYSTEM_PYTHON = ['/usr/bin/python3', 'python3'].find(
  (each) => spawnSync(each, ['-c', 'import venv, ensurepip']).status === 0,
);

/** An environment with nothing in it but the wheel. */
function installedWheel(): { readonly python: string; readonly wheel: string } {
  const folder = temporaryFolder();
  const run = (program: string, ...args: string[]): string => {
    const done = spawnSync(program, args, { cwd: PACKAGE, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  run(SYSTEM_PYTHON ?? 'python3', '-m', 'venv', join(folder, 'env'));
  const python = join(folder, 'env/bin/python');
  run(python, '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', folder, '.');
  const wheel = join(folder, 'shiftwatch-0.1.0-py3-none-any.whl');
  run(python, '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-index', wheel);
  // What people have beside it; where nothing can be fetched, a developer's own serve.
  const beside = spawnSync(
    python,
    ['-m', 'pip', 'install', '--quiet', '--no-compile', '-r', 'requirements-test.txt'],
    {
      cwd: PACKAGE,
    },
  );
  if (beside.status !== 0 && process.env['CI'] !== undefined) throw new Error(beside.stderr.toString());
  return { python, wheel };
}

const PROGRAM = `
import json, sys
from shiftwatch import Client
vectors = json.load(open(sys.argv[1]))
with Client(**json.loads(sys.argv[2])) as client:
    for one in vectors["predictions"]: client.log_prediction(**one["logged"])
    for one in vectors["labels"]: client.log_label(**one["logged"])
    client.flush(60)
print(json.dumps(client.counts()))
`;

function runPython(python: string, ...args: string[]) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    SHIFTWATCH_COMMAND: `${process.execPath} ${join(ROOT, 'bin/shiftwatch.js')}`,
  };
  return spawnSync(python, args, { encoding: 'utf8', env, timeout: DEADLINES.longWaitMs });
}

describe.skipIf(SYSTEM_PYTHON === undefined && process.env['CI'] === undefined)('the wheel', () => {
  let python = '';
  beforeAll(() => {
    ({ python } = installedWheel());
    // Two hundred megabytes are unpacked.
  }, 4 * DEADLINES.longWaitMs);

  it('passes its own tests where it is installed', { timeout: DEADLINES.longWaitMs }, () => {
    const done = runPython(python, '-W', 'error', '-m', 'unittest', 'discover', '-s', join(PACKAGE, 'tests'));
    expect(done.stderr).toMatch(/^OK/m);
    expect(done.status).toBe(0);
  });

  it('compares by the program that is installed', { timeout: DEADLINES.longWaitMs }, () => {
    const text = `
from shiftwatch import CompareError, ShiftFound, compare
rows = lambda shift: [{"<age>": at * 37 % 60 + shift, "country": "ABC"[at % 3]} for at in range(500)]
found = compare(rows(20), rows(50))
assert found.verdict == "covariate_shift", found
assert "&lt;age&gt;" in found._repr_html_() and "<age>" not in found._repr_html_()
assert {row["name"]: row["drifted"] for row in found.measurements} == {"<age>": True, "country": False}
try: found.fail_on_shift()
except ShiftFound as error: assert error.verdicts[0]["verdict"] == "covariate_shift"
else: raise AssertionError("it has shifted")
found.fail_on_shift("data_fault")
compare(rows(20), rows(20)).fail_on_shift()
try: compare(rows(20), rows(50), label="nowhere")
except CompareError as error: assert "nowhere" in str(error), error
else: raise AssertionError("there is no such column")
`;
    const done = runPython(python, '-W', 'error', '-c', text);
    expect(done.stderr).toBe('');
  });

  it('runs its notebook', { timeout: DEADLINES.longWaitMs }, ({ skip }) => {
    const text = `
import nbformat, sys
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=120, kernel_name="python3").execute()
shown = [out for cell in book.cells for out in cell.get("outputs", [])]
assert any("covariate shift" in out.get("data", {}).get("text/html", "") for out in shown), shown
print("ran")`;
    if (runPython(python, '-c', 'import nbclient, ipykernel').status !== 0) skip('nbclient is not installed');
    const done = runPython(python, '-c', text, join(PACKAGE, 'notebook.ipynb'));
    expect(done.stdout, done.stderr).toContain('ran');
  });

  describeWith(['postgres', 'kafka'], 'events of the vectors', () => {
    it('over HTTP, by both clients, are stored', { timeout: 2 * DEADLINES.longWaitMs }, async () => {
      const { url: database } = await createDatabase('clients');
      const port = await freePort();
      const model = { name: 'vector', task: 'classification', positive_class: 'yes' };
      const config = {
        database,
        auth: { tokens: true },
        api: { listen: `127.0.0.1:${port}` },
        models: [model],
      };
      const service = startShiftwatch(['serve'], { config });
      await service.waitForLine(/"serving"/, DEADLINES.longWaitMs);
      const pool = createPool({
        connectionString: database,
        max: 1,
        applicationName: 'test',
        log: silentLog,
      });
      atEnd(() => pool.end());
      const { text: token } = await createToken(pool, {
        name: 'ana',
        scopes: ['ingest', 'operate'],
        expiresAtMs: null,
      });
      const url = `http://127.0.0.1:${port}`;

      const done = runPython(
        python,
        '-c',
        PROGRAM,
        join(ROOT, 'clients/conformance.json'),
        JSON.stringify({ url, token }),
      );
      expect(done.stderr).toBe('');
      expect(JSON.parse(done.stdout)).toMatchObject({ logged: EVENTS, delivered: EVENTS });
      const client = new Client({ url, token });
      logAll(client);
      expect(await client.flush({ timeoutMs: DEADLINES.waitMs })).toBe(true);
      expect(client.counts().delivered).toBe(EVENTS);
      await client.close();

      const { rows } = await pool.query('select reason from dead_letter');
      expect(rows).toEqual([]);

      const compared = runPython(
        python,
        '-c',
        `import json, sys, shiftwatch
rows = lambda shift: [{"age": at * 37 % 60 + shift} for at in range(500)]
print(shiftwatch.compare(rows(20), rows(50), url=sys.argv[1], token=sys.argv[2], features=["age"]).verdict)
columns = {"age": [row["age"] for row in rows(20)]}
print(shiftwatch.compare(columns, columns, url=sys.argv[1], token=sys.argv[2]).verdict)
client = shiftwatch.Client(sys.argv[1], token=sys.argv[2])
print(len(client.verdicts(model="vector", frame=None)))
client.fail_on_shift(model="vector")
for since, _ in json.load(open(sys.argv[3], encoding="utf-8"))["asked"]["accepted"]:
    client.verdicts(model="vector", from_=since, to=since)
    client.measurements(model="vector", from_=since)
    client.fail_on_shift(model="vector", since=since)
try: client.fail_on_shift(model="vectr/x")
except shiftwatch.ApiError as error: print(error.status)`,
        url,
        token,
        join(ROOT, 'clients/conformance.json'),
      );
      expect(compared.stderr).toBe('');
      expect(compared.stdout).toBe('covariate_shift\nnone\n0\n404\n');
      await client.failOnShift({ model: 'vector' });
      for (const [since] of VECTORS.asked.accepted) {
        await client.failOnShift({ model: 'vector', since });
        await client.measurements({ model: 'vector', from: since, to: since });
      }
      await expect(client.failOnShift({ model: 'vectr/x' })).rejects.toMatchObject({ status: 404 });
    });

    it.each(['python', 'typescript'])(
      'through Kafka, by %s, are read',
      { timeout: DEADLINES.longWaitMs },
      async (by) => {
        const [predictions, labels] = [await createTopic('client'), await createTopic('client-labels')];
        const brokers = addressOf('kafka');
        if (by === 'python') {
          const options = {
            kafka: { 'bootstrap.servers': brokers },
            predictions_topic: predictions,
            labels_topic: labels,
          };
          const done = runPython(
            python,
            '-c',
            PROGRAM,
            join(ROOT, 'clients/conformance.json'),
            JSON.stringify(options),
          );
          expect(done.status, done.stderr).toBe(0);
          expect(JSON.parse(done.stdout)).toMatchObject({ logged: EVENTS, delivered: EVENTS });
        } else {
          const kafka = { brokers: brokers.split(',') };
          const client = new Client({ kafka, predictionsTopic: predictions, labelsTopic: labels });
          logAll(client);
          await client.close({ timeoutMs: DEADLINES.waitMs });
          expect(client.counts().delivered).toBe(EVENTS);
        }
        const flags = ['--brokers', brokers, '--topic', predictions, '--labels-topic', labels, '--json'];
        const { stdout } = await runShiftwatch(['init', ...flags], {}, DEADLINES.longWaitMs);
        expect(JSON.parse(stdout)).toMatchObject({
          model: 'vector',
          rows: VECTORS.predictions.length,
          source: { label_records: VECTORS.labels.length },
        });
      },
    );
  });
});

function logAll(client: Client): void {
  const camelCase = (logged: Record<string, unknown>): never =>
    Object.fromEntries(
      Object.entries(logged).map(([name, value]) => [
        name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    ) as never;
  for (const { logged } of VECTORS.predictions) client.logPrediction(camelCase(logged));
  for (const { logged } of VECTORS.labels) client.logLabel(camelCase(logged));
}
