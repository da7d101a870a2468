import { keyGeneration } from './key-generations.ts';
import type { Tx } from './pool.ts';
import { storableJson } from './storable-json.ts';

export const KEY_KIND = { prediction: 0, features: 1 } as const;

export interface KeyClaim {
  readonly modelId: number;
  readonly kind: 0 | 1;
  readonly idHash: bigint;
  readonly eventMs: number;
}

/**
 * Claims ids: the first transaction to claim one owns it. Returns the claims that lost, by index. Keys are
 * inserted in one order everywhere, so that two transactions wait for each other instead of deadlocking. An id
 * whose repetition carries another time is looked for in the other generations too; only two transactions that
 * claim it in two generations at the same moment do not see each other.
 */
export async function claimKeys(tx: Tx, claims: readonly KeyClaim[]): Promise<Set<number>> {
  if (claims.length === 0) return new Set();
  const won = await tx.query<{ model_id: number; kind: number; id_hash: string }>(
    `insert into prediction_key (model_id, kind, id_hash, generation, event_at)
     select m, k, h, g, t
     from unnest($1::int[], $2::smallint[], $3::bigint[], $4::int[], $5::timestamptz[]) as c (m, k, h, g, t)
     where not exists (
       select from prediction_key o where o.model_id = m and o.kind = k and o.id_hash = h and o.generation <> g
     )
     order by m, k, h
     on conflict do nothing
     returning model_id, kind, id_hash::text`,
    [
      claims.map((claim) => claim.modelId),
      claims.map((claim) => claim.kind),
      claims.map((claim) => claim.idHash.toString()),
      claims.map((claim) => keyGeneration(claim.eventMs)),
      claims.map((claim) => new Date(claim.eventMs)),
    ],
  );
  const owned = new Set(won.rows.map((row) => `${row.model_id} ${row.kind} ${row.id_hash}`));
  const lost = new Set<number>();
  claims.forEach((claim, index) => {
    if (!owned.has(`${claim.modelId} ${claim.kind} ${claim.idHash}`)) lost.add(index);
  });
  return lost;
}

export interface StoredChunk {
  readonly modelVersionId: number;
  readonly day: string;
  readonly rows: number;
  readonly data: Uint8Array;
}

/** Stores chunks of features; returns their ids in the same order. */
export async function insertChunks(tx: Tx, chunks: readonly StoredChunk[]): Promise<number[]> {
  const ids: number[] = [];
  for (const chunk of chunks) {
    const saved = await tx.query<{ id: number }>(
      'insert into prediction_chunk (model_version_id, event_day, rows, data) values ($1, $2, $3, $4) returning id',
      [chunk.modelVersionId, chunk.day, chunk.rows, Buffer.from(chunk.data)],
    );
    const id = saved.rows[0]?.id;
    if (id === undefined) throw new Error('insert of a chunk returned nothing');
    ids.push(id);
  }
  return ids;
}

export interface StoredPrediction {
  readonly modelVersionId: number;
  readonly idHash: bigint;
  readonly predictionId: string | null;
  readonly eventMs: number;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly holdout: boolean;
  readonly segments: readonly string[];
  readonly chunkId: number | null;
  readonly chunkRow: number | null;
}

export async function insertPredictions(tx: Tx, rows: readonly StoredPrediction[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into prediction (model_version_id, id_hash, prediction_id, event_at, class, value, score, holdout,
                             segments, chunk_id, chunk_row)
     select v, h, i, t, c, n, s, o, array(select jsonb_array_elements_text(g)), k, r
     from unnest($1::int[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::float8[], $7::float8[],
                 $8::bool[], $9::jsonb[], $10::bigint[], $11::int[]) as p (v, h, i, t, c, n, s, o, g, k, r)`,
    [
      rows.map((row) => row.modelVersionId),
      rows.map((row) => row.idHash.toString()),
      rows.map((row) => row.predictionId),
      rows.map((row) => new Date(row.eventMs)),
      rows.map((row) => (typeof row.prediction === 'string' ? row.prediction : null)),
      rows.map((row) => (typeof row.prediction === 'number' ? row.prediction : null)),
      rows.map((row) => row.score),
      rows.map((row) => row.holdout),
      rows.map((row) => storableJson(row.segments)),
      rows.map((row) => row.chunkId),
      rows.map((row) => row.chunkRow),
    ],
  );
}

export interface StoredFeatureRow {
  readonly modelVersionId: number;
  readonly idHash: bigint;
  readonly eventMs: number;
  readonly chunkId: number;
  readonly chunkRow: number;
}

export async function insertFeatureRows(tx: Tx, rows: readonly StoredFeatureRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into prediction_features (model_version_id, id_hash, event_at, chunk_id, chunk_row)
     select * from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::int[])`,
    [
      rows.map((row) => row.modelVersionId),
      rows.map((row) => row.idHash.toString()),
      rows.map((row) => new Date(row.eventMs)),
      rows.map((row) => row.chunkId),
      rows.map((row) => row.chunkRow),
    ],
  );
}
