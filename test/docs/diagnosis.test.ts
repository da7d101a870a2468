import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = await readFile(join(ROOT, 'docs/diagnosis.md'), 'utf8');

interface Example {
  readonly title: string;
  readonly commands: readonly string[][];
  readonly printed: readonly string[];
}

/** A heading, commands that simulate and compare, and what is printed. */
const EXAMPLES: readonly Example[] = [
  ...TEXT.matchAll(
    /^### (.+)\n(?:(?!^#)[\s\S])*?```sh\n(shiftwatch simulate[\s\S]*?)```\n+```text\n([\s\S]*?)```/gm,
  ),
].map(([, title = '', commands = '', printed = '']) => ({
  title,
  commands: commands
    .replaceAll('\\\n', ' ')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/)),
  printed: printed.trimEnd().split('\n'),
}));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiftwatch-docs-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function printedBy(command: readonly string[]): Promise<string> {
  expect(command[0]).toBe('shiftwatch');
  const ended: { stdout?: unknown } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'bin/shiftwatch.js'), ...command.slice(1)],
    { cwd: folder },
    // `compare` ends with 3 where it found something.
  ).catch((error: unknown) => error as object);
  return String(ended.stdout);
}

describe('the worked examples of docs/diagnosis.md', () => {
  test('there is one for each kind', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(7);
  });

  test.each(EXAMPLES)('$title', async ({ commands, printed }) => {
    let last = '';
    for (const command of commands) last = await printedBy(command);
    const lines = last.split('\n').map((line) => line.trimEnd());
    expect(lines).toEqual(expect.arrayContaining([...printed]));
  });
});
