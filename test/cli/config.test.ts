import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { register } from '../../src/cli/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { EXAMPLE, EXAMPLE_ENV } from '../config/example.ts';
import { fileWith } from '../ingest/table/files.ts';

async function config(path: string, ...args: string[]): Promise<{ out: string; said: string; code: number }> {
  const ran = { out: '', said: '', code: 0 };
  const program = new Command().exitOverride();
  register(program, {
    env: EXAMPLE_ENV,
    configPath: () => path,
    config: async () => {
      const loaded = await loadConfig(path, EXAMPLE_ENV);
      if (!loaded.ok) throw new Error('the example is wrong');
      return loaded.value;
    },
    print: (text) => (ran.out += text),
    say: (text) => (ran.said += text),
    exitWith: (code) => (ran.code = code),
  });
  await program.parseAsync(['config', ...args], { from: 'user' });
  return ran;
}

describe('config check', () => {
  it('says that all is well, and what is read but does nothing', async () => {
    const ran = await config(fileWith('shiftwatch.yaml', EXAMPLE), 'check');
    expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/is fine: credit-risk\n$/) });
    expect(ran.said).toBe('');
    const unclassed = await config(
      fileWith('shiftwatch.yaml', EXAMPLE.replace('    positive_class: approve\n', '')),
      'check',
    );
    expect(unclassed.said).toMatch(/^note: model credit-risk: without positive_class nobody is selected/);
  });

  it('names every mistake by line and ends with 1', async () => {
    const path = fileWith('shiftwatch.yaml', 'models:\n  - name: m\n    tsk: regression\ntimezone: Mars\n');
    const ran = await config(path, 'check');
    expect(ran.code).toBe(1);
    expect(ran.out).toBe('');
    expect(ran.said.split('\n')).toEqual([
      expect.stringContaining(':2:5: models[0].task: is required'),
      expect.stringContaining(':3:5: models[0].tsk: unknown key. Did you mean "task"?'),
      expect.stringContaining(':4:11: timezone: expected a time zone'),
      '',
    ]);
    const json = JSON.parse((await config(path, 'check', '--json')).out);
    expect(json).toMatchObject({
      ok: false,
      problems: [{ line: 2 }, { path: 'models[0].tsk', suggestion: 'task' }, {}],
    });
  });
});

describe('config schema', () => {
  it('is JSON Schema', async () => {
    const ran = await config('none', 'schema');
    expect(JSON.parse(ran.out)).toMatchObject({
      title: 'shiftwatch configuration',
      // Models may all be in files of their own.
      anyOf: [{ required: ['models'] }, { required: ['include'] }],
    });
  });
});

describe('config print', () => {
  it('is the whole file, with defaults, without secrets', async () => {
    const ran = await config(fileWith('shiftwatch.yaml', EXAMPLE), 'print');
    expect(ran.out).not.toMatch(/password|whsec/);
    expect(parse(ran.out)).toMatchObject({
      database: 'postgres://***:***@db.example.org/shiftwatch',
      ingest: { checkpoint_every: '5s' },
      models: [{ windows: [{ size: '1h', grace: '10m' }] }],
    });
    expect(JSON.parse((await config(fileWith('shiftwatch.yaml', EXAMPLE), 'print', '--json')).out)).toEqual(
      parse(ran.out),
    );
  });
});
