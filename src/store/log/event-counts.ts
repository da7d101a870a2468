import type { Tx } from '../connection/pool.ts';

/** Adds to the conservation counters of a partition. */
export async function addEventCounts(
  tx: Tx,
  source: string,
  partition: number,
  counts: readonly { type: string; outcome: string; count: number }[],
): Promise<void> {
  const changed = counts
    .filter((each) => each.count !== 0)
    .sort((a, b) => a.type.localeCompare(b.type) || a.outcome.localeCompare(b.outcome));
  if (changed.length === 0) return;
  await tx.query(
    `insert into event_count as e (source, partition, event_type, outcome, count)
     select $1, $2, t, o, n from unnest($3::text[], $4::text[], $5::bigint[]) as c (t, o, n)
     on conflict (source, partition, event_type, outcome) do update set count = e.count + excluded.count`,
    [
      source,
      partition,
      changed.map((each) => each.type),
      changed.map((each) => each.outcome),
      changed.map((each) => each.count),
    ],
  );
}

/** Adds to how many events were read from a partition; negative where one turns out to be of another type. */
export async function addEventsRead(
  tx: Tx,
  source: string,
  partition: number,
  read: ReadonlyMap<string, number>,
): Promise<void> {
  const changed = [...read].filter(([, count]) => count !== 0).sort(([a], [b]) => a.localeCompare(b));
  if (changed.length === 0) return;
  await tx.query(
    `insert into event_read as e (source, partition, event_type, count)
     select $1, $2, t, n from unnest($3::text[], $4::bigint[]) as c (t, n)
     on conflict (source, partition, event_type) do update set count = e.count + excluded.count`,
    [source, partition, changed.map(([type]) => type), changed.map(([, count]) => count)],
  );
}
