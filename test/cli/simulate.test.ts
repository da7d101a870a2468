import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/shiftwatch.js', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiftwatch-simulate-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function shiftwatch(...args: string[]): Promise<Ended> {
  return await promisify(execFile)(process.execPath, [BIN, ...args], { cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Ended,
  );
}

const SMALL = ['--reference-rows', '40', '--rows', '20'];

describe('shiftwatch simulate', () => {
  test('writes both files and the truth, says what it did and how to compare, the same for the same seed', async () => {
    const command = ['simulate', '--kind', 'missing_spike', '--feature', 'income', '--share', '1', ...SMALL];
    const ended = await shiftwatch(...command, '--out', 'one');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('missing spike of income');
    expect(ended.stdout).toContain(
      'shiftwatch compare one/reference.csv one/current.csv --positive-class approve',
    );
    expect((await readdir(join(folder, 'one'))).sort()).toEqual([
      'current.csv',
      'reference.csv',
      'truth.json',
    ]);
    const lines = (await readFile(join(folder, 'one/current.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    const at = lines[0]!.split(',').indexOf('income');
    expect(lines.slice(1).map((line) => line.split(',')[at])).toEqual(Array.from({ length: 20 }, () => ''));
    const truth = JSON.parse(await readFile(join(folder, 'one/truth.json'), 'utf8')) as object;
    expect(truth).toMatchObject({
      kind: 'missing_spike',
      verdict: 'data_fault',
      features: ['income'],
      share: 1,
      seed: 1,
    });
    await shiftwatch(...command, '--out', 'two');
    for (const file of ['reference.csv', 'current.csv']) {
      expect(await readFile(join(folder, 'two', file))).toEqual(await readFile(join(folder, 'one', file)));
    }
  });

  test('writes JSON lines beside a named file', async () => {
    const ended = await shiftwatch(
      'simulate',
      '--kind',
      'none',
      '--task',
      'regression',
      ...SMALL,
      '--out',
      'now.jsonl',
    );
    expect(ended.stdout).toContain('shiftwatch compare now-reference.jsonl now.jsonl\n');
    const lines = (await readFile(join(folder, 'now.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(20);
    const row = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(Object.keys(row)).toEqual(expect.arrayContaining(['timestamp', 'age', 'country', 'label']));
    expect(typeof row['label']).toBe('number');
  });

  test('refuses what a family cannot show, and names its columns', async () => {
    const ended = await shiftwatch(
      'simulate',
      '--kind',
      'covariate_shift',
      '--feature',
      'height',
      '--form',
      'mean',
      '--out',
      'x',
    );
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('height is no number of credit');
    expect(ended.stderr).toContain('credit has age, income');
  });

  test('refuses unknown kinds and shares', async () => {
    expect((await shiftwatch('simulate', '--kind', 'magic', '--out', 'x')).code).toBe(2);
    expect((await shiftwatch('simulate', '--kind', 'none', '--share', '2', '--out', 'x')).code).toBe(2);
  });
});
