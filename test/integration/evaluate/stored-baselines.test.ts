import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { StoredBaselines } from '../../../src/pipeline/evaluate/stored-baselines.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

describeWith(['postgres'], 'remembered baselines', () => {
  let pool: Pool;
  let versionId: number;
  beforeAll(async () => {
    const { url } = await createDatabase('stored_baselines');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    const catalog = await ModelCatalog.open(pool, [modelSpec({ name: 'm' })]);
    const model = catalog.model('m');
    versionId = (model === null ? null : await catalog.versionId(model, '1')) ?? 0;
  });
  afterAll(async () => await pool.end());

  let revision = 0;
  const store = async (profile: Buffer, sample: Buffer | null): Promise<number> => {
    revision += 1;
    const found = await pool.query<{ id: number }>(
      `insert into baseline (model_version_id, revision, source, rows, checksum, summary, profile, sample)
       values ($1, $2, '{}', 1, $3, '{}', $4, $5) returning id`,
      [versionId, revision, `c${revision}`, profile, sample],
    );
    return found.rows[0]?.id ?? 0;
  };

  it('are what is stored, however large, in memory that threads share', async () => {
    const [profile, sample] = [randomBytes(3), randomBytes(1_700_000)];
    const baselines = new StoredBaselines(pool);
    const found = await baselines.load(await store(profile, sample));
    expect(profile.equals(found.profile)).toBe(true);
    expect(found.sample !== null && sample.equals(found.sample)).toBe(true);
    expect(found.sample?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect((await baselines.load(await store(randomBytes(600_000), null))).sample).toBeNull();
  });

  it('are read once, as long as there is room for them', async () => {
    const ids = [
      await store(randomBytes(400), null),
      await store(randomBytes(400), null),
      await store(randomBytes(400), null),
    ] as const;
    const baselines = new StoredBaselines(pool, 1_000);
    const first = await baselines.load(ids[0]);
    const second = await baselines.load(ids[1]);
    expect(await baselines.load(ids[0])).toBe(first);
    await baselines.load(ids[2]);
    // The second was asked for least lately.
    expect(await baselines.load(ids[0])).toBe(first);
    expect(await baselines.load(ids[1])).not.toBe(second);
  });

  it('that were overtaken while they were read do not count against the room', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(async () => await store(randomBytes(900), null)));
    const baselines = new StoredBaselines(pool, 1_000);
    await Promise.all(ids.map(async (id) => await baselines.load(id)));
    const last = await baselines.load(ids[0] ?? 0);
    expect(await baselines.load(ids[0] ?? 0)).toBe(last);
    const small = await store(randomBytes(50), null);
    const kept = await baselines.load(small);
    // Both fit: 950 of 1,000 bytes.
    expect(await baselines.load(ids[0] ?? 0)).toBe(last);
    expect(await baselines.load(small)).toBe(kept);
  });

  it('that are not there are looked for again', async () => {
    const baselines = new StoredBaselines(pool);
    await expect(baselines.load(999_999)).rejects.toThrow('baseline 999999 does not exist');
    await expect(baselines.load(999_999)).rejects.toThrow('baseline 999999 does not exist');
  });
});
