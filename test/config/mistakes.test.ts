/** One fixture for every mistake, the whole report beside it. `UPDATE_FIXTURES=1` rewrites the reports. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const folder = join(import.meta.dirname, '../fixtures/config');
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

const ENV = { DATABASE_URL: 'postgres://localhost/shiftwatch', SECRET: 'hunter2' };

describe('configuration mistakes', () => {
  it('has a fixture for each', () => {
    expect(fixtures.length).toBeGreaterThan(60);
  });

  it.each(fixtures)('%s', async (name) => {
    const result = await parseConfig(readFileSync(join(folder, name), 'utf8'), {
      file: name,
      env: ENV,
      readFile: (path) => Promise.reject(new Error(`ENOENT: no such file or directory, open '${path}'`)),
    });
    const report = result.ok ? 'accepted\n' : `${result.error.map(formatProblem).join('\n')}\n`;
    expect(result.ok).toBe(false);
    expect(report).not.toContain('hunter2');

    const expectedFile = join(folder, name.replace('.yaml', '.expected.txt'));
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(expectedFile, report);
    expect(report).toBe(readFileSync(expectedFile, 'utf8'));
  });
});
