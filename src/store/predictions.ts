import { float8Array, int4Array, int8Array, textArray, timestampArray } from './binary-array.ts';
import { keyGeneration } from './key-generations.ts';
import type { Tx } from './pool.ts';
import { storableJson } from './storable-json.ts';

export const KEY_KIND = { prediction: 0, features: 1 } as const;

/** Rows of one version, log and UTC day, as columns of one length. */
export interface RowColumns {
  readonly type: 'prediction' | 'features';
  readonly modelId: number;
  readonly modelVersionId: number;
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** 64-bit hashes. */
  readonly ids: {
    readonly length: number;
    high(index: number): number;
    low(index: number): number;
  };
  readonly predictionIds: readonly (string | null)[];
  readonly eventMs: readonly number[];
  readonly classes: readonly (string | null)[];
  /** NaN is null, here and in `scores`. */
  readonly values: readonly number[];
  readonly scores: readonly number[];
  readonly holdouts: readonly boolean[];
  readonly segments: readonly (readonly string[])[];
}

export interface IdHalves {
  readonly high: number;
  readonly low: number;
}

/**
 * Claims the ids of rows that are kept: the first transaction to claim one owns it, for as long as keys are remembered.
 * Keys are inserted in one order everywhere, so that two transactions wait for each other instead of deadlocking. An id
 * whose repetition carries another time is looked for in the other generations too; only two transactions that claim it
 * in two generations at the same moment do not see each other.
 *
 * @returns the ids that were claimed before
 */
export async function claimKeys(tx: Tx, rows: RowColumns): Promise<IdHalves[]> {
  const { ids, predictionIds, eventMs } = rows;
  const claiming = predictionIds.flatMap((id, index) => (id === null ? [] : index));
  if (claiming.length === 0) return [];
  const at = (index: number): number => claiming[index] ?? 0;
  const lost = await tx.query<{ id_hash: string }>(
    `with claims as (
       select h, t from unnest($1::bigint[], $2::timestamptz[]) as c (h, t)
     ), won as (
       insert into prediction_key (model_id, kind, id_hash, generation, event_at, model_version_id)
       select $3, $4, h, $5, t, $6 from claims
       where not exists (
         select from prediction_key o
         where o.model_id = $3 and o.kind = $4 and o.id_hash = h and o.generation <> $5
       )
       order by h
       on conflict do nothing
       returning id_hash
     )
     select h::text as id_hash from claims where not exists (select from won where won.id_hash = h)`,
    [
      int8Array(
        claiming.length,
        (index) => ids.high(at(index)),
        (index) => ids.low(at(index)),
      ),
      timestampArray(claiming.length, (index) => eventMs[at(index)] ?? 0),
      rows.modelId,
      KEY_KIND[rows.type],
      keyGeneration(Date.parse(`${rows.day}T00:00:00Z`)),
      rows.modelVersionId,
    ],
  );
  return lost.rows.map(({ id_hash }) => halves(BigInt(id_hash)));
}

function halves(hash: bigint): IdHalves {
  return { high: Number(BigInt.asIntN(32, hash >> 32n)), low: Number(BigInt.asIntN(32, hash)) };
}

/** Stores the features of rows as one chunk; returns its id. */
export async function insertChunk(tx: Tx, rows: RowColumns, data: Uint8Array): Promise<number> {
  const saved = await tx.query<{ id: number }>(
    'insert into prediction_chunk (model_version_id, event_day, rows, data) values ($1, $2, $3, $4) returning id',
    [rows.modelVersionId, rows.day, rows.ids.length, Buffer.from(data)],
  );
  const id = saved.rows[0]?.id;
  if (id === undefined) throw new Error('insert of a chunk returned nothing');
  return id;
}

export async function insertPredictions(tx: Tx, rows: RowColumns, chunkId: number): Promise<void> {
  const { ids, eventMs, values, scores } = rows;
  const length = ids.length;
  await tx.query(
    `insert into prediction (model_version_id, id_hash, prediction_id, event_at, class, value, score, holdout,
                             segments, chunk_id, chunk_row)
     select $1, h, i, t, c, n, s, o = 1,
       case when g is null then '{}' else array(select jsonb_array_elements_text(g::jsonb)) end, $2, r - 1
     from unnest($3::bigint[], $4::text[], $5::timestamptz[], $6::text[], $7::float8[], $8::float8[], $9::int[],
                 $10::text[]) with ordinality as p (h, i, t, c, n, s, o, g, r)`,
    [
      rows.modelVersionId,
      chunkId,
      int8Array(
        length,
        (index) => ids.high(index),
        (index) => ids.low(index),
      ),
      textArray(rows.predictionIds),
      timestampArray(length, (index) => eventMs[index] ?? 0),
      textArray(rows.classes),
      float8Array(length, (index) => values[index] ?? Number.NaN),
      float8Array(length, (index) => scores[index] ?? Number.NaN),
      int4Array(length, (index) => (rows.holdouts[index] === true ? 1 : 0)),
      textArray(jsonOfEach(rows.segments)),
    ],
  );
}

/** Rows of one segment share one array: it is written once. */
function jsonOfEach(segments: readonly (readonly string[])[]): (string | null)[] {
  const known = new Map<readonly string[], string | null>();
  return segments.map((names) => {
    let json = known.get(names);
    if (json === undefined) {
      json = names.length === 0 ? null : storableJson(names);
      known.set(names, json);
    }
    return json;
  });
}

/** Features logged apart from predictions, found by the same hash. */
export async function insertFeatureRows(tx: Tx, rows: RowColumns, chunkId: number): Promise<void> {
  const { ids, eventMs } = rows;
  await tx.query(
    `insert into prediction_features (model_version_id, id_hash, event_at, chunk_id, chunk_row)
     select $1, h, t, $2, r - 1 from unnest($3::bigint[], $4::timestamptz[]) with ordinality as p (h, t, r)`,
    [
      rows.modelVersionId,
      chunkId,
      int8Array(
        ids.length,
        (index) => ids.high(index),
        (index) => ids.low(index),
      ),
      timestampArray(ids.length, (index) => eventMs[index] ?? 0),
    ],
  );
}
