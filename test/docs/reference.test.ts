/** Tables of the documentation that are made of what the code declares. `npm run docs` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { METRIC_FAMILIES } from '../../src/api/metrics/fleet-families.ts';
import { LEFT_OUT, MODEL_FAMILIES } from '../../src/api/metrics/model-families.ts';
import { PROCESS_FAMILIES } from '../../src/api/metrics/process-metrics.ts';
import { PROBLEMS } from '../../src/api/problem.ts';
import { testApi } from '../api/fakes.ts';
import { KEY_TABLES } from './configuration-keys.ts';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
  }[];
}

/** Every list takes these. */
const PAGING = new Set(['limit', 'cursor']);

async function routeRows(): Promise<string[]> {
  const reply = await testApi().app.inject('/api/v1/openapi.json');
  const { paths } = reply.json<{ paths: Record<string, Record<string, Operation>> }>();
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary, parameters = [] }]) => {
        const asked = parameters.filter(({ in: place, name }) => place === 'query' && !PAGING.has(name));
        const named = asked.map(({ name, required }) => `\`${name}\`${required === true ? ' (needed)' : ''}`);
        return row(`\`${method.toUpperCase()} ${path.slice('/api/v1'.length)}\``, summary, named.join(', '));
      }),
    );
}

const head = (...titles: readonly string[]): string[] => [row(...titles), row(...titles.map(() => '---'))];
const table = (page: string, name: string, rows: () => Promise<string[]> | string[]) => ({
  page,
  name,
  rows,
});

interface Declared {
  readonly name: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const metricRows = (families: readonly Declared[]): string[] => [
  ...head('metric', 'labels', 'what it says'),
  ...families.map(({ name, labels, help }) => row(`\`${name}\``, code(labels), help)),
];

const TABLES = [
  table('api.md', 'routes', async () => [
    ...head('below `/api/v1`', 'what it does', 'query, beside `limit` and `cursor` of lists'),
    ...(await routeRows()),
  ]),
  table('api.md', 'problems', () => [
    ...head('`type`, after `urn:shiftwatch:problem:`', 'status', 'title'),
    ...Object.entries(PROBLEMS).map(([name, { status, title }]) => row(`\`${name}\``, String(status), title)),
  ]),
  table('observability.md', 'metrics of a process', () =>
    metricRows(PROCESS_FAMILIES.map(([name, labels, help]) => ({ name, labels, help }))),
  ),
  table('observability.md', 'metrics of the fleet', () => metricRows(METRIC_FAMILIES)),
  table('observability.md', 'metrics of models', () => metricRows([...MODEL_FAMILIES, LEFT_OUT])),
  ...Object.entries(KEY_TABLES).map(([name, keys]) =>
    table('configuration.md', name, () => [
      ...head('key', 'default', 'meaning'),
      ...keys.map(({ path, fallback, meaning }) => row(`\`${path}\``, fallback, meaning)),
    ]),
  ),
];

test.each(TABLES)(
  'the table of $name in docs/$page is what the code declares',
  async ({ page, name, rows }) => {
    const path = join(import.meta.dirname, '../../docs', page);
    const made = `<!-- ${name}: made by npm run docs -->\n${(await rows()).join('\n')}\n<!-- /${name} -->`;
    const block = new RegExp(`<!-- ${name}: .*? -->\\n[\\s\\S]*?<!-- /${name} -->`);
    const text = readFileSync(path, 'utf8');
    if (process.env['UPDATE_FIXTURES'] === '1')
      writeFileSync(
        path,
        text.replace(block, () => made),
      );
    expect(block.exec(readFileSync(path, 'utf8'))?.[0]).toBe(made);
  },
);
