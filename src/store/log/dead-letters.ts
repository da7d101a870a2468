import type { DeadLetter, DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { SourcePosition } from '../../core/events/events.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

/** A dead letter with what its record was taken for: a topic's event type, or `unknown`. */
export interface TypedDeadLetter {
  readonly type: string;
  readonly letter: DeadLetter;
}

const LATEST_MS = Date.UTC(9999, 11, 31);

/** A statement is one text to the driver: letters go in slices that stay far below its limit. */
const SLICE_BYTES = 8 * 1024 * 1024;

export async function insertDeadLetters(tx: Tx, letters: readonly TypedDeadLetter[]): Promise<void> {
  let slice: TypedDeadLetter[] = [];
  let bytes = 0;
  for (const each of letters) {
    slice.push(each);
    bytes += each.letter.bytes.byteLength + 1_024;
    if (bytes < SLICE_BYTES) continue;
    await insertSlice(tx, slice);
    slice = [];
    bytes = 0;
  }
  await insertSlice(tx, slice);
}

/** What an event is counted as that does not say what it is. */
const UNKNOWN_TYPE = 'unknown';

async function insertSlice(tx: Tx, letters: readonly TypedDeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  await tx.query(
    `insert into dead_letter (source, partition, "offset", reason, detail, event_type, model, bytes, byte_length,
                              key, headers, recorded_at, hashed, is_withheld)
     select l.source, l.partition, l."offset", l.reason, l.detail, l.type, l.model, l.bytes, l.byte_length,
            l.key, l.headers, l.recorded_at, case when l.hashed is not null then array(select jsonb_array_elements_text(l.hashed)) end, l.is_withheld
     from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[],
                 $9::bigint[], $10::bytea[], $11::jsonb[], $12::timestamptz[], $13::jsonb[], $14::boolean[])
       as l (source, partition, "offset", reason, detail, type, model, bytes, byte_length, key, headers, recorded_at,
             hashed, is_withheld)`,
    [
      letters.map(({ letter }) => letter.position.source),
      letters.map(({ letter }) => letter.position.partition),
      letters.map(({ letter }) => letter.position.offset.toString()),
      letters.map(({ letter }) => letter.reason),
      letters.map(({ letter }) => letter.detail),
      letters.map(({ type }) => (type === UNKNOWN_TYPE ? null : type)),
      letters.map(({ letter }) => letter.model),
      letters.map(({ letter }) => Buffer.from(letter.bytes)),
      letters.map(({ letter }) => letter.byteLength),
      letters.map(({ letter: { key } }) => (key === undefined || key === null ? null : Buffer.from(key))),
      letters.map(({ letter: { headers } }) => (headers === undefined ? null : headersText(headers))),
      letters.map(({ letter: { recordMs } }) => storableTime(recordMs)),
      letters.map(({ letter: { hashed } }) => (hashed === undefined ? null : JSON.stringify(hashed))),
      letters.map(({ letter: { isWithheld } }) => isWithheld === true),
    ],
  );
}

/**
 * A producer may give its records any time at all: one that is none (−1), or that Postgres has no word for, is not kept. It must not
 * stop the partition.
 */
function storableTime(recordMs = Number.NaN): Date | null {
  return recordMs >= 0 && recordMs <= LATEST_MS ? new Date(recordMs) : null;
}

/** A name with a NUL could not be stored, and no format reads one. */
function headersText(headers: ReadonlyMap<string, Uint8Array>): string {
  const kept = [...headers].filter(([name]) => !name.includes('\u0000') && name.isWellFormed());
  return JSON.stringify(
    Object.fromEntries(kept.map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
  );
}

export interface StoredDeadLetter {
  readonly id: number;
  readonly position: SourcePosition;
  readonly reason: DeadLetterReason;
  readonly eventType: string | null;
  /** Of the record in its log, or when it was received. */
  readonly recordMs: number;
  readonly bytes: Uint8Array;
  /** Of the record; more than `bytes` when it was cut. */
  readonly byteLength: number;
  readonly key: Uint8Array | null;
  readonly headers: ReadonlyMap<string, Uint8Array> | null;
  /** Fields whose values were hashed before it was put aside. */
  readonly hashed: readonly string[];
  /** Nothing of it is kept but the reason. */
  readonly isWithheld: boolean;
}

type LetterRow = Omit<StoredDeadLetter, 'position' | 'headers'> & {
  readonly source: string;
  readonly partition: number;
  readonly offset: string;
  readonly headers: Readonly<Record<string, string>> | null;
};

/** Those that were not replayed yet, oldest first. */
export async function loadDeadLetters(
  db: Queryable,
  wanted: { reason: string | null; model: string | null; after: number; limit: number },
): Promise<StoredDeadLetter[]> {
  const found = await db.query<LetterRow>(
    `select id, source, partition, "offset"::text, reason, nullif(event_type, 'unknown') as "eventType",
       ${epochMs('coalesce(recorded_at, received_at)')} as "recordMs", bytes, byte_length as "byteLength", key, headers,
       coalesce(hashed, '{}') as hashed, is_withheld as "isWithheld"
     from dead_letter
     where replayed_at is null and id > $3 and ($1::text is null or reason = $1)
       and ($2::text is null or model = $2)
     order by id limit $4`,
    [wanted.reason, wanted.model, wanted.after, wanted.limit],
  );
  return found.rows.map(({ source, partition, offset, headers, ...row }) => ({
    ...row,
    position: { source, partition, offset: BigInt(offset) },
    headers:
      headers === null
        ? null
        : new Map(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  }));
}

/** Locks letters that are about to be replayed. False: somebody else has replayed some of them meanwhile. */
export async function lockDeadLetters(tx: Tx, ids: readonly number[]): Promise<boolean> {
  const waiting = await tx.query(
    'select 1 from dead_letter where id = any($1::bigint[]) and replayed_at is null order by id for update',
    [ids],
  );
  return waiting.rowCount === ids.length;
}

export async function markReplayed(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.query('update dead_letter set replayed_at = now() where id = any($1::bigint[])', [ids]);
}
