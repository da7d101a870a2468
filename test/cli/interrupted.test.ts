/** A command that is interrupted while it reads a file leaves nothing in the temporary folder, and ends as it was told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fileWith } from '../ingest/table/files.ts';

const BIN = join(import.meta.dirname, '../../bin/shiftwatch.js');
const OURS = /^shiftwatch-(?:samples|table)-/;

test.each(['SIGINT', 'SIGTERM'] as const)('by %s', { timeout: 120_000 }, async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  const lines = Array.from({ length: 400_000 }, (_, row) => `${row % 97},${row % 13},level ${row % 50}`);
  const file = fileWith('large.csv', `a,b,c\n${lines.join('\n')}\n`);
  const child = spawn(process.execPath, [BIN, 'compare', file, file], {
    env: { ...process.env, TMPDIR: folder },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  while (!readdirSync(folder).some((name) => OURS.test(name)) && child.exitCode === null) await wait(5);
  child.kill(signal);
  const [code, by] = await ended;
  expect({ code, by }).toEqual({ code: null, by: signal });
  expect(readdirSync(folder).filter((name) => OURS.test(name))).toEqual([]);
});
