/** What `npm pack` makes, installed into an empty folder, on the Nodes it is for. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bill } from '../../tools/package/bill.ts';
import { presentEntries } from '../../tools/package/entries.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import { oldestNode, OLDEST_NODE } from '../harness/oldest-node.ts';
import { startShiftwatch, temporaryFolder } from '../harness/process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Building, packing, and a download of 60 MB where npm's cache has none of it. */
const INSTALL_MS = 600_000;

/** Nothing of npm's own, which tells programs that it starts how they are to work. */
const environment = (node: string, folder: string): NodeJS.ProcessEnv => ({
  PATH: [dirname(node), process.env['PATH']].join(delimiter),
  HOME: folder,
  npm_config_cache: execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(),
  ...(process.env['NODE_EXTRA_CA_CERTS'] && { NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] }),
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let packed: string[];
let tarball: string;

beforeAll(() => {
  folder = temporaryFolder();
  const env = { ...process.env, ...environment(process.execPath, process.env['HOME'] ?? folder) };
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  const [made] = JSON.parse(said.slice(said.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = made.files.map(({ path }) => path);
  tarball = join(folder, made.filename);
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/package.json'), '{"name":"app","private":true,"type":"commonjs"}\n');
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball],
    { cwd: join(folder, 'app'), env, stdio: 'pipe' },
  );
}, INSTALL_MS);

function run(node: string, program: string, ...args: readonly string[]): Promise<Said> {
  const cwd = join(folder, 'app');
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: environment(node, folder) }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const installed = (...path: readonly string[]): string => join(folder, 'app/node_modules', ...path);

describe('the package', () => {
  it('holds what it runs, what it shows and what it is under, and nothing else', () => {
    const kinds = new Set(packed.map((path) => path.replace(/^(?:examples\/)?([^/]+)\/.*/, '$1')));
    expect([...kinds].toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'car-loan', 'contracts', 'dist', 'docs'].concat(
        'migrations',
        'package.json',
      ),
    );
    const built = ['dist/LICENSES.txt', 'dist/dashboard/index.html', 'dist/kernel.wasm'];
    expect(packed).toEqual(expect.arrayContaining(built));
    const migrations = readdirSync(join(ROOT, 'migrations')).map((file) => `migrations/${file}`);
    expect(packed).toEqual(expect.arrayContaining(migrations));
    expect(packed.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    // Pages that messages name; not the decisions and the records.
    expect(packed.filter((path) => /^docs\/(?![\w-]+\.md$)/.test(path))).toEqual([]);
    expect(packed.filter((path) => /^(?:test|bench|src|tools)\/|on-node/.test(path))).toEqual([]);
  });

  it('names what it holds, also what the dashboard is made of, with its licence and in its bill of materials', () => {
    const read = (file: string): string => readFileSync(installed('shiftwatch/dist', file), 'utf8');
    const { components } = JSON.parse(read('sbom.cdx.json')) as Bill;
    const licensed = read('LICENSES.txt')
      .split(`\n\n${'-'.repeat(80)}\n\n`)
      .map((text) => /^(\S+ \S+) \(/.exec(text)?.[1] ?? text.slice(0, 80));
    const bundled = components
      .filter(({ properties }) => properties?.some(({ value }) => value === 'dist'))
      .map(({ name, version }) => `${name} ${version}`);
    expect(new Set(licensed)).toEqual(new Set(bundled));
    for (const name of ['zod', 'react-dom', '@expo-google-fonts/inter'])
      expect(bundled.filter((each) => each.startsWith(`${name} `))).toHaveLength(1);
    const known = new Set(components.map(({ name }) => name));
    const there = readdirSync(installed()).filter((name) => /^[a-z]/.test(name) && name !== 'shiftwatch');
    expect(there.filter((name) => !known.has(name))).toEqual([]);
  });

  it('installs without scripts and brings no Node', () => {
    const manifest = JSON.parse(readFileSync(installed('shiftwatch/package.json'), 'utf8')) as {
      private?: boolean;
      scripts: Record<string, string>;
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    expect(manifest.private).toBeUndefined();
    expect(Object.keys(manifest.scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$|^prepare$/)]),
    );
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    expect(names.filter((name) => /^(node-|own-node|vite$|react)/.test(name))).toEqual([]);
    expect(readdirSync(installed()).filter((name) => /^(node-(linux|win)|own-node)/.test(name))).toEqual([]);
    expect(existsSync(installed('.bin/node'))).toBe(false);
  });

  it('exports each entry whose source there is, for those who import and those who require', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, Record<string, string>>>;
    };
    const doors = Object.entries(presentEntries()).map(([name, source]) => {
      const types = source.replace(/\.ts$/, '');
      return [
        name === 'index' ? '.' : `./${name}`,
        {
          import: { types: `./dist/types/${types}.d.ts`, default: `./dist/${name}.js` },
          require: { types: `./dist/types/${types}.d.cts`, default: `./dist/${name}.cjs` },
        },
      ];
    });
    expect(exports).toMatchObject(Object.fromEntries(doors) as object);
    const missing = JSON.stringify(exports)
      .match(/\.\/dist\/[^"]+/g)
      ?.filter((path) => !packed.includes(path.slice(2)));
    expect(missing).toEqual([]);
  });

  it('has types that a strict program compiles with, whichever way it loads them', async () => {
    const program = `
      import { compareRows, startService, type Compared, type Diagnosis } from 'shiftwatch';
      import { Client } from 'shiftwatch/client';
      import { kolmogorovSmirnovTest, populationStabilityIndex } from 'shiftwatch/stats';
      const psi: number = populationStabilityIndex([50, 50], [30, 70]);
      const { p_value }: { p_value: number } = kolmogorovSmirnovTest(Float64Array.of(1), [psi]);
      export const compared: Promise<Compared> = compareRows([{ a: p_value }], [{ a: null }], { window: '1h' });
      export const said = (compareRows([], []) satisfies Promise<Compared>).then(({ comparison }): Diagnosis => {
        // @ts-expect-error -- a type of its own, with the words there are
        const wrong = comparison.diagnosis.verdict === 'drift';
        return wrong ? { ...comparison.diagnosis, summary: '' } : comparison.diagnosis;
      });
      export const windowed = compareRows([], [], { window: '1h' }).then(
        ({ comparison }): Diagnosis[] => comparison.windows.map(({ diagnosis }) => diagnosis),
      );
      export const start = (): Promise<{ stop(): Promise<void> }> => startService({ config: 'shiftwatch.yaml' });
      const client = new Client('http://localhost:8080', { token: 'a' });
      export const id: string = client.logPrediction({ model: 'm', prediction: psi, features: { a: 1 } });
      export const logged = new Client({ kafka: { brokers: ['a:9092'], ssl: true } }).flush({ timeoutMs: 1 });
      // @ts-expect-error -- there is no such option
      await compareRows([], [], { nonsense: true });
    `;
    const cwd = join(folder, 'app');
    writeFileSync(join(cwd, 'program.mts'), program);
    writeFileSync(join(cwd, 'program.cts'), program.replace('await compareRows', 'void compareRows'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', ''];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = await run(process.execPath, process.execPath, tsc, ...options, 'program.mts', 'program.cts');
    expect(said).toEqual({ code: 0, out: '', err: '' });
  });
});

const oldest = oldestNode();
describe.skipIf(oldest === null)(
  `the package on Node ${OLDEST_NODE}${oldest === null ? ' [needs the oldest Node, from npm]' : ''}`,
  () => {
    works(oldest ?? '', `v${OLDEST_NODE}`);

    it('shows its dashboard and its first finding, on the database that it brings', async () => {
      const port = await freePort();
      const demo = startShiftwatch(['demo', '--port', `${port}`], {
        node: oldest ?? '',
        program: installed('shiftwatch/bin/shiftwatch.js'),
      });
      await demo.waitForLine(/The page is up/, DEADLINES.longWaitMs);
      const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
      expect((await fetch(`http://127.0.0.1:${port}${script}`)).headers.get('content-type')).toContain(
        'javascript',
      );
      await demo.waitForLine(/data fault/, INSTALL_MS);
      await demo.stop(DEADLINES.longWaitMs);
    });
  },
);
describe(`the package on Node ${process.versions.node}`, () => works(process.execPath, process.version));

function works(node: string, version: string): void {
  it('counts with the kernel that it brings, and says so where it may not', async () => {
    for (const off of ['0', '1']) {
      const config = {
        api: { listen: `127.0.0.1:${await freePort()}` },
        models: [{ name: 'm', task: 'regression' }],
      };
      const program = installed('shiftwatch/bin/shiftwatch.js');
      const service = startShiftwatch(['serve'], {
        config,
        node,
        program,
        env: { SHIFTWATCH_NO_KERNEL: off },
      });
      await service.waitForLine(/shiftwatch is up/, DEADLINES.longWaitMs);
      await service.stop(DEADLINES.longWaitMs);
      expect(/without the counting kernel/.test(service.output())).toBe(off === '1');
    }
  });

  it('leaves the Node of the project what it was', async () => {
    expect((await run(node, 'node', '--version')).out.trim()).toBe(version);
    expect((await run(node, 'npx', '--offline', 'node', '--version')).out.trim()).toBe(version);
  });

  it('says its version, and compares the example in threads', async () => {
    const { version: own } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const npx = ['--offline', 'shiftwatch'];
    expect(await run(node, 'npx', ...npx, '--version')).toEqual({ code: 0, out: `${own}\n`, err: '' });
    const files = ['reference', 'monitoring'].map((name) =>
      installed(`shiftwatch/examples/car-loan/${name}.csv.gz`),
    );
    const columns = ['--prediction', 'y_pred', '--score', 'y_pred_proba', '--label', 'repaid'];
    const said = await run(node, 'npx', ...npx, 'compare', ...files, ...columns, '--threads', '2', '--json');
    expect({ code: said.code, err: said.err }).toEqual({ code: 3, err: '' });
    expect(JSON.parse(said.out)).toMatchObject({ diagnosis: { verdict: 'mixed' } });
  });

  it('can be imported and required', async () => {
    const program = `
      const rows = (by) => Array.from({ length: 500 }, (_, i) => ({ a: ((i * 7919) % 101) + by, prediction: i % 2 }));
      const { compareRows } = await import('shiftwatch');
      const { kolmogorovSmirnovTest } = require('shiftwatch/stats');
      const { comparison, shiftFound } = await compareRows(rows(0), rows(40));
      console.log(shiftFound, comparison.diagnosis.verdict, kolmogorovSmirnovTest([3, 1, 2], [6, 5, 4]).p_value);
    `;
    writeFileSync(join(folder, 'app/program.cjs'), `void (async () => {${program}})();`);
    expect(await run(node, 'node', 'program.cjs')).toEqual({
      code: 0,
      out: 'true covariate_shift 0.1\n',
      err: '',
    });
  });
}

describe('the action of GitHub', () => {
  const { inputs, runs } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: { id?: string; uses?: string; run?: string; env?: Record<string, string> }[] };
  };
  /** Runs the steps that are commands as a runner does; ends with the first that fails. */
  function act(given: Record<string, string>): { code: number; out: string; summary: string; said: string } {
    const temp = mkdtempSync(join(folder, 'runner-'));
    // Installed once, by the first run.
    if (existsSync(join(folder, 'shiftwatch')))
      symlinkSync(join(folder, 'shiftwatch'), join(temp, 'shiftwatch'));
    const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
    for (const file of Object.values(files)) writeFileSync(file, '');
    let [code, said] = [0, ''];
    for (const step of runs.steps) {
      if (step.run === undefined || code !== 0) continue;
      const isInstalled = step.id === 'install' && existsSync(join(temp, 'shiftwatch'));
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [
          name,
          value.replaceAll(
            /\$\{\{ inputs\.([\w-]+) \}\}/g,
            (_, input: string) => given[input] ?? inputs[input]?.default ?? '',
          ),
        ]),
      );
      const ran = spawnSync(
        'bash',
        ['--noprofile', '--norc', '-eo', 'pipefail', '-c', isInstalled ? 'true' : step.run],
        {
          cwd: installed('shiftwatch/examples/car-loan'),
          env: { ...environment(process.execPath, folder), ...files, ...env, RUNNER_TEMP: temp },
          encoding: 'utf8',
        },
      );
      code = ran.status ?? 1;
      said += ran.stdout + ran.stderr;
    }
    if (!existsSync(join(folder, 'shiftwatch')))
      renameSync(join(temp, 'shiftwatch'), join(folder, 'shiftwatch'));
    return {
      code,
      said,
      out: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
      summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    };
  }
  const example = {
    reference: 'reference.csv.gz',
    current: 'monitoring.csv.gz',
    arguments: `--prediction y_pred --score "y_pred_proba" --label 'repaid' --ignore '$(touch ran)'`,
  };

  it('compares, tells the job, and fails for what it is told to', () => {
    const version = `file:${tarball}`;
    const failed = act({ ...example, arguments: example.arguments.replace(/ --ignore.*/, ''), version });
    expect(failed).toMatchObject({ code: 3, said: expect.stringContaining('::error::') as string });
    expect(failed.out).toMatch(/^fits=true\n(.*\n)?report=.*\.json\nverdict=mixed\n$/);
    expect(failed.summary).toMatch(/mixed/i);
    const [, report = ''] = /^report=(.*)$/m.exec(failed.out) ?? [];
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ reference: { rows: 50_000 } });
    const passed = act({
      ...example,
      arguments: example.arguments.replace(/ --ignore.*/, ''),
      version,
      'fail-on': 'data_fault',
    });
    expect(passed).toMatchObject({
      code: 0,
      out: expect.stringContaining('verdict=mixed') as string,
    });
  });

  it('fails for a quote that is not closed, in place of leaving options out', () => {
    const failed = act({ ...example, arguments: "--prediction 'y_pred", version: `file:${tarball}` });
    expect(failed).toMatchObject({ code: 1, out: 'fits=true\n' });
    expect(failed.said).toMatch(/unmatched single quote/);
  });

  it('runs nothing of what it is given', () => {
    const refused = act({ ...example, version: `file:${tarball}` });
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('$(touch ran)');
    expect(existsSync(installed('shiftwatch/examples/car-loan/ran'))).toBe(false);
  });
});
