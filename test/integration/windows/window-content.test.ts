import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { sumParts, sumStoredParts, type PartsToSum } from '../../../src/pipeline/windows/sum-parts.ts';
import { readContent } from '../../../src/pipeline/windows/window-content.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { appendParts, foldParts, listParts } from '../../../src/store/windows/window-parts.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const PARTS = 40;
const ROWS_A_PART = 5;

describeWith(['postgres'], 'the content of a window', () => {
  test('is the same in pieces as at once, and holds one piece and the sum at a time', async () => {
    const { pool, windowId } = await windowOf(PARTS);
    const at = { once: await read(pool, windowId), pieces: await read(pool, windowId, 1_200) };
    expect(at.once.loaded).toEqual([]);
    expect(at.pieces.loaded.length).toBeGreaterThan(3);
    expect(Math.max(...at.pieces.loaded)).toBeLessThan(PARTS / 2);
    expect(at.pieces.content.ids).toEqual(at.once.content.ids);
    expect(at.pieces.content.deltas).toBe(PARTS);
    expect(at.pieces.content.parts).toHaveLength(2);
    expect(sumParts(at.pieces.content.parts, null, 'classification').sums).toEqual(
      sumParts(at.once.content.parts, null, 'classification').sums,
    );
    expect(at.pieces.content.parts.map(({ rows }) => rows)).toEqual([
      (ROWS_A_PART * PARTS) / 2,
      (ROWS_A_PART * PARTS) / 2,
    ]);
  });

  test('leaves out what does not decode, and says so', async () => {
    const { pool, windowId } = await windowOf(PARTS);
    const [, second] = await listParts(pool, windowId);
    await pool.query(`update window_part set delta = '\\x07' where id = $1`, [second?.id]);
    const { content } = await read(pool, windowId, 1_200);
    expect(content.unreadable).toMatchObject([{ id: second?.id, segment: 'country=DE', kind: 'input' }]);
    expect(content.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS_A_PART * (PARTS - 1));
    expect(content.ids).toHaveLength(PARTS);
  });

  test('begins anew where parts are folded while it is read', async () => {
    const { pool, windowId } = await windowOf(PARTS);
    let folded = false;
    const { content } = await read(pool, windowId, 1_200, async () => {
      if (folded) return;
      folded = true;
      const ids = (await listParts(pool, windowId)).slice(-10).map(({ id }) => id);
      await inTransaction(pool, async (tx) => {
        const delta = profileOf(10 * ROWS_A_PART, 7).encode();
        const sum = {
          windowId,
          segment: 'country=DE',
          kind: 'input' as const,
          rows: 10 * ROWS_A_PART,
          delta,
        };
        await foldParts(tx, windowId, ids, [
          { ...sum, source: 'folded', partition: 0, from: 900n, to: 901n },
        ]);
      });
    });
    expect(content.ids).toHaveLength(PARTS - 10 + 1);
    expect(content.deltas).toBe(PARTS);
    expect(content.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS_A_PART * PARTS);
  });
});

/** Reads the content; `loaded` are the numbers of parts that each piece brought. */
async function read(pool: Pool, windowId: number, pieceBytes?: number, before = async () => {}) {
  const loaded: number[] = [];
  const content = await readContent(pool, windowId, {
    task: 'classification',
    baseline: null,
    ...(pieceBytes !== undefined && { pieceBytes }),
    sumParts: async (input: PartsToSum) => {
      await before();
      loaded.push(input.parts.length);
      return sumStoredParts(input);
    },
  });
  return { content, loaded };
}

async function windowOf(parts: number): Promise<{ pool: Pool; windowId: number }> {
  const { url } = await createDatabase('window-content');
  const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
  atEnd(async () => await pool.end());
  const found = await pool.query<{ id: number }>(
    `with m as (insert into model (name, task) values ('m', 'classification') returning id),
       v as (insert into model_version (model_id, name) select id, '1' from m returning id)
     insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms)
     select id, 3600000, '2026-03-01 12:00Z', '2026-03-01 13:00Z', 0 from v returning id`,
  );
  const windowId = found.rows[0]?.id ?? 0;
  await inTransaction(pool, async (tx) => {
    await appendParts(
      tx,
      Array.from({ length: parts }, (_, i) => ({
        windowId,
        segment: i % 2 === 0 ? '' : 'country=DE',
        kind: 'input' as const,
        source: 'test',
        partition: 0,
        from: BigInt(i),
        to: BigInt(i + 1),
        rows: ROWS_A_PART,
        delta: profileOf(ROWS_A_PART, i).encode(),
      })),
    );
  });
  return { pool, windowId };
}

function profileOf(rows: number, seed: number): InputProfile {
  const profile = new InputProfile(null, 'classification');
  for (let i = 0; i < rows; i++) {
    profile.add(
      {
        type: 'prediction',
        features: new Map([['age', (seed * 31 + i * 7) % 90]]),
        prediction: i % 2 === 0 ? 'yes' : 'no',
        score: 0.5,
      } as never,
      1,
    );
  }
  return profile;
}
