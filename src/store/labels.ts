import type { LabelEvent } from '../core/events.ts';
import { labelPositionKey, labelSourceRank, type LabelRank } from '../core/effective-label.ts';
import { int8Array } from './binary-array.ts';
import type { Tx } from './pool.ts';

export interface LabelToPark {
  readonly event: LabelEvent;
  readonly idHash: bigint;
  readonly modelId: number;
}

/** Every label waits here first; the joiner takes it to its prediction. */
export async function parkLabels(tx: Tx, labels: readonly LabelToPark[]): Promise<void> {
  if (labels.length === 0) return;
  await tx.query(
    `insert into pending_label (model_id, id_hash, prediction_id, label, label_value, label_source, label_final,
                                label_at, label_position)
     select * from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::smallint[],
                          $7::bool[], $8::timestamptz[], $9::text[])`,
    [
      labels.map((label) => label.modelId),
      labels.map((label) => label.idHash.toString()),
      labels.map((label) => label.event.predictionId),
      labels.map(({ event }) => (typeof event.label === 'string' ? event.label : null)),
      labels.map(({ event }) => (typeof event.label === 'number' ? event.label : null)),
      labels.map(({ event }) => labelSourceRank(event.labelSource)),
      labels.map(({ event }) => event.final),
      labels.map(({ event }) => new Date(event.timestampMs)),
      labels.map(({ event: { position } }) =>
        labelPositionKey(position.source, position.partition, position.offset),
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
  const found = await tx.query<{
    id: number;
    model_id: number;
    id_hash: string;
    label: string | null;
    label_value: number | null;
    label_source: number;
    label_final: boolean;
    label_at: Date;
    label_position: string;
    received_at: Date;
  }>(
    `select id, model_id, id_hash::text, label, label_value, label_source, label_final, label_at, label_position,
       received_at
     from pending_label where next_try_at <= now() order by next_try_at, id limit $1 for update skip locked`,
    [limit],
  );
  return found.rows.map((row) => ({
    id: row.id,
    modelId: row.model_id,
    idHash: BigInt(row.id_hash),
    label: row.label ?? row.label_value ?? '',
    receivedAtMs: row.received_at.getTime(),
    sourceRank: row.label_source,
    final: row.label_final,
    atMs: row.label_at.getTime(),
    position: row.label_position,
  }));
}

export interface LabelledPrediction {
  readonly modelId: number;
  readonly modelVersionId: number;
  readonly idHash: bigint;
  readonly eventMs: number;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly segments: readonly string[];
  readonly current: (LabelRank & { readonly label: string | number }) | null;
}

/**
 * The predictions of these ids, locked: two labels of one prediction in two transactions wait for each other,
 * and the second sees what the first wrote. Locked in one order, so that they cannot deadlock.
 */
export async function lockPredictions(
  tx: Tx,
  ids: readonly { modelId: number; idHash: bigint }[],
): Promise<LabelledPrediction[]> {
  if (ids.length === 0) return [];
  const found = await tx.query<{
    model_id: number;
    model_version_id: number;
    id_hash: string;
    event_at: Date;
    class: string | null;
    value: number | null;
    score: number | null;
    segments: string[];
    label: string | null;
    label_value: number | null;
    label_source: number | null;
    label_final: boolean | null;
    label_at: Date | null;
    label_position: string | null;
  }>(
    `select k.model_id, p.model_version_id, p.id_hash::text, p.event_at, p.class, p.value, p.score, p.segments,
       p.label, p.label_value, p.label_source, p.label_final, p.label_at, p.label_position
     from (select distinct m, h from unnest($1::int[], $2::bigint[]) as i (m, h)) i
     join prediction_key k on k.model_id = i.m and k.kind = 0 and k.id_hash = i.h
     join prediction p on p.model_version_id = k.model_version_id and p.event_at = k.event_at and p.id_hash = i.h
     order by i.m, i.h
     for no key update of p`,
    [ids.map((id) => id.modelId), ids.map((id) => id.idHash.toString())],
  );
  return found.rows.map((row) => ({
    modelId: row.model_id,
    modelVersionId: row.model_version_id,
    idHash: BigInt(row.id_hash),
    eventMs: row.event_at.getTime(),
    prediction: row.class ?? row.value,
    score: row.score,
    segments: row.segments,
    current:
      row.label_source === null
        ? null
        : {
            label: row.label ?? row.label_value ?? '',
            sourceRank: row.label_source,
            final: row.label_final ?? false,
            atMs: row.label_at?.getTime() ?? 0,
            position: row.label_position ?? '',
          },
  }));
}

export interface LabelWrite extends LabelRank {
  readonly modelVersionId: number;
  readonly idHash: bigint;
  readonly eventMs: number;
  readonly label: string | number;
}

export async function writeLabels(tx: Tx, writes: readonly LabelWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await tx.query(
    `update prediction p set label = t.l, label_value = t.n, label_source = t.s, label_final = t.f,
       label_at = t.a, label_position = t.q
     from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::text[], $5::float8[], $6::smallint[], $7::bool[],
                 $8::timestamptz[], $9::text[]) as t (v, h, e, l, n, s, f, a, q)
     where p.model_version_id = t.v and p.id_hash = t.h and p.event_at = t.e`,
    [
      writes.map((write) => write.modelVersionId),
      writes.map((write) => write.idHash.toString()),
      writes.map((write) => new Date(write.eventMs)),
      writes.map((write) => (typeof write.label === 'string' ? write.label : null)),
      writes.map((write) => (typeof write.label === 'number' ? write.label : null)),
      writes.map((write) => write.sourceRank),
      writes.map((write) => write.final),
      writes.map((write) => new Date(write.atMs)),
      writes.map((write) => write.position),
    ],
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
