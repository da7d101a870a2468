import { int8Array } from '../connection/binary-array.ts';
import { epochMs } from '../connection/epoch-ms.ts';
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
  const found = await db.query<
    Omit<EffectiveLabel, 'value'> & { idHash: string; label: string | null; labelValue: number | null }
  >(
    `select id_hash::text as "idHash", label, label_value as "labelValue", label_source as "sourceRank",
       label_final as final, ${epochMs('label_at')} as "atMs"
     from prediction_label
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
    found.rows.map(({ idHash, label, labelValue, ...row }) => [
      BigInt(idHash),
      { ...row, value: label ?? labelValue ?? '' },
    ]),
  );
}
