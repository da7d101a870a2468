/** What the tables hold of one prediction beside its kept rows, and how it is taken out. In the transaction of who calls. */
import type { Tx } from '../connection/pool.ts';

export interface ForgottenRows {
  readonly labels: number;
  readonly waiting_labels: number;
  readonly dead_letters: number;
  readonly batches: number;
}

/**
 * @param spellings the id as bytes, in each way a message may have written it
 * @param modelIds whose labels; dead letters are of nobody's in particular, and go by what they hold
 */
export async function forgetRows(
  tx: Tx,
  {
    id,
    hash,
    spellings,
  }: { readonly id: string; readonly hash: bigint; readonly spellings: readonly Buffer[] },
  modelIds: readonly number[],
): Promise<ForgottenRows> {
  const gone = async (sql: string, values: unknown[]): Promise<number> =>
    (await tx.query(sql, values)).rowCount ?? 0;
  const texts = spellings.map((bytes) => bytes.toString());
  return {
    labels: await gone('delete from prediction_label where model_id = any($1::int[]) and id_hash = $2', [
      modelIds,
      hash.toString(),
    ]),
    waiting_labels: await gone(
      'delete from pending_label where model_id = any($1::int[]) and prediction_id = $2',
      [modelIds, id],
    ),
    dead_letters: await gone(
      `delete from dead_letter d where exists (
         select from unnest($1::bytea[], $2::text[]) as s (bytes, text)
         where position(s.bytes in d.bytes) > 0 or position(s.bytes in coalesce(d.key, '')) > 0
           or position(s.text in d.detail) > 0)`,
      [spellings, texts],
    ),
    batches: await gone(
      `delete from event_batch b where exists (
         select from unnest($1::text[]) as s (text)
         where position(s.text in b.idempotency_key) > 0 or position(s.text in b.response::text) > 0)`,
      [texts],
    ),
  };
}

/** A sample of rows among the parts of a window. */
export interface SamplePart {
  readonly id: number;
  readonly windowId: number;
  readonly baselineId: number;
  readonly delta: Buffer;
}

/** Samples of windows that a prediction may lie in; of one whose time is not known any more, all of the models'. Their windows are locked. */
export async function loadSampleParts(
  tx: Tx,
  modelIds: readonly number[],
  eventMs: number | null,
  afterWindowId: number,
  windows: number,
): Promise<SamplePart[]> {
  const found = await tx.query<SamplePart>(
    `with chosen as (
       select w.id, w.baseline_id from "window" w join model_version v on v.id = w.model_version_id
       where v.model_id = any($1::int[]) and w.baseline_id is not null and w.id > $3
         and ($2::timestamptz is null or w.start_at <= $2 and w.end_at > $2)
         and exists (select from window_part p where p.window_id = w.id and p.kind = 'rows')
       order by w.id limit $4 for update of w
     )
     select p.id, p.window_id as "windowId", s.baseline_id as "baselineId", p.delta
     from chosen s join window_part p on p.window_id = s.id and p.kind = 'rows' order by p.window_id, p.id`,
    [modelIds, eventMs === null ? null : new Date(eventMs), afterWindowId, windows],
  );
  return found.rows;
}

export async function replaceSample(
  tx: Tx,
  { id, windowId }: Pick<SamplePart, 'id' | 'windowId'>,
  rows: number,
  delta: Uint8Array,
): Promise<void> {
  await tx.query('update window_part set delta = $3, rows = $4 where window_id = $1 and id = $2', [
    windowId,
    id,
    Buffer.from(delta.buffer, delta.byteOffset, delta.byteLength),
    rows,
  ]);
}
