import type { RowProbabilities } from '../../core/events/events.ts';
import { int8Array } from '../connection/binary-array.ts';
import type { Queryable } from '../connection/pool.ts';

export interface StoredSampleRow {
  readonly idHash: bigint;
  readonly chunkId: number | null;
  readonly chunkRow: number | null;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly label: string | number | null;
  readonly holdout: boolean;
  readonly segments: readonly string[];
  readonly probabilities: RowProbabilities | null;
  readonly timestampMs: number;
}

export interface StoredSample {
  readonly rows: readonly StoredSampleRow[];
  /** Compressed feature values by chunk id: of rows made for the sample, whose ids are nobody else's. */
  readonly chunks: ReadonlyMap<number, Uint8Array>;
}

export interface SampledWindow {
  readonly modelVersionId: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Whose version it is; null: nobody's any more. */
export async function modelOfVersion(db: Queryable, modelVersionId: number): Promise<number | null> {
  const found = await db.query<{ modelId: number }>(
    'select model_id as "modelId" from model_version where id = $1',
    [modelVersionId],
  );
  return found.rows[0]?.modelId ?? null;
}

const LABELS = `select id_hash::text as "idHash", label, label_value as "labelValue" from prediction_label`;

interface LabelRow {
  readonly idHash: string;
  readonly label: string | null;
  readonly labelValue: number | null;
}

function byHash(rows: readonly LabelRow[]): Map<bigint, string | number | null> {
  return new Map(rows.map(({ idHash, label, labelValue }) => [BigInt(idHash), label ?? labelValue]));
}

/** Hashes of a window's labelled predictions, smallest first, and their labels. */
export async function smallestLabelled(
  db: Queryable,
  modelId: number,
  window: SampledWindow,
  limit: number,
): Promise<Map<bigint, string | number | null>> {
  const found = await db.query<LabelRow>(
    `${LABELS}
     where event_day between ($3::timestamptz at time zone 'UTC')::date and ($4::timestamptz at time zone 'UTC')::date
       and model_id = $1 and model_version_id = $2 and event_at >= $3 and event_at < $4
     order by prediction_label.id_hash limit $5`,
    [modelId, window.modelVersionId, new Date(window.startMs), new Date(window.endMs), limit],
  );
  return byHash(found.rows);
}

/** Labels of these predictions of these days; those that have none are missing. */
export async function labelsOf(
  db: Queryable,
  modelId: number,
  days: readonly string[],
  hashes: readonly { readonly high: number; readonly low: number }[],
): Promise<Map<bigint, string | number | null>> {
  if (hashes.length === 0) return new Map();
  const found = await db.query<LabelRow>(
    `${LABELS}
     where model_id = $1 and event_day = any($2::date[]) and id_hash = any($3::bigint[])`,
    [
      modelId,
      days,
      int8Array(
        hashes.length,
        (i) => hashes[i]?.high ?? 0,
        (i) => hashes[i]?.low ?? 0,
      ),
    ],
  );
  return byHash(found.rows);
}
