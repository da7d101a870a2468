import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { conservation } from '../../src/store/read-models/conservation.ts';

/** One look at a running shiftwatch from outside. */
export interface Look {
  readonly atMs: number;
  readonly residentMb: number;
  /** Of it, what is no file: heaps and buffers. */
  readonly anonymousMb: number;
  /** Of the main thread; null while the API does not answer. */
  readonly heapMb: number | null;
  readonly externalMb: number | null;
  readonly threads: number;
  readonly connections: number;
  readonly lag: number;
  readonly unaccounted: number;
  readonly verdicts: number;
}

export async function lookAt(pid: number, db: pg.Client, apiUrl: string, atMs: number): Promise<Look> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kB = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  const metrics = await fetch(`${apiUrl}/metrics`).then(
    async (response) => await response.text(),
    () => '',
  );
  const metricMb = (name: string): number | null => {
    const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1];
    return value === undefined ? null : Number(value) / 2 ** 20;
  };
  const found = await db.query<{ connections: number; lag: number; verdicts: number }>(
    `select (select count(*)::int from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()) as connections,
       (select coalesce(sum(high_offset - next_offset), 0)::float8 from source_position) as lag,
       (select count(*)::int from verdict) as verdicts`,
  );
  const counts = await conservation(db as never);
  const row = found.rows[0];
  return {
    atMs,
    residentMb: kB('VmRSS') / 1_024,
    anonymousMb: kB('RssAnon') / 1_024,
    heapMb: metricMb('nodejs_heap_size_used_bytes'),
    externalMb: metricMb('nodejs_external_memory_bytes'),
    threads: kB('Threads'),
    connections: row?.connections ?? 0,
    lag: row?.lag ?? 0,
    unaccounted: counts.reduce((sum, each) => sum + Math.abs(each.unaccounted), 0),
    verdicts: row?.verdicts ?? 0,
  };
}
