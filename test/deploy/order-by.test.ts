/**
 * In `select id::text as id … order by id` PostgreSQL orders by what is selected, which is text: 100 comes before 99, and
 * a page that continues behind 99 leaves a hundred rows out.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The names that a statement gives to casts of columns and orders by, as if they were the columns. */
function orderedByCast(statement: string): string[] {
  return [...statement.matchAll(/\b"?(\w+)"?::\w+ as "?(\w+)"?/g)].flatMap(([, , name = '']) => {
    const ordered = new RegExp(String.raw`order by [^\`)]*(?<![\w."])${name}\b(?!::)`).test(statement);
    return ordered ? [name] : [];
  });
}

it('is not of a cast that is called like its column', () => {
  expect(orderedByCast('select id::text as id from t where id < $1 order by id desc')).toEqual(['id']);
  expect(orderedByCast('select id::text as id from t order by at, id')).toEqual(['id']);
  expect(orderedByCast('select id::text as id from t order by t.id')).toEqual([]);

  const files = globSync('src/**/*.ts', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const named = new Map(
      [...text.matchAll(/const (\w+) = [`']([^`']*)[`']/g)].map(([, name, value]) => [name, value]),
    );
    return [...text.matchAll(/`([^`]*)`/g)].flatMap(([, template = '']) => {
      const statement = template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => named.get(name) ?? '');
      return orderedByCast(statement).map((name) => `${file}: ${name}`);
    });
  });
  expect(found).toEqual([]);
});
