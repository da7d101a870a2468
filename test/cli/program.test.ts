/** The program as people run it: one process for each line. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileWith, testFolder } from '../ingest/table/files.ts';

const BIN = join(import.meta.dirname, '../../bin/shiftwatch.js');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly signal: NodeJS.Signals | null;
}

function node(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } }, (error, out, err) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, out, err, signal: error?.signal ?? null });
    });
  });
}

const shiftwatch = (...args: string[]): Promise<Ended> => node([BIN, ...args]);

describe('shiftwatch', () => {
  it('helps at once', async () => {
    const tellCpuMs = 'process.on("exit",()=>console.error(process.cpuUsage().user/1000))';
    const ended = await node(['--import', `data:text/javascript,${tellCpuMs}`, BIN, '--help']);
    expect(ended.code).toBe(0);
    for (const command of ['compare', 'config', 'serve', 'baseline', 'status'])
      expect(ended.out).toContain(`  ${command} `);
    // Heavy modules would cost more.
    expect(Number(ended.err)).toBeLessThan(2_000);
  });

  it.each([
    [['compar', 'a', 'b'], /unknown command 'compar'\n\(Did you mean compare\?\)/],
    [['compare', 'a', 'b', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['config', 'chek'], /Did you mean check\?/],
    [['compare', 'a'], /missing required argument 'current'/],
    [['compare', 'a', 'b', 'c'], /too many arguments/],
    [['compare', 'a', 'b', '--task', 'clustering'], /Allowed choices are classification, regression/],
    [['config'], /Usage: shiftwatch config/],
    // Whose values are looked up late.
    [['compare', 'a', 'b', '--preset', 'weka'], /no preset "weka"[^]*evidently, nannyml/],
    [['compare', 'a', 'b', '--seasonal', 'hour_of_week'], /--seasonal is about windows/],
    [['detect', 'a', '--detector', 'river'], /detect --list/],
    [['simulate', '--kind', 'covariate_shift', '--feature', 'nope', '--out', '/nowhere'], /nope/],
    [['decode', 'a', '--format', 'kserv'], /kserv is no format/],
    [['replay', 'a.csv'], /needs --model/],
    [['replay', 'a.jsonl', '--label-delay', 'soon'], /a duration/],
    [['replay', 'a.jsonl', '--to', 'http', '--url', 'nowhere'], /an address/],
    [['versions', '--model', 'm', '--window', 'may'], /not a stretch/],
    [['versions', '--model', 'm', '--window', '2026-02-30..2026-03-08'], /not a stretch/],
    [['silence', 'add', 'model=m', '--comment', 'c', '--until', '2026-02-30T00:00:00Z'], /ISO 8601/],
    [['labelled-data', 'export', '--model', 'm', '--to', 'soon'], /--to soon is no time/],
    [['alert', 'snooze', '1'], /needs an end/],
    [['silence', 'add', 'model=m', '--comment', 'c'], /needs an end/],
    [['compare', 'a.csv', 'b.csv', '--label', '--json'], "option '--label <column>' argument missing"],
  ])('%j is wrong usage: 2', async (args, message) => {
    const ended = await shiftwatch(...args);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toMatch(message);
  });

  describe('on a Node that is too old', () => {
    const pretending = (facts: string): string => {
      const versions =
        'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.9.0"}})';
      return `data:text/javascript,${versions};${facts}`;
    };

    it('runs on the one that npm has installed, linked or not, and ends as it ends', async () => {
      const version = await node(['--import', pretending(''), BIN, '--version']);
      expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
      const wrong = await node(['--import', pretending(''), BIN, 'compar']);
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'compar'") });
      const onNode = join(import.meta.dirname, '../../bin/on-node.js');
      const program = ['sh', '-c', 'node -p process.execPath; kill -TERM $$'];
      const killed = await node(['--import', pretending(''), onNode, ...program]);
      expect(killed.out).toMatch(/node_modules[^\n]*node/);
      expect(killed).toMatchObject({ signal: 'SIGTERM' });
    });

    it('says what is missing where npm has none', async () => {
      const facts = 'Object.defineProperty(process,"arch",{value:"pdp11"})';
      const ended = await node(['--import', pretending(facts), BIN, '--version']);
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(ended.err).toMatch(/^shiftwatch needs Node 22\.18 or newer; this is v[^]*`npm ci`/);
    });
  });

  it('keeps what Node makes of its sources, threads included, and does without where it cannot', async () => {
    const folder = testFolder();
    const check = ['config', 'check', join(import.meta.dirname, '../../examples/car-loan/shiftwatch.yaml')];
    const kept = async (): Promise<number> =>
      (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile())
        .length;
    const tell = 'process.on("exit",()=>console.error(require("node:module").getCompileCacheDir()))';
    const first = await node([BIN, ...check], { NODE_COMPILE_CACHE: folder });
    expect(await kept()).toBeGreaterThan(50);
    expect(await node([BIN, ...check], { NODE_COMPILE_CACHE: folder })).toEqual(first);
    expect(await node([BIN, ...check], { NODE_COMPILE_CACHE: fileWith('a file', '') })).toEqual(first);
    // Beside the sources, of which nobody else can change it.
    const where = await node(['--require', fileWith('tell.cjs', tell), BIN, '--version']);
    expect(where.err).toContain(join(import.meta.dirname, '../../.cache/compile'));
  });

  it('says what is wrong and what to do: 1', async () => {
    expect(await shiftwatch('compare', '/none.csv', '/none.csv')).toMatchObject({
      code: 1,
      out: '',
      err: 'error: there is no file /none.csv\nCheck the path.\n',
    });
  });

  it('compares, and ends with 3 for a shift', async () => {
    const rows = (power: number): string =>
      `x\n${Array.from({ length: 500 }, (_, i) => `${50 * (i / 500) ** power}\n`).join('')}`;
    const [before, after] = [fileWith('before.csv', rows(1)), fileWith('after.csv.gz', rows(1.5))];
    expect(await shiftwatch('compare', before, before)).toMatchObject({ code: 0, err: '' });
    const shifted = await shiftwatch('compare', before, after, '--json');
    expect(shifted.code).toBe(3);
    expect(JSON.parse(shifted.out)).toMatchObject({ features: [{ name: 'x', status: 'drift' }] });
  });

  it('says what was left out where nothing is left to compare', async () => {
    const numbers = Array.from({ length: 500 }, (_, i) => `${i}\n`).join('');
    const numbered = fileWith('numbered.csv', `x\n${numbers}`);
    const ended = await shiftwatch('compare', numbered, numbered);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(
      'x numbers the rows: an identifier, left out (--numeric or --categorical keeps it)',
    );
    expect(await shiftwatch('compare', numbered, numbered, '--numeric', 'x')).toMatchObject({ code: 0 });
  });

  it('takes the configuration before or behind the command, or from the environment', async () => {
    const path = fileWith('other.yaml', 'models: [{ name: m, task: regression }]\n');
    const fine = { code: 0, out: `${path} is fine: m\n` };
    expect(await shiftwatch('--config', path, 'config', 'check')).toMatchObject(fine);
    expect(await shiftwatch('config', 'check', '-c', path)).toMatchObject(fine);
    expect(await node([BIN, 'config', 'check'], { SHIFTWATCH_CONFIG: path })).toMatchObject(fine);
    expect((await shiftwatch('config', 'check')).err).toMatch(
      /^error: there is no configuration shiftwatch\.yaml\n/,
    );
  });

  it('leaves --version to the commands that have one', async () => {
    expect((await shiftwatch('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const ended = await shiftwatch(
      'baseline',
      'create',
      '--model',
      'm',
      '--version',
      '3',
      'x.csv',
      '-c',
      '/none.yaml',
    );
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('/none.yaml');
  });
});
