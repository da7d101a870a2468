import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { IdLedger, RepeatedIds } from '../../../src/pipeline/intake/id-ledger.ts';
import { tidyBlocks } from '../../../src/store/predictions/id-blocks.ts';
import { ensureVersion, syncModels } from '../../../src/store/windows/models.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { CheckpointBuffer } from '../../../src/window/checkpoint/buffer.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

describeWith(['postgres'], 'what is known of ids', () => {
  let pool: Pool;
  let modelId: number;
  beforeAll(async () => {
    const { url } = await createDatabase('id_ledger');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    modelId = (await syncModels(pool, [modelSpec()])).get('credit-risk') ?? 0;
    await ensureVersion(pool, modelId, '1');
  });
  afterAll(async () => await pool.end());
  beforeEach(async () => await pool.query('delete from id_block'));

  const holding = (...ids: number[]): CheckpointBuffer => {
    const buffer = new CheckpointBuffer();
    const held = buffer.ids(modelId, 'prediction');
    for (const id of ids) if (held.set.add(id, -id)) held.list.push(id, -id);
    return buffer;
  };
  const claim = async (ledger: IdLedger, buffer: CheckpointBuffer): Promise<void> => {
    (await inTransaction(pool, async (tx) => await ledger.claim(tx, buffer))).committed();
  };
  const knows = async (ledger: IdLedger, id: number): Promise<boolean> =>
    (await ledger.load(pool, { modelId, kind: 0 })).has(id, -id);

  it('is shared by processes, and read again by those that start', async () => {
    const [one, other] = [new IdLedger(), new IdLedger()];
    await knows(other, 1);
    await claim(one, holding(1, 2, 3));
    await expect(claim(other, holding(9, 3))).rejects.toThrow(RepeatedIds);
    expect(await knows(other, 3)).toBe(true);
    // Nothing of the refused buffer was stored.
    expect(await knows(other, 9)).toBe(false);
    await claim(other, holding(9));
    await expect(claim(one, holding(9))).rejects.toThrow(RepeatedIds);
    const late = new IdLedger();
    for (const id of [1, 2, 3, 9]) expect(await knows(late, id)).toBe(true);
    expect(await knows(late, 4)).toBe(false);
  });

  it('two transactions that hold one id at once: the second is refused', async () => {
    const ledgers = [new IdLedger(), new IdLedger(), new IdLedger(), new IdLedger()];
    const outcomes = await Promise.allSettled(
      ledgers.map(async (ledger, i) => await claim(ledger, holding(100 + i, 7))),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    const stored = await pool.query<{ ids: number }>('select sum(ids)::int as ids from id_block');
    expect(stored.rows[0]?.ids).toBe(2);
  });

  it('sees what another partition of the same process stored, however little is remembered', async () => {
    const ledger = new IdLedger(10);
    await knows(ledger, 1);
    const [one, other] = [holding(1, 2), holding(3, 2)];
    await claim(ledger, one);
    await expect(claim(ledger, other)).rejects.toThrow(RepeatedIds);
    const far = new IdLedger(10);
    await knows(far, 1);
    await claim(ledger, holding(50, ...Array.from({ length: 100 }, (_, i) => 1_000 + i)));
    await expect(claim(far, holding(50))).rejects.toThrow(RepeatedIds);
  });

  it('a transaction that fails leaves no id behind', async () => {
    const ledger = new IdLedger();
    const failing = inTransaction(pool, async (tx) => {
      await ledger.claim(tx, holding(5));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await knows(ledger, 5)).toBe(false);
    await claim(ledger, holding(5));
  });

  describe('tidying', () => {
    it('joins small blocks, and drops what lies behind the newest or is too old', async () => {
      const ledger = new IdLedger();
      for (let i = 1; i <= 600; i++) await claim(ledger, holding(i));
      await tidyBlocks(pool, 1_000_000, 1e12);
      const blocks = await pool.query<{ n: number; ids: number }>(
        'select count(*)::int as n, sum(ids)::int as ids from id_block',
      );
      expect(blocks.rows[0]).toEqual({ n: 101, ids: 600 });
      const fresh = new IdLedger();
      for (let i = 1; i <= 600; i++) expect(await knows(fresh, i)).toBe(true);
      await claim(fresh, holding(601));
      await tidyBlocks(pool, 50, 1e12);
      const newest = new IdLedger(50);
      expect(await knows(newest, 601)).toBe(true);
      await tidyBlocks(pool, 50, 0);
      const none = await pool.query('select 1 from id_block');
      expect(none.rowCount).toBe(0);
    });
  });
});
