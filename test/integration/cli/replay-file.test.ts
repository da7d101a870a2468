/** A file that is replayed once more, as it is, in another order or in part, adds nothing to what is known by its ids. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as replay from '../../../src/cli/replay/replay.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { configOf, NOW_MS, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { temporaryFolder } from '../../harness/process.ts';

/** More than one batch of the command. */
const ROWS = 1_200;
const MINUTE_MS = 60_000;
const START_MS = NOW_MS - ROWS * MINUTE_MS;

function shuffled<T>(all: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  return all
    .map((each) => ({ each, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

async function rowsCounted(pool: Pool): Promise<number> {
  const found = await pool.query<{ n: number }>(
    `select coalesce(sum(rows), 0)::int as n from window_part where kind = 'input' and segment = ''`,
  );
  return found.rows[0]?.n ?? 0;
}

const register: Parameters<typeof run>[0] = (program, io) =>
  replay.register(program, { ...io, configPath: () => '', env: {}, isTerminal: false, exitCode: () => 0 });

describeWith(['postgres'], 'a file that is replayed again', () => {
  async function replaying() {
    const { url } = await createDatabase('replay-file');
    const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const parsed = await configOf(`database: "${url}"`);
    const folder = temporaryFolder();
    return {
      pool,
      file: (name: string, lines: readonly string[]): string => {
        const path = join(folder, name);
        writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
        return path;
      },
      said: async (...args: string[]): Promise<string> => {
        const { out, code } = await run(register, ['replay', ...args], { config: async () => parsed });
        expect(code).toBe(0);
        return out.slice(out.indexOf(':') + 2).trim();
      },
    };
  }

  it('of events counts each id once, in whatever order', async () => {
    const { pool, file, said } = await replaying();
    const lines = Array.from({ length: ROWS }, (_, n) =>
      JSON.stringify({
        type: 'prediction',
        prediction_id: `p${n}`,
        model: 'credit-risk',
        timestamp: START_MS + n * MINUTE_MS,
        features: { age: n },
        prediction: 'approve',
      }),
    );
    const path = file('events.jsonl', lines);
    const nothingNew = `0 accepted, 0 late, ${ROWS} duplicates, 0 dead letters`;
    expect(await said(path)).toBe(`${ROWS} accepted, 0 late, 0 duplicates, 0 dead letters`);
    expect(await said(path)).toBe(nothingNew);
    expect(await said(file('shuffled.jsonl', shuffled(lines, 1)))).toBe(nothingNew);
    expect(await rowsCounted(pool)).toBe(ROWS);
    expect(await expectConserved(pool)).toEqual({
      prediction: { read: 3 * ROWS, windowed: ROWS, duplicate: 2 * ROWS },
    });
  });

  it('of a table counts each id once, with its labels', async () => {
    const { pool, file, said } = await replaying();
    const rows = Array.from({ length: ROWS }, (_, n) =>
      [`r${n}`, new Date(START_MS + n * MINUTE_MS).toISOString(), n, 'approve', 'deny'].join(','),
    );
    const head = 'prediction_id,timestamp,age,prediction,label';
    const half = file('half.csv', [head, ...shuffled(rows, 2).slice(0, ROWS / 2)]);
    const whole = file('whole.csv', [head, ...rows]);
    for (const path of [half, whole, whole]) await said(path, '--model', 'credit-risk');
    expect(await rowsCounted(pool)).toBe(ROWS);
    const { prediction, label } = await expectConserved(pool);
    expect(prediction).toEqual({ read: 2.5 * ROWS, windowed: ROWS, duplicate: 1.5 * ROWS });
    expect(label?.['read']).toBe(2.5 * ROWS);
  });
});
