import type { LabelEvent } from '../../core/events/events.ts';
import { labelPositionKey, labelSourceRank, type LabelRank } from '../../core/events/effective-label.ts';
import { float8Array, int4Array, int8Array, textArray, timestampArray } from '../connection/binary-array.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import { utcDay } from '../predictions/partitions.ts';
import type { Tx } from '../connection/pool.ts';

export interface LabelToPark {
  readonly event: LabelEvent;
  readonly idHash: bigint;
  readonly modelId: number;
}

/** Labels wait here until the joiner takes them to their predictions. */
export async function parkLabels(tx: Tx, labels: readonly LabelToPark[]): Promise<void> {
  if (labels.length === 0) return;
  const rows = labels.length;
  await tx.query(
    `insert into pending_label (model_id, id_hash, prediction_id, label, label_value, label_source, label_final,
                                label_at, label_position)
     select m, h, i, l, n, s, f = 1, a, q
     from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::int[], $7::int[],
                 $8::timestamptz[], $9::text[]) as t (m, h, i, l, n, s, f, a, q)`,
    [
      int4Array(rows, (i) => labels[i]?.modelId ?? 0),
      hashArray(labels),
      textArray(labels.map((label) => label.event.predictionId)),
      textArray(labels.map(({ event }) => (typeof event.label === 'string' ? event.label : null))),
      float8Array(rows, (i) => numberOf(labels[i]?.event.label)),
      int4Array(rows, (i) => labelSourceRank(labels[i]?.event.labelSource ?? 'natural')),
      int4Array(rows, (i) => (labels[i]?.event.final === true ? 1 : 0)),
      timestampArray(rows, (i) => labels[i]?.event.timestampMs ?? 0),
      textArray(
        labels.map(({ event: { position } }) =>
          labelPositionKey(position.source, position.partition, position.offset),
        ),
      ),
    ],
  );
}

/** Labels that waited for these predictions are tried at the next sweep instead of after their back-off. */
export async function wakeLabels(
  tx: Tx,
  modelId: number,
  ids: { readonly length: number; high(index: number): number; low(index: number): number },
): Promise<void> {
  const waiting = await tx.query(
    'select 1 from pending_label where model_id = $1 and next_try_at > now() limit 1',
    [modelId],
  );
  if (waiting.rowCount === 0) return;
  await tx.query(
    `update pending_label set next_try_at = now()
     where model_id = $1 and next_try_at > now() and id_hash = any($2::bigint[])`,
    [
      modelId,
      int8Array(
        ids.length,
        (index) => ids.high(index),
        (index) => ids.low(index),
      ),
    ],
  );
}

export interface DueLabel extends LabelRank {
  readonly id: number;
  readonly modelId: number;
  readonly idHash: bigint;
  readonly label: string | number;
  readonly receivedAtMs: number;
}

/** Takes waiting labels for this transaction; other joiners take others. */
export async function takeDueLabels(tx: Tx, limit: number): Promise<DueLabel[]> {
  const found = await tx.query<Omit<DueLabel, keyof StoredLabel> & StoredLabel>(
    `select id, model_id as "modelId", ${LABEL_COLUMNS}, ${epochMs('received_at')} as "receivedAtMs"
     from pending_label where next_try_at <= now() order by next_try_at, id limit $1 for update skip locked`,
    [limit],
  );
  return found.rows.map(({ label, labelValue, ...row }) => ({
    ...row,
    idHash: BigInt(row.idHash),
    label: label ?? labelValue ?? '',
  }));
}

const LABEL_COLUMNS = `id_hash::text as "idHash", label, label_value as "labelValue", label_source as "sourceRank",
  label_final as final, ${epochMs('label_at')} as "atMs", label_position as position`;

/** A label is a text or a number. */
interface StoredLabel extends LabelRank {
  readonly idHash: string;
  readonly label: string | null;
  readonly labelValue: number | null;
}

export interface LabelWrite extends LabelRank {
  readonly modelId: number;
  readonly modelVersionId: number;
  readonly idHash: bigint;
  readonly eventMs: number;
  readonly label: string | number;
}

export interface CountingLabel extends LabelRank {
  readonly label: string | number;
}

/**
 * Stores the first labels of predictions, one each. A prediction that has one already is left as it is; one that another
 * transaction is labelling is waited for. Always in one order, so that two transactions never wait for each other.
 *
 * @returns the indices of those that were stored
 */
