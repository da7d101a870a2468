import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { DUTIES } from '../../src/pipeline.ts';
import type { DutyEntry } from '../../src/pipeline/serve/duty-table.ts';

const PAGE = new URL('../../docs/architecture.md', import.meta.url);

/** `5 s`; of what the configuration shortens, the longest. */
function period(everyMs: DutyEntry['everyMs']): string {
  if (typeof everyMs !== 'number') return 'at most 1 s';
  for (const [unitMs, unit] of [
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
  ] as const) {
    if (everyMs % unitMs === 0) return `${everyMs / unitMs} ${unit}`;
  }
  return `${everyMs / SECOND_MS} s`;
}

test('the table of duties in docs/architecture.md is that of the line', async () => {
  const rows = DUTIES.map(
    ({ name, role, everyMs, leader, does }) =>
      `| ${name} | ${role} | ${period(everyMs)} | ${leader === true ? 'one process' : 'every process'} | ${does} |`,
  );
  const table = [
    '| duty | role | about every | done by | what it does |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  const page = await readFile(PAGE, 'utf8');
  expect(page.match(/<!-- duties -->\n([\s\S]*?)\n<!-- \/duties -->/)?.[1]).toBe(table);
});

test('each duty has a name of its own', () => {
  expect(new Set(DUTIES.map(({ name }) => name)).size).toBe(DUTIES.length);
});
