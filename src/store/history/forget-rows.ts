/** What the tables hold of one prediction beside its kept rows, and how it is taken out. In the transaction of who calls. */
import type { Tx } from '../connection/pool.ts';
import { LETTER_TEXTS, mayNameLetter } from './letters-naming.ts';

export interface ForgottenRows {
  readonly labels: number;
  readonly waiting_labels: number;
  readonly dead_letters: number;
  readonly batches: number;
}

/** What stands in the tables as it came is looked for by its bytes, and where something is escaped, by what it reads as. */
export interface NamedPrediction {
  readonly id: string;
  readonly hash: bigint;
  /** The id as bytes, in the common ways to write it. */
  readonly spellings: readonly Buffer[];
  readonly isNamedIn: (text: string) => boolean;
}

/** Messages that are in memory at once. */
const TEXTS_AT_ONCE = 200;

/**
 * @param modelIds whose labels; dead letters are of nobody's in particular, and go by what they hold
 */
export async function forgetRows(
  tx: Tx,
  { id, hash, spellings, isNamedIn }: NamedPrediction,
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
    dead_letters: await forgetTexts(tx, DEAD_LETTERS, { spellings, texts, isNamedIn }),
    batches: await forgetTexts(tx, BATCHES, { spellings, texts, isNamedIn }),
  };
}

interface Texts {
  /** Rows that may name it, behind one, in the order of their keys. */
  readonly candidates: string;
  readonly remove: string;
}

const DEAD_LETTERS: Texts = {
  candidates: `select d.id::text as key, ${LETTER_TEXTS} as texts from dead_letter d
    where d.id > coalesce($3::bigint, 0) and ${mayNameLetter('$1', '$2')} order by d.id limit $4`,
  remove: 'delete from dead_letter where id = any($1::bigint[])',
};

const BATCHES: Texts = {
  candidates: `select b.idempotency_key as key, array[convert_to(b.idempotency_key, 'UTF8'), convert_to(b.response::text, 'UTF8')] as texts
    from event_batch b
    where b.idempotency_key > coalesce($3, '') and exists (
      select from unnest($1::bytea[], $2::text[]) as s (bytes, text)
      where position(s.text in b.idempotency_key) > 0 or position(s.text in b.response::text) > 0 or position(E'\\\\' in b.response::text) > 0)
    order by b.idempotency_key limit $4`,
  remove: 'delete from event_batch where idempotency_key = any($1::text[])',
};

async function forgetTexts(
  tx: Tx,
  { candidates, remove }: Texts,
  {
    spellings,
    texts,
    isNamedIn,
  }: Pick<NamedPrediction, 'spellings' | 'isNamedIn'> & { readonly texts: readonly string[] },
): Promise<number> {
  let gone = 0;
  for (let after: string | null = null; ;) {
    const found: { rows: { key: string; texts: Buffer[] }[] } = await tx.query(candidates, [
      spellings,
      texts,
      after,
      TEXTS_AT_ONCE,
    ]);
    const last = found.rows.at(-1);
    if (last === undefined) return gone;
    after = last.key;
    const named = found.rows.filter((row) => row.texts.some((bytes) => isNamedIn(bytes.toString())));
    if (named.length === 0) continue;
    gone += (await tx.query(remove, [named.map(({ key }) => key)])).rowCount ?? 0;
  }
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
