import { int8Array } from '../connection/binary-array.ts';
import type { Queryable } from '../connection/pool.ts';

export interface EffectiveLabel {
  readonly value: string | number;
  /** Index into LABEL_SOURCES. */
  readonly sourceRank: number;
  readonly final: boolean;
  readonly atMs: number;
}

/** The labels that count of predictions of one UTC day, by id hash; those that have none are missing. */
export async function effectiveLabels(
  db: Queryable,
  modelId: number,
  day: string,
  hashes: readonly { readonly high: number; readonly low: number }[],
): Promise<Map<bigint, EffectiveLabel>> {
  if (hashes.length === 0) return new Map();
  const found = await db.query<{
    id_hash: string;
    label: string | null;
    label_value: number | null;
    label_source: number;
    label_final: boolean;
    label_at: Date;
  }>(
    `select id_hash::text, label, label_value, label_source, label_final, label_at from prediction_label
     where model_id = $1 and event_day = $2::date and id_hash = any($3::bigint[])`,
    [
      modelId,
      day,
      int8Array(
        hashes.length,
        (i) => hashes[i]?.high ?? 0,
        (i) => hashes[i]?.low ?? 0,
      ),
    ],
  );
  return new Map(
    found.rows.map((row) => [
      BigInt(row.id_hash),
      {
        value: row.label ?? row.label_value ?? '',
        sourceRank: row.label_source,
        final: row.label_final,
        atMs: row.label_at.getTime(),
      },
    ]),
  );
}
