import { createHash } from 'node:crypto';
import type { Pool, Queryable } from '../connection/pool.ts';
import { expectNothingForgotten, inTransaction } from '../connection/pool.ts';

export interface NewBaseline {
  readonly modelVersionId: number;
  readonly source: object;
  readonly rows: number;
  readonly summary: object;
  readonly profile: Uint8Array;
  readonly sample: Uint8Array | null;
  /** How much was forgotten when it was made. Absent: it names nothing that could be. */
  readonly asOf?: number;
}

export interface SavedBaseline {
  readonly id: number;
  readonly revision: number;
  readonly checksum: string;
  /** The newest baseline already was this one: nothing was written. */
  readonly unchanged: boolean;
}

/**
 * Adds a revision, unless the newest one has the same profile and the same rows: an older release kept less with its rows than
 * this one, and the same file then brings it. Baselines are never changed or overwritten.
 */
export async function saveBaseline(pool: Pool, baseline: NewBaseline): Promise<SavedBaseline> {
  const checksum = createHash('sha256').update(baseline.profile).digest('hex');
  return await inTransaction(pool, async (tx) => {
    if (baseline.asOf !== undefined) expectNothingForgotten(tx, baseline.asOf);
    // One writer a version at a time, or two would pick the same revision.
    await tx.query('select 1 from model_version where id = $1 for update', [baseline.modelVersionId]);
    const sample = baseline.sample === null ? null : Buffer.from(baseline.sample);
    const newest = await tx.query<{ id: number; revision: number; checksum: string; sameSample: boolean }>(
      `select id, revision, checksum, sample is not distinct from $2::bytea as "sameSample"
       from baseline where model_version_id = $1 order by revision desc limit 1`,
      [baseline.modelVersionId, sample],
    );
    const last = newest.rows[0];
    if (last?.checksum === checksum && last.sameSample)
      return { id: last.id, revision: last.revision, checksum, unchanged: true };
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
        sample,
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

/** A profile and the rows kept of it, which threads may read where they lie. */
export interface SharedBaseline {
  readonly profile: Uint8Array<SharedArrayBuffer>;
  readonly sample: Uint8Array<SharedArrayBuffer> | null;
}

/** The driver takes eight times as much for a moment: what comes as text, and the buffer it grew in. */
const PIECE_BYTES = 512 * 1024;

export async function loadBaseline(db: Queryable, id: number): Promise<SharedBaseline> {
  const found = await db.query<{ profileBytes: number; sampleBytes: number | null }>(
    `select octet_length(profile) as "profileBytes", octet_length(sample) as "sampleBytes" from baseline where id = $1`,
    [id],
  );
  const row = found.rows[0];
  if (row === undefined) throw new Error(`baseline ${id} does not exist`);
  return {
    profile: await loadInPieces(db, 'profile', id, row.profileBytes),
    sample: row.sampleBytes === null ? null : await loadInPieces(db, 'sample', id, row.sampleBytes),
  };
}

async function loadInPieces(
  db: Queryable,
  column: 'profile' | 'sample',
  id: number,
  length: number,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const found = await db.query<{ piece: Uint8Array }>(
      `select substring(${column} from $2 for $3) as piece from baseline where id = $1`,
      [id, at + 1, PIECE_BYTES],
    );
    const piece = found.rows[0]?.piece;
    if (piece === undefined) throw new Error(`baseline ${id} was deleted while it was read`);
    bytes.set(piece, at);
  }
  return bytes;
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
