/** The program between others: input from a pipe, output into one, and a reader who has seen enough. */
import { spawn } from 'node:child_process';
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
  const rows = Array.from({ length: 300 }, (_, index) => `${index}\n`).join('');
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
