import { createHash } from 'node:crypto';
import type { Pool, Queryable } from './pool.ts';
import { inTransaction } from './pool.ts';

export interface NewBaseline {
  readonly modelVersionId: number;
  readonly source: object;
  readonly rows: number;
  readonly summary: object;
  readonly profile: Uint8Array;
  readonly sample: Uint8Array | null;
}

export interface SavedBaseline {
  readonly id: number;
  readonly revision: number;
  readonly checksum: string;
  /** The newest baseline already was this one: nothing was written. */
  readonly unchanged: boolean;
}

/** Adds a revision, unless the newest one has the same profile. Baselines are never changed or overwritten. */
export async function saveBaseline(pool: Pool, baseline: NewBaseline): Promise<SavedBaseline> {
  const checksum = createHash('sha256').update(baseline.profile).digest('hex');
  return await inTransaction(pool, async (tx) => {
    // One writer a version at a time, or two would pick the same revision.
    await tx.query('select 1 from model_version where id = $1 for update', [baseline.modelVersionId]);
    const newest = await tx.query<{ id: number; revision: number; checksum: string }>(
      `select id, revision, checksum from baseline where model_version_id = $1
       order by revision desc limit 1`,
      [baseline.modelVersionId],
    );
    const last = newest.rows[0];
    if (last?.checksum === checksum) return { ...last, unchanged: true };
    const saved = await tx.query<{ id: number; revision: number }>(
      `insert into baseline (model_version_id, revision, source, rows, checksum, summary, profile, sample)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id, revision`,
      [
        baseline.modelVersionId,
        (last?.revision ?? 0) + 1,
        JSON.stringify(baseline.source),
        baseline.rows,
        checksum,
        JSON.stringify(baseline.summary),
        Buffer.from(baseline.profile),
        baseline.sample === null ? null : Buffer.from(baseline.sample),
      ],
    );
    const row = saved.rows[0];
    if (row === undefined) throw new Error('insert of a baseline returned nothing');
    return { ...row, checksum, unchanged: false };
  });
}

export async function loadBaselineProfile(db: Queryable, id: number): Promise<Uint8Array> {
  const found = await db.query<{ profile: Uint8Array }>('select profile from baseline where id = $1', [id]);
  const row = found.rows[0];
  if (row === undefined) throw new Error(`baseline ${id} does not exist`);
  return row.profile;
}

/** Null: the version has no baseline. */
export async function loadNewestBaselineProfile(
  db: Queryable,
  modelVersionId: number,
): Promise<Uint8Array | null> {
  const found = await db.query<{ profile: Uint8Array }>(
    'select profile from baseline where model_version_id = $1 order by revision desc limit 1',
    [modelVersionId],
  );
  return found.rows[0]?.profile ?? null;
}

export async function loadBaselineSample(db: Queryable, id: number): Promise<Uint8Array | null> {
  const found = await db.query<{ sample: Uint8Array | null }>('select sample from baseline where id = $1', [
    id,
  ]);
  return found.rows[0]?.sample ?? null;
}

/** The newest baseline of each of the versions of a model that got one last. */
export async function newestBaselines(db: Queryable, modelId: number, most: number): Promise<number[]> {
  const found = await db.query<{ id: number }>(
    `select max(b.id) as id from baseline b join model_version v on v.id = b.model_version_id
     where v.model_id = $1 group by v.id order by max(b.id) desc limit $2`,
    [modelId, most],
  );
  return found.rows.map(({ id }) => id);
}
