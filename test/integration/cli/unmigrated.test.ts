/** A database that nobody has migrated yet, as every command meets it that reads one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { everyCommand, runHere } from '../../cli/every-command.ts';
import { createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

/** They read no database of the configuration, or migrate it themselves. */
const WITHOUT = new Set(
  'demo detect simulate init compare decode serve migrate replay doctor backtest event-schema|config check|config schema|config print|baseline create|channel test|webhook test'
    .split('|')
    .flatMap((names) => (names.startsWith('demo') ? names.split(' ') : [names])),
);

describeWith(['postgres'], 'a database without tables', () => {
  it('is told in one sentence, with the command that makes them', async () => {
    const database = await createEmptyDatabase('unmigrated');
    const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-unmigrated-'));
    const config = join(folder, 'shiftwatch.yaml');
    writeFileSync(
      config,
      stringify({
        database: database.url,
        models: [{ name: 'm', task: 'regression' }],
        channels: { 1: { type: 'slack', url: 'https://hooks.example.org/1' } },
      }),
    );
    const said = new Map<string, unknown>();
    for (const [name, line] of await everyCommand()) {
      if (WITHOUT.has(name)) continue;
      const { code, out, err } = await runHere([...line, '--config', config]);
      const isPlain =
        err.trimEnd().split('\n').length === 2 &&
        err.startsWith('error: the database does not have the tables of this version yet\n') &&
        err.includes('shiftwatch migrate');
      if (code !== 1 || out !== '' || !isPlain) said.set(name, { code, out, err });
    }
    expect(Object.fromEntries(said)).toEqual({});
  }, 120_000);
});
