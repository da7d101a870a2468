import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TEST = join(import.meta.dirname, '..');
const VECTORS = join(TEST, 'vectors');
const files = readdirSync(VECTORS).filter((file) => file !== 'README.md');
const baseName = (file: string): string => file.split('.')[0] ?? file;

/** Which test proves which file: `vectors/README.md` says so, and this holds it to its word. */
describe('files of figures', () => {
  const tests = globSync('**/*.ts', { cwd: TEST }).map((path) => readFileSync(join(TEST, path), 'utf8'));

  it.each(files)('%s is read by a test', (file) => {
    expect(tests.some((text) => text.includes(baseName(file)))).toBe(true);
  });

  const listed = readFileSync(join(VECTORS, 'README.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.at(-2)?.startsWith('test/') === true)
    .flatMap((cells) => (cells[1] ?? '').split(', ').map((file) => [file, cells.at(-2) ?? ''] as const));

  it.each(listed)('%s is proved in %s', (file, test) => {
    expect(files).toContain(file);
    expect(readFileSync(join(TEST, '..', test), 'utf8')).toContain(baseName(file));
  });
});
