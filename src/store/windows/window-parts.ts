import { byteaArray } from '../connection/binary-array.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

/** `rows`: a sample of them, whose number is not the window's. */
export type PartKind = 'input' | 'label' | 'rows';

export interface NewPart {
  readonly windowId: number;
  readonly segment: string;
  readonly kind: PartKind;
  readonly source: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly rows: number;
  readonly delta: Uint8Array;
  /** How many deltas it is the sum of; absent: it is one. */
  readonly deltas?: number;
}

export async function appendParts(tx: Tx, parts: readonly NewPart[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.query(
    `insert into window_part
       (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta, deltas)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[],
                          $8::bigint[], $9::bytea[], $10::bigint[])`,
    [
      parts.map((part) => part.windowId),
      parts.map((part) => part.segment),
      parts.map((part) => part.kind),
      parts.map((part) => part.source),
      parts.map((part) => part.partition),
      parts.map((part) => part.from.toString()),
      parts.map((part) => part.to.toString()),
      parts.map((part) => part.rows),
      // As text it would be twice as long, and copied four times.
      byteaArray(parts.map(({ delta }) => delta)),
      parts.map((part) => part.deltas ?? 1),
    ],
  );
}

/** A number no log offset uses: the name of a delta that stems from no stretch of a log. */
export async function nextDeltaNumber(db: Queryable): Promise<bigint> {
  const found = await db.query<{ n: string }>(`select nextval('delta_seq')::text as n`);
  return BigInt(found.rows[0]?.n ?? 0);
}

export interface StoredPart {
  readonly id: number;
  readonly segment: string;
  readonly kind: PartKind;
  readonly rows: number;
  readonly delta: Uint8Array;
}

export interface ListedPart {
  readonly id: number;
  readonly bytes: number;
  /** How many deltas it is the sum of. */
  readonly deltas: number;
}

/** Every part that adds up to a window, those of the windows that feed it included, as of one moment. */
export async function listParts(
  db: Queryable,
  windowId: number,
  segment: string | null = null,
): Promise<ListedPart[]> {
  const found = await db.query<ListedPart>(
    `select id, octet_length(delta) as bytes, deltas from window_content
     where whole_id = $1 and ($2::text is null or segment = $2) order by id`,
    [windowId, segment],
  );
  return found.rows;
}

/** Some of them; those that have been folded since are missing. */
export async function loadPartsById(
  db: Queryable,
  windowId: number,
  ids: readonly number[],
): Promise<StoredPart[]> {
  const found = await db.query<StoredPart>(
    `select id, segment, kind, rows, delta from window_content where whole_id = $1 and id = any($2::bigint[])
     order by id`,
    [windowId, ids],
  );
  return found.rows;
}

/** A part, and the window that it adds up to. */
export interface PartOfWindow extends StoredPart {
  readonly wholeId: number;
}

/** Parts of one kind and segment of some windows, as of one moment. */
export async function loadPartsOf(
  db: Queryable,
  windowIds: readonly string[],
  { segment, kind }: Pick<StoredPart, 'segment' | 'kind'>,
): Promise<PartOfWindow[]> {
  const found = await db.query<PartOfWindow>(
    `select whole_id::float8 as "wholeId", id, segment, kind, rows, delta from window_content
     where whole_id = any($1::bigint[]) and segment = $2 and kind = $3 order by id`,
    [windowIds, segment, kind],
  );
  return found.rows;
}

/** A part, and which of some groups of windows it is of. */
export interface PartOfGroup extends StoredPart {
  readonly group: number;
}

/**
 * Parts of one kind and segment of groups of windows, group by group: of whole groups, of the first and of further ones until
 * there are so many bytes. One statement, as of one moment.
 *
 * @returns the parts, and how many groups they are all parts of
 */
export async function loadPartsOfGroups(
  db: Queryable,
  groups: readonly (readonly string[])[],
  { segment, kind }: Pick<StoredPart, 'segment' | 'kind'>,
  mostBytes: number,
): Promise<{ readonly parts: readonly PartOfGroup[]; readonly done: number }> {
  const found = await db.query<PartOfGroup>(
    `select "group", id, segment, kind, rows, delta from (
       select a."group", c.id, c.segment, c.kind, c.rows, c.delta,
         sum(octet_length(c.delta)) over (order by a."group") - sum(octet_length(c.delta)) over (partition by a."group") as bytes_before
       from unnest($1::bigint[], $2::int[]) a (id, "group")
       -- One window after the other, whatever the planner believes of so many: else it may begin with all parts there are.
       cross join lateral (
         select p.* from window_content p where p.whole_id = a.id and p.segment = $3 and p.kind = $4 offset 0
       ) c
     ) p where bytes_before < $5 order by "group", id`,
    [groups.flat(), groups.flatMap((ids, group) => ids.map(() => group)), segment, kind, mostBytes],
  );
  const parts = found.rows;
  const isAll = parts.reduce((sum, { delta }) => sum + delta.length, 0) < mostBytes;
  return { parts, done: isAll ? groups.length : (parts.at(-1)?.group ?? 0) + 1 };
}

/**
 * Replaces parts by their sum. Done only while all of them are still there: had another evaluation folded
 * some, the sum would count them twice. The caller holds the window's lock. The number of deltas stays what it was, or
 * a verdict would look older than its parts, or newer.
 */
export async function foldParts(
  tx: Tx,
  windowId: number,
  partIds: readonly number[],
  folded: readonly NewPart[],
): Promise<boolean> {
  if (folded.length === 0) return false;
  const present = await tx.query<{ n: number }>(
    'select count(*) as n from window_part where window_id = $1 and id = any($2::bigint[])',
    [windowId, partIds],
  );
  if (present.rows[0]?.n !== partIds.length) return false;
  const gone = await tx.query<{ deltas: number }>(
    'delete from window_part where window_id = $1 and id = any($2::bigint[]) returning deltas',
    [windowId, partIds],
  );
  if (gone.rowCount !== partIds.length) throw new Error(`parts of window ${windowId} were folded twice`);
  const total = gone.rows.reduce((sum, { deltas }) => sum + deltas, 0);
  // Which of them stands for the deltas is all the same: they are counted together.
  await appendParts(
    tx,
    folded.map((part, n) => ({ ...part, deltas: n === 0 ? total : 0 })),
  );
  return true;
}

/** Windows with at least so many parts that can be read, without some. */
export async function crowdedWindows(
  db: Queryable,
  fromParts: number,
  limit: number,
  without: readonly number[],
): Promise<number[]> {
  const found = await db.query<{ id: number }>(
    `select p.window_id as id from window_part p join "window" w on w.id = p.window_id
     where w.state = 'open' and p.window_id <> all($3::bigint[])
       and not exists (select 1 from unreadable_part u where u.part_id = p.id)
     group by p.window_id having count(*) >= $1 order by count(*) desc limit $2`,
    [fromParts, limit, without],
  );
  return found.rows.map(({ id }) => id);
}

/**
 * The oldest parts of a window that can be read, as many as fit, but two at least; locked: of two who fold them, the
 * second finds them gone and leaves it.
 */
export async function loadSomeParts(
  tx: Tx,
  windowId: number,
  most: { readonly parts: number; readonly bytes: number },
): Promise<StoredPart[]> {
  const found = await tx.query<StoredPart>(
    `select id, segment, kind, rows, delta from window_part where window_id = $1 and id in (
       select id from (
         select id, row_number() over oldest as n, sum(octet_length(delta)) over oldest as bytes
         from window_part p
         where window_id = $1 and not exists (select 1 from unreadable_part u where u.part_id = p.id)
         window oldest as (order by id)
       ) p where n <= 2 or (n <= $2 and bytes <= $3)
     ) order by id for update skip locked`,
    [windowId, most.parts, most.bytes],
  );
  return found.rows;
}
