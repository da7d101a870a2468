/** Tables of the documentation that are made of what the code declares. `npm run docs` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { METRIC_FAMILIES } from '../../src/api/metrics/fleet-families.ts';
import { LEFT_OUT, MODEL_FAMILIES } from '../../src/api/metrics/model-families.ts';
import { PROCESS_FAMILIES } from '../../src/api/metrics/process-metrics.ts';
import { PROBLEMS } from '../../src/api/problem.ts';
import { testApi } from '../api/fakes.ts';

const DOCS = join(import.meta.dirname, '../../docs');
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

interface Declared {
  readonly name: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const metricRows = (families: readonly Declared[]): string[] => [
  row('metric', 'labels', 'what it says'),
  row('---', '---', '---'),
  ...families.map(({ name, labels, help }) => row(`\`${name}\``, code(labels), help)),
];

const OBSERVABILITY = 'observability.md';
const PAGES: Readonly<Record<string, string>> = {
  'metrics of a process': OBSERVABILITY,
  'metrics of the fleet': OBSERVABILITY,
  'metrics of models': OBSERVABILITY,
};

const tables: Readonly<Record<string, () => Promise<string[]>>> = {
  routes: async () => [
    row('below `/api/v1`', 'what it does', 'query, beside `limit` and `cursor` of lists'),
    row('---', '---', '---'),
    ...(await routeRows()),
  ],
  problems: async () => [
    row('`type`, after `urn:shiftwatch:problem:`', 'status', 'title'),
    row('---', '---', '---'),
    ...Object.entries(PROBLEMS).map(([name, { status, title }]) => row(`\`${name}\``, String(status), title)),
  ],
  'metrics of a process': async () =>
    metricRows(PROCESS_FAMILIES.map(([name, labels, help]) => ({ name, labels, help }))),
  'metrics of the fleet': async () => metricRows(METRIC_FAMILIES),
  'metrics of models': async () => metricRows([...MODEL_FAMILIES, LEFT_OUT]),
};

test.each(Object.keys(tables))('the table of %s is what the code declares', async (name) => {
  const made = `<!-- ${name}: made by npm run docs -->\n${(await tables[name]?.())?.join('\n')}\n<!-- /${name} -->`;
  const file = join(DOCS, PAGES[name] ?? 'api.md');
  const page = readFileSync(file, 'utf8');
  const block = new RegExp(`<!-- ${name}: .*? -->\\n[\\s\\S]*?\\n<!-- /${name} -->`);
  if (process.env['UPDATE_FIXTURES'] === '1')
    writeFileSync(
      file,
      page.replace(block, () => made),
    );
  expect(block.exec(readFileSync(file, 'utf8'))?.[0]).toBe(made);
});
