/** The Helm chart, without Helm: its files agree with each other, with the package and with what is documented. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ROLES } from '../../src/pipeline.ts';
import { configOf } from '../config/example.ts';

const ROOT = join(import.meta.dirname, '../..');
const CHART = join(ROOT, 'deploy/helm/shiftwatch');
const read = (file: string): string => readFileSync(join(CHART, file), 'utf8');

interface Node {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}
type Values = Readonly<Record<string, unknown>>;

const chart = parse(read('Chart.yaml')) as Record<string, string>;
const schema = JSON.parse(read('values.schema.json')) as Node & { definitions: Record<string, Node> };
const defaults = parse(read('values.yaml')) as Values;
const every = parse(readFileSync(join(ROOT, 'test/fixtures/chart/every-value.yaml'), 'utf8')) as Values;
const templates = readdirSync(join(CHART, 'templates')).map((file) => read(`templates/${file}`));
const isValid = new Ajv({ strict: false }).compile(schema);

function resolved(node: Node): Node {
  if (node.$ref === undefined) return node;
  const { $ref, ...own } = node;
  return { ...schema.definitions[$ref.slice('#/definitions/'.length)], ...own };
}

/** Every key that a value can stand at; a workload's are below `workloads.NAME`. */
function leaves(unresolved: Node, path: string): { path: string; node: Node }[] {
  const node = resolved(unresolved);
  const below = [
    ...Object.entries(node.properties ?? {}),
    ...Object.values(node.patternProperties ?? {}).map((each) => ['NAME', each] as const),
  ];
  if (below.length === 0 || path.endsWith('resources')) return [{ path, node }];
  return below.flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`));
}
const KEYS = leaves(schema, '');

/** What stands there; of workloads, in any of them. */
function valuesAt(values: unknown, path: readonly string[]): unknown[] {
  const [key, ...rest] = path;
  if (key === undefined) return values === undefined ? [] : [values];
  if (typeof values !== 'object' || values === null) return [];
  const next = key === 'NAME' ? Object.values(values) : [(values as Values)[key]];
  return next.flatMap((each) => valuesAt(each, rest));
}
const set = (values: Values, path: string): unknown[] => valuesAt(values, path.split('.'));

describe('the chart', () => {
  it('is of the version of the package, and so is the image that it asks for', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(chart).toMatchObject({ name: 'shiftwatch', version, appVersion: version });
    expect(defaults['image']).toMatchObject({ tag: '', digest: '' });
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toContain(`ARG VERSION="${version}"`);
  });

  it('takes its defaults and every value that there is, and sets each somewhere', () => {
    expect(isValid(defaults), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid(every), JSON.stringify(isValid.errors)).toBe(true);
    expect(KEYS.length).toBeGreaterThan(50);
    expect(KEYS.filter(({ path }) => set(every, path).length === 0)).toEqual([]);
  });

  it('has a default of each key that is not of a workload, and none that is not known', () => {
    const without = KEYS.filter(({ path }) => !path.startsWith('workloads.') && path !== 'global');
    expect(without.filter(({ path }) => set(defaults, path).length === 0)).toEqual([]);
    for (const [path, value] of [
      ['replicaCount', 2],
      ['image.tga', 'x'],
      ['workloads.ingset.replicas', 3],
      ['workloads.api.roles', ['apy']],
      ['workloads.api.replicas', 'two'],
      ['workloads.migration', { roles: ['act'] }],
      ['serviceMonitor.enabled', true],
      ['config', 'database: x'],
    ] as const) {
      expect([path, isValid(withValue(defaults, path.split('.'), value))]).toEqual([path, false]);
    }
  });

  it('uses in its templates what the schema knows, and all of it', () => {
    const used = new Set(
      templates.flatMap((text) => [...text.matchAll(/\.Values\.([A-Za-z.]+)/g)].map(([, path = '']) => path)),
    );
    const known = KEYS.map(({ path }) => path);
    expect([...used].filter((path) => !known.some((key) => `${key}.`.startsWith(`${path}.`)))).toEqual([]);
    const all = templates.join('\n');
    const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
    expect(
      known.filter(
        (path) => path !== 'global' && !all.includes(`.${last(path)}`) && !all.includes(`"${last(path)}"`),
      ),
    ).toEqual([]);
  });

  it('writes a configuration that shiftwatch reads, with the ports that the templates name', async () => {
    const fixed = /define "shiftwatch\.config"[\s\S]*?dict (.*) -\}\}/.exec(
      read('templates/_helpers.tpl'),
    )?.[1];
    expect(fixed).toBe(
      '"api" (dict "listen" ":8080") "probes" (dict "listen" ":8081") "auth" (dict "tokens" true)',
    );
    const listens = { api: { listen: ':8080' }, probes: { listen: ':8081' }, auth: { tokens: true } };
    const config = await configOf(stringify({ ...(defaults['config'] as object), ...listens }));
    expect([config.api.port, config.probes?.port, config.auth.tokens]).toEqual([8080, 8081, true]);
    const workloads = read('templates/workloads.yaml');
    expect([...workloads.matchAll(/containerPort: (\d+)/g)].map(([, port]) => port)).toEqual([
      '8080',
      '8081',
    ]);
  });

  it('runs every role somewhere, and knows no other', () => {
    const items = schema.definitions['workload']?.properties?.['roles']?.items?.enum ?? [];
    expect(new Set(items)).toEqual(new Set(ROLES));
    expect(new Set(set(defaults, 'workloads.NAME.roles').flat())).toEqual(new Set(ROLES));
  });

  it('says which values come first, and how to get the first token', () => {
    const text = read('README.md');
    const first = /Set these first[\s\S]*?### The first token/.exec(text)?.[0] ?? '';
    const rows = first.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
    expect(named.map(([, key]) => key)).toEqual([
      'image.repository',
      'existingSecret',
      'config.models',
      'config.kafka.topics',
    ]);
    for (const [, key = ''] of named) expect([key, set(defaults, key)]).not.toEqual([key, []]);
    // All variables that the default names.
    const variables = [...stringify(defaults['config']).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(variables.length).toBeGreaterThan(0);
    for (const name of variables) expect(first).toContain(`\`${name}\``);
    const command = /-- (node bin\/shiftwatch\.js token create .*)$/m;
    const noted = command.exec(read('templates/NOTES.txt'))?.[1];
    expect(noted).toBeTruthy();
    expect(command.exec(text)?.[1]).toBe(noted);
  });

  it('is documented key by key', () => {
    const file = join(CHART, 'README.md');
    const text = readFileSync(file, 'utf8');
    const shown = (path: string): string => {
      const [value] = path.includes('NAME') ? [] : set(defaults, path);
      if (value === undefined || value === '' || path === 'config') return '';
      return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
    };
    const table = KEYS.filter(({ path }) => path !== 'global').map(({ path, node }) => {
      expect(node.description, path).toBeTruthy();
      return `| \`${path}\` | ${shown(path)} | ${node.description} |`;
    });
    const wanted = text.replace(
      /(<!-- keys: made by npm run docs -->\n)[\s\S]*(<!-- \/keys -->)/,
      (_, before: string, after: string) =>
        [`${before}| key | default | meaning |`, '| --- | --- | --- |', ...table, after].join('\n'),
    );
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(file, wanted);
    else expect(text).toBe(wanted);
  });
});

function withValue(values: Values, [key = '', ...rest]: readonly string[], value: unknown): Values {
  const below = (values[key] ?? {}) as Values;
  return { ...values, [key]: rest.length === 0 ? value : withValue(below, rest, value) };
}
