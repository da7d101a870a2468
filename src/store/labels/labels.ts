import type { LabelRank } from '../../core/events/effective-label.ts';
import { LabelColumns, OFFSET_DIGITS } from '../../core/events/label-columns.ts';
import {
  codedTextArray,
  float8Array,
  int4Array,
  int8Array,
  numberedTextArray,
  textArray,
  timestampArray,
} from '../connection/binary-array.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import { utcDay } from '../predictions/partitions.ts';
import type { Tx } from '../connection/pool.ts';

/** Labels wait here until the joiner takes them to their predictions. `which`: indices of those that do. */
export async function parkLabels(tx: Tx, labels: LabelColumns, which: readonly number[]): Promise<void> {
  if (which.length === 0) return;
  await tx.query(
    `insert into pending_label (model_id, id_hash, prediction_id, label, label_value, label_source, label_final,
                                label_at, label_position)
     select m, h, i, l, n, s, f = 1, a, q
     from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::int[], $7::int[],
                 $8::timestamptz[], $9::text[]) as t (m, h, i, l, n, s, f, a, q)`,
    [
      ...keyArrays(labels, which),
      textArray(which.map((at) => labels.predictionId(at))),
      ...valueArrays(labels, which),
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

/** Labels that have waited: those of `ids` at their places. */
export interface DueLabels {
  readonly labels: LabelColumns;
  readonly ids: readonly number[];
  readonly receivedAtMs: readonly number[];
}

/** Takes waiting labels for this transaction; other joiners take others. */
export async function takeDueLabels(tx: Tx, limit: number): Promise<DueLabels> {
  const found = await tx.query<
    StoredLabel & { readonly id: number; readonly modelId: number; readonly receivedAtMs: number }
  >(
    `select id, model_id as "modelId", ${LABEL_COLUMNS}, ${epochMs('received_at')} as "receivedAtMs"
     from pending_label where next_try_at <= now() order by next_try_at, id limit $1 for update skip locked`,
    [limit],
  );
  const labels = new LabelColumns();
  for (const { label, labelValue, idHash, ...row } of found.rows)
    labels.addKept({ ...row, idHash: BigInt(idHash), label: label ?? labelValue ?? '' });
  return {
    labels,
    ids: found.rows.map(({ id }) => id),
    receivedAtMs: found.rows.map(({ receivedAtMs }) => receivedAtMs),
  };
}

const LABEL_COLUMNS = `id_hash::text as "idHash", label, label_value as "labelValue", label_source as "sourceRank",
  label_final as final, ${epochMs('label_at')} as "atMs", label_position as position`;

/** A label is a text or a number. */
interface StoredLabel extends LabelRank {
  readonly idHash: string;
  readonly label: string | null;
  readonly labelValue: number | null;
}

/** Labels that are to count, each with its prediction. */
export interface LabelWrites {
  readonly labels: LabelColumns;
  /** Which of them. */
  readonly which: readonly number[];
  /** Of their predictions. */
  readonly modelVersionIds: readonly number[];
  readonly eventMs: readonly number[];
}

export interface CountingLabel extends LabelRank {
  readonly label: string | number;
}

/**
 * Stores the first labels of predictions, one each. A prediction that has one already is left as it is; one that another
 * transaction is labelling is waited for. Always in one order, so that two transactions never wait for each other.
 *
 * @returns by index in `writes.which`: which of them were stored. Null: all
 */
export async function addFirstLabels(
  tx: Tx,
  writes: LabelWrites,
): Promise<((index: number) => boolean) | null> {
  const { labels, which } = writes;
  if (which.length === 0) return null;
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
    labelArrays(writes),
  );
  const names = added.rows[0]?.names ?? null;
  if (names === null) return null;
  const stored = new Set(names);
  return (index) => {
    const at = which[index] ?? 0;
    return stored.has(`${labels.modelIds[at]}/${labels.idHash(at)}`);
  };
}

/** The labels that count for these predictions, locked until the transaction ends; null: there is none. */
export async function lockLabels(tx: Tx, writes: LabelWrites): Promise<(CountingLabel | null)[]> {
  const { labels, which, eventMs } = writes;
  if (which.length === 0) return [];
  const found = await tx.query<StoredLabel & { modelId: number; day: string }>(
    `select model_id as "modelId", to_char(event_day, 'YYYY-MM-DD') as day, ${LABEL_COLUMNS}
     from prediction_label
     where (model_id, id_hash, event_day) in (
       select m, h, (e at time zone 'UTC')::date from unnest($1::int[], $2::bigint[], $3::timestamptz[]) as i (m, h, e)
     )
     -- By the text, as the release before does: with two orders two writers would wait for each other.
     order by model_id, id_hash::text, event_day
     for no key update`,
    [...keyArrays(labels, which), timestampArray(which.length, (i) => eventMs[i] ?? 0)],
  );
  const byName = new Map(
    found.rows.map(({ modelId, idHash, day, label, labelValue, ...rank }) => [
      `${modelId}/${idHash}/${day}`,
      { ...rank, label: label ?? labelValue ?? '' },
    ]),
  );
  return which.map((at, i) => {
    const name = `${labels.modelIds[at]}/${labels.idHash(at)}/${utcDay(eventMs[i] ?? 0)}`;
    return byName.get(name) ?? null;
  });
}

/** Puts other labels in the place of those that counted. They must be locked. */
export async function replaceLabels(tx: Tx, writes: LabelWrites): Promise<void> {
  if (writes.which.length === 0) return;
  await tx.query(
    `update prediction_label p set label = t.l, label_value = t.n, label_source = t.s, label_final = t.f = 1,
       label_at = t.a, label_position = t.q
     from ${LABELS}
     where p.model_id = t.m and p.id_hash = t.h and p.event_day = (t.e at time zone 'UTC')::date`,
    labelArrays(writes),
  );
}

const LABELS = `unnest($1::int[], $2::bigint[], $3::int[], $4::timestamptz[], $5::text[], $6::float8[], $7::int[],
  $8::int[], $9::timestamptz[], $10::text[]) as t (m, h, v, e, l, n, s, f, a, q)`;

function labelArrays({ labels, which, modelVersionIds, eventMs }: LabelWrites): Buffer[] {
  return [
    ...keyArrays(labels, which),
    int4Array(which.length, (i) => modelVersionIds[i] ?? 0),
    timestampArray(which.length, (i) => eventMs[i] ?? 0),
    ...valueArrays(labels, which),
  ];
}

/** Models and hashes. */
function keyArrays({ modelIds, highs, lows }: LabelColumns, which: readonly number[]): Buffer[] {
  return [
    int4Array(which.length, (i) => modelIds[which[i] ?? 0] ?? 0),
    int8Array(
      which.length,
      (i) => highs[which[i] ?? 0] ?? 0,
      (i) => lows[which[i] ?? 0] ?? 0,
    ),
  ];
}

/** Text, number, source, whether it is final, time and position. */
function valueArrays(labels: LabelColumns, which: readonly number[]): Buffer[] {
  const rows = which.length;
  return [
    codedTextArray(labels.texts, rows, (i) => labels.codes[which[i] ?? 0] ?? -1),
    float8Array(rows, (i) => labels.numbers[which[i] ?? 0] ?? Number.NaN),
    int4Array(rows, (i) => labels.sourceRank(which[i] ?? 0)),
    int4Array(rows, (i) => (labels.isFinal(which[i] ?? 0) ? 1 : 0)),
    timestampArray(rows, (i) => labels.atMs[which[i] ?? 0] ?? 0),
    positionArray(labels, which),
  ];
}

/** As `labels.position` spells them, without a string each. */
function positionArray(labels: LabelColumns, which: readonly number[]): Buffer {
  const offsets = Float64Array.from(which, (at) => Number(labels.offset(at)));
  const areExact = offsets.every((offset) => offset >= 0 && offset <= Number.MAX_SAFE_INTEGER);
  if (!areExact) return textArray(which.map((at) => labels.position(at)));
  return numberedTextArray(
    labels.logs,
    which.length,
    (i) => labels.logCode(which[i] ?? 0),
    OFFSET_DIGITS,
    (i) => offsets[i] ?? 0,
  );
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
