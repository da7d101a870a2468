import type { Tx } from '../connection/pool.ts';

/** Adds to what was noticed about the events of a partition. */
export async function addEventNotices(
  tx: Tx,
  source: string,
  partition: number,
  noticed: readonly { readonly notice: string; readonly count: number }[],
): Promise<void> {
  if (noticed.length === 0) return;
  await tx.query(
    `insert into event_notice as e (source, partition, notice, count)
     select $1, $2, w, n from unnest($3::text[], $4::bigint[]) as c (w, n) order by w
     on conflict (source, partition, notice) do update set count = e.count + excluded.count, newest_at = now()`,
    [source, partition, noticed.map(({ notice }) => notice), noticed.map(({ count }) => count)],
  );
}