export async function addFirstLabels(tx: Tx, writes: readonly LabelWrite[]): Promise<Set<number>> {
  if (writes.length === 0) return new Set();
  const added = await tx.query<{ names: string[] | null }>(
    `with added as (insert into prediction_label as l (model_id, id_hash, event_day, model_version_id, event_at, label, label_value,
       label_source, label_final, label_at, label_position)
     select m, h, (e at time zone 'UTC')::date, v, e, l, n, s, f = 1, a, q
     from ${LABELS} order by m, h, e
     on conflict do nothing
     returning model_id, id_hash)
     -- Nearly always it is all of them, and nothing has to be named.
     select case when count(*) < cardinality($1::int[]) then coalesce(array_agg(model_id || '/' || id_hash), '{}') end as names
     from added`,
    labelColumns(writes),
  );
  const names = added.rows[0]?.names ?? null;
  if (names === null) return new Set(writes.keys());
  const stored = new Set(names);
  return new Set(
    writes.flatMap(({ modelId, idHash }, index) => (stored.has(`${modelId}/${idHash}`) ? index : [])),
  );
}

/** The labels that count for these predictions, locked until the transaction ends; null: there is none. */
export async function lockLabels(
  tx: Tx,
  predictions: readonly { readonly modelId: number; readonly idHash: bigint; readonly eventMs: number }[],
): Promise<(CountingLabel | null)[]> {
  if (predictions.length === 0) return [];
  const found = await tx.query<StoredLabel & { modelId: number; day: string }>(
    `select model_id as "modelId", to_char(event_day, 'YYYY-MM-DD') as day, ${LABEL_COLUMNS}
     from prediction_label
     where (model_id, id_hash, event_day) in (
       select m, h, (e at time zone 'UTC')::date from unnest($1::int[], $2::bigint[], $3::timestamptz[]) as i (m, h, e)
     )
     -- By the text, as the release before does: with two orders two writers would wait for each other.
     order by model_id, id_hash::text, event_day
     for no key update`,
    [
      int4Array(predictions.length, (i) => predictions[i]?.modelId ?? 0),
      hashArray(predictions),
      timestampArray(predictions.length, (i) => predictions[i]?.eventMs ?? 0),
    ],
  );
  const byName = new Map(
    found.rows.map(({ modelId, idHash, day, label, labelValue, ...rank }) => [
      `${modelId}/${idHash}/${day}`,
      { ...rank, label: label ?? labelValue ?? '' },
    ]),
  );
  return predictions.map((prediction) => byName.get(nameOf(prediction)) ?? null);
}

/** Puts other labels in the place of those that counted. They must be locked. */
export async function replaceLabels(tx: Tx, writes: readonly LabelWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await tx.query(
    `update prediction_label p set label = t.l, label_value = t.n, label_source = t.s, label_final = t.f = 1,
       label_at = t.a, label_position = t.q
     from ${LABELS}
     where p.model_id = t.m and p.id_hash = t.h and p.event_day = (t.e at time zone 'UTC')::date`,
    labelColumns(writes),
  );
}

const LABELS = `unnest($1::int[], $2::bigint[], $3::int[], $4::timestamptz[], $5::text[], $6::float8[], $7::int[],
  $8::int[], $9::timestamptz[], $10::text[]) as t (m, h, v, e, l, n, s, f, a, q)`;

function labelColumns(writes: readonly LabelWrite[]): Buffer[] {
  const rows = writes.length;
  return [
    int4Array(rows, (i) => writes[i]?.modelId ?? 0),
    hashArray(writes),
    int4Array(rows, (i) => writes[i]?.modelVersionId ?? 0),
    timestampArray(rows, (i) => writes[i]?.eventMs ?? 0),
    textArray(writes.map(({ label }) => (typeof label === 'string' ? label : null))),
    float8Array(rows, (i) => numberOf(writes[i]?.label)),
    int4Array(rows, (i) => writes[i]?.sourceRank ?? 0),
    int4Array(rows, (i) => (writes[i]?.final === true ? 1 : 0)),
    timestampArray(rows, (i) => writes[i]?.atMs ?? 0),
    textArray(writes.map(({ position }) => position)),
  ];
}

function hashArray(of: readonly { readonly idHash: bigint }[]): Buffer {
  return int8Array(
    of.length,
    (i) => Number(BigInt.asIntN(32, (of[i]?.idHash ?? 0n) >> 32n)),
    (i) => Number(BigInt.asIntN(32, of[i]?.idHash ?? 0n)),
  );
}

const numberOf = (label: string | number | undefined): number =>
  typeof label === 'number' ? label : Number.NaN;

function nameOf({ modelId, idHash, eventMs }: { modelId: number; idHash: bigint; eventMs: number }): string {
  return `${modelId}/${idHash}/${utcDay(eventMs)}`;
}

export async function deletePendingLabels(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('delete from pending_label where id = any($1::bigint[])', [ids]);
}

/** A label without a prediction is tried again after 1 s, 2 s, 4 s … at most every hour. */
export async function deferPendingLabels(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update pending_label set tries = tries + 1,
       next_try_at = now() + least(3600, power(2, least(tries, 12))) * interval '1 second'
     where id = any($1::bigint[])`,
    [ids],
  );
}
