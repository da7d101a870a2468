/** The program between others: input from a pipe, output into one, and a reader who has seen enough. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { fileWith } from '../ingest/table/files.ts';

const BIN = join(import.meta.dirname, '../../bin/shiftwatch.js');

function shiftwatch(args: readonly string[], env: Record<string, string> = {}) {
  return spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

const ended = (child: ReturnType<typeof shiftwatch>): Promise<number | null> =>
  new Promise((resolve) => child.once('close', resolve));

it('reads stdin where - stands for a file, and keeps data and messages apart', async () => {
  const config = fileWith('piped.yaml', 'models: [{ name: m, task: regression }]\n');
  const child = shiftwatch(['decode', '-', '--json', '-c', config]);
  child.stdin.end('{"type":"prediction","model":"m","features":{"a":1},"prediction":2}\nnonsense\n');
  const [code, out, err] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('malformed_json');
});

it('prints no escape sequence and no progress where nobody watches', async () => {
  const rows = Array.from({ length: 300 }, (_, index) => `${index}.5\n`).join('');
  const file = fileWith('plain.csv', `x\n${rows}`);
  const child = shiftwatch(['compare', file, file], { TERM: 'xterm-256color' });
  child.stdin.end();
  const [code, out, err] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).not.toContain('\u001B');
});

it('takes a reader that goes away for no error', async () => {
  const child = shiftwatch(['config', 'schema']);
  child.stdin.end();
  // Before anything is written: the first write meets a closed pipe.
  child.stdout.destroy();
  const [code, err] = await Promise.all([ended(child), text(child.stderr)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

it.runIf(existsSync('/dev/full'))('says what to do where there is no room for what it writes', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [BIN, 'config', 'schema'], { stdio: ['ignore', full, 'pipe'] });
  const [code, err] = await Promise.all([
    new Promise((resolve) => child.once('close', resolve)),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  closeSync(full);
  expect(code).toBe(1);
  expect(err).toBe(
    'error: cannot write the output: ENOSPC: no space left on device, write\nMake room, or send it elsewhere.\n',
  );
});

it('says what to do where temporary files have no folder', async () => {
  const file = fileWith('small.csv', 'x\n1\n');
  const child = shiftwatch(['compare', file, file], { TMPDIR: '/nowhere' });
  child.stdin.end();
  const [code, err] = await Promise.all([ended(child), text(child.stderr)]);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: no temporary folder can be made: ENOENT.*\nSet TMPDIR to a folder/);
});

it.runIf(existsSync('/dev/full'))('says which file could not be written', async () => {
  const file = fileWith('plain-numbers.csv', `x\n${'1\n2\n'.repeat(150)}`);
  for (const [out, fix] of [
    ['/dev/full', 'Make room there'],
    ['/nowhere/report.html', 'Name a file in a folder that exists'],
  ] as const) {
    const child = shiftwatch(['compare', file, file, '--html', out]);
    child.stdin.end();
    const [code, err] = await Promise.all([ended(child), text(child.stderr)]);
    expect(code).toBe(1);
    expect(err).toContain(`error: cannot write ${out}: `);
    expect(err).toContain(fix);
  }
});
