/**
 * `npm run chart:check`: renders deploy/helm/shiftwatch by helm, with its defaults and with every value set, holds what comes
 * out to the schemas of Kubernetes and its configuration to ours, and tries values that must be refused. Helm is compiled by
 * Go and the schemas come of PyPI; both are kept in `.cache/chart`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const CHART = join(ROOT, 'deploy/helm/shiftwatch');
const EVERY_VALUE = join(ROOT, 'test/fixtures/chart/every-value.yaml');
const TOOLS = join(ROOT, '.cache/chart');
const HELM_VERSION = 'v3.19.0';
const SCHEMAS_VERSION = '1.37.0';
/** The oldest that the chart takes, one between, and the newest that there are schemas of. */
const KUBERNETES = ['1.27.0', '1.32.0', '1.37.0'];
/** Of others: Kubernetes has no schema of them. */
const OF_OTHERS = new Set(['ScaledObject', 'ServiceMonitor', 'ScrapeConfig']);
const VARIABLES = {
  DATABASE_URL: 'postgres://u:p@db:5432/shiftwatch',
  KAFKA_BROKERS: 'kafka:9092',
  REDIS_URL: 'redis://redis:6379',
};

const CASES: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['defaults', []],
  ['every value', ['--values', EVERY_VALUE]],
  ['a configuration of others', ['--values', EVERY_VALUE, '--set', 'existingConfigMap=mine']],
  [
    'as little as can be',
    ['existingSecret=', 'migration.enabled=false', 'podDisruptionBudget.enabled=false']
      .concat('serviceAccount.create=false', 'workloads.act.enabled=false', 'workloads.api.replicas=0')
      .flatMap((set) => ['--set', set]),
  ],
];
const REFUSED = [
  'replicaCount=2',
  'image.tga=1',
  'workloads.ingset.replicas=3',
  'workloads.api.roles={apy}',
  'workloads.migration.roles={act}',
  'workloads.api.replicas=two',
  'workloads.api.autoscaling.enabled=true',
  'workloads.api.autoscaling.enabeld=true',
  'serviceMonitor.enabled=true',
  'terminationGracePeriodSeconds=5',
];

function helm(): string {
  const program = join(TOOLS, `helm-${HELM_VERSION}`);
  if (existsSync(program)) return program;
  console.log(`compiling helm ${HELM_VERSION}, once; a few minutes`);
  const draft = mkdtempSync(join(TOOLS, 'go-'));
  try {
    execFileSync('go', ['install', `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PATH: [process.env['PATH'], '/usr/local/go/bin'].join(delimiter),
        GOPATH: draft,
        GOBIN: draft,
        GOFLAGS: '-modcacherw',
      },
    });
    renameSync(join(draft, 'helm'), program);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}

function validator(): string {
  const folder = join(TOOLS, `schemas-${SCHEMAS_VERSION}`);
  const program = join(folder, 'bin/kubernetes-validate');
  if (existsSync(program)) return program;
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', `kubernetes-validate==${SCHEMAS_VERSION}`], {
    stdio: 'inherit',
  });
  return program;
}

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const said = spawnSync(program, args, { encoding: 'utf8', cwd: ROOT, env: { ...process.env, ...env } });
  if (said.error !== undefined) throw said.error;
  if (said.status !== 0) throw new Error(`${program} ${args.join(' ')}:\n${said.stdout}${said.stderr}`);
  return said.stdout;
}

mkdirSync(TOOLS, { recursive: true });
const [render, validate] = [helm(), validator()];
const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-chart-'));

const template = (version: string, args: readonly string[]): string[] =>
  ['template', 'release', CHART, '--namespace', 'ml', '--kube-version', version].concat(args);

/** As files, for others to read. */
function written(texts: readonly string[], ending: string): string[] {
  return texts.map((text, at) => {
    const file = join(folder, `${at}.${ending}`);
    writeFileSync(file, text);
    return file;
  });
}

function check(name: string, version: string, args: readonly string[]): void {
  const resources = parseAllDocuments(run(render, template(version, args)))
    .map((document) => document.toJS() as Resource | null)
    .filter((each) => each !== null);
  const own = resources.filter(({ kind }) => !OF_OTHERS.has(kind));
  const files = written(
    own.map((each) => JSON.stringify(each)),
    'json',
  );
  run(validate, ['--strict', '--quiet', '-k', version.replace(/\.0$/, ''), ...files]);
  const configs = resources.flatMap(({ data }) => data?.['shiftwatch.yaml'] ?? []);
  for (const file of written(configs, 'yaml')) {
    run(process.execPath, ['bin/shiftwatch.js', 'config', 'check', '--config', file], VARIABLES);
  }
  const others = resources.length - own.length;
  console.log(`${name}, Kubernetes ${version}: ${own.length} valid, ${others} of others not checked`);
}

try {
  run(render, ['lint', '--strict', '--kube-version', '1.37.0', CHART]);
  for (const [name, args] of CASES) for (const version of KUBERNETES) check(name, version, args);
  for (const set of REFUSED) {
    const said = spawnSync(render, template('1.37.0', ['--set', set]), { encoding: 'utf8' });
    if (said.status === 0) throw new Error(`--set ${set} should have been refused`);
    console.log(`refused: --set ${set}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
