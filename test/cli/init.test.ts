import { Command } from 'commander';
import { expect, it } from 'vitest';
import { register } from '../../src/cli/init/init.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { configOf } from '../config/example.ts';
import { fileWith, jsonLines } from '../ingest/table/files.ts';

const MINUTE_MS = 60_000;

async function init(rows: readonly object[]): Promise<{ out: string; said: string }> {
  const ran = { out: '', said: '' };
  const program = new Command().exitOverride();
  const io: Partial<Io> = {
    env: {},
    isTerminal: false,
    print: (text) => (ran.out += text),
    say: (text) => (ran.said += text),
  };
  register(program, io as Io);
  await program.parseAsync(['init', fileWith('loans.jsonl', jsonLines(rows))], { from: 'user' });
  return ran;
}

const rows = (count: number, everyMs: number | null) =>
  Array.from({ length: count }, (_, row) => ({
    ...(everyMs !== null && { timestamp: Date.UTC(2026, 2, 1) + row * everyMs }),
    age: 20 + ((row * 7919) % 50),
    prediction: row % 2,
  }));

it('says when the first verdict is to be expected, and how to judge by rows instead', async () => {
  // Two a minute, for two days.
  const { out, said } = await init(rows(2 * 60 * 48, MINUTE_MS / 2));
  expect(out).toMatch(/windows: \[\{ size: 6h, grace: 10m \}\]/);
  expect(said).toContain(
    'The first verdict comes within 371m of the first row: when its window of 6h is over (windows: size), 10m (grace) later,\n' +
      'and where nothing follows another 1m (ingest.idle_after). A window of fewer than 200 rows (min_rows) is not judged.\n',
  );
  const advised = /To judge by rows instead: (windows: .*)\n/.exec(said)?.[1] ?? '';
  expect(advised).toBe('windows: [{ size: 10m, rows: 500 }]');
  // The schema takes what is advised.
  const config = await configOf(out.replace(/windows: \[\{.*?\}\]/, advised), {});
  expect(config.models[0]?.windows[0]).toMatchObject({ rows: 500, sizeMs: 10 * MINUTE_MS });
});

it('says it of windows by rows, which rows without times get', async () => {
  const { out, said } = await init(rows(800, null));
  expect(out).toMatch(/windows: \[\{ size: 10m, grace: 1m, rows: 500 \}\]/);
  expect(said).toContain(
    'The first verdict comes with 500 rows (windows: rows), 1m (grace) after the end of the 10m (size) that brings them;\n' +
      'where nothing follows, 1m (ingest.idle_after) later. A window of fewer than 200 rows (min_rows) is not judged.\n',
  );
  expect(said).not.toContain('instead:');
});
