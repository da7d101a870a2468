import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KNOWN_MIGRATIONS, MIGRATIONS } from '../../src/store/connection/known-migrations.ts';

/** The first that can say it. It makes the table, and so says it last. */
const FIRST = 26;
/** Until then it was said first. Whoever writes waits from there to the end of the migration: one that waits itself says it last. */
const ANYWHERE_FROM = 33;
const STATEMENT = /^select oldest_writer_becomes\((\d+)\);$/m;

const stated = KNOWN_MIGRATIONS.map((name) => {
  const sql = readFileSync(join(MIGRATIONS, `${name}.sql`), 'utf8');
  const first = sql
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('--'))
    .at(0);
  return { name, number: Number.parseInt(name, 10), sql, first: first ?? '' };
}).filter(({ number }) => number >= FIRST);

it('migrations have numbers of their own', () => {
  const numbers = KNOWN_MIGRATIONS.map((name) => name.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
  for (const number of numbers) expect(number).toMatch(/^\d{4}$/);
});

it.each(stated)('$name says which older processes may go on writing', ({ number, sql, first }) => {
  expect(number === FIRST || number >= ANYWHERE_FROM ? sql : first).toMatch(STATEMENT);
  const oldest = Number(STATEMENT.exec(sql)?.[1]);
  expect(oldest).toBeGreaterThanOrEqual(FIRST);
  expect(oldest).toBeLessThanOrEqual(number);
});
