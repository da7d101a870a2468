import type { Queryable } from './connection/pool.ts';
import { storableText } from './connection/storable-json.ts';

export interface DutyReport {
  readonly name: string;
  readonly role: string;
  readonly everyMs: number;
  readonly sinceMs: number;
  readonly lastSuccessMs: number | null;
  readonly lastFailureMs: number | null;
  readonly lastError: string | null;
  readonly failures: number;
}

/** A process that has said nothing for so long is gone. Longer than it pauses between two reports. */
export const PROCESS_GONE_MS = 45_000;

/** What a process says of its duties, in place of what it said before. Rows of processes that are gone go. */
export async function reportDuties(
  db: Queryable,
  process: string,
  reports: readonly DutyReport[],
): Promise<void> {
  const dates = (of: (report: DutyReport) => number | null): (Date | null)[] =>
    reports.map((report) => {
      const ms = of(report);
      return ms === null ? null : new Date(ms);
    });
  await db.query(
    `with gone as (delete from duty where seen_at < now() - $10 * interval '1 millisecond' and process <> $1)
     insert into duty (process, name, role, every_ms, since, last_success_at, last_failure_at, last_error, failures, seen_at)
     select $1, d.*, now() from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
       $7::timestamptz[], $8::text[], $9::int[]) as d
     on conflict (process, name) do update set last_success_at = excluded.last_success_at,
       last_failure_at = excluded.last_failure_at, last_error = excluded.last_error, failures = excluded.failures,
       seen_at = excluded.seen_at`,
    [
      process,
      reports.map(({ name }) => name),
      reports.map(({ role }) => role),
      reports.map(({ everyMs }) => everyMs),
      dates(({ sinceMs }) => sinceMs),
      dates(({ lastSuccessMs }) => lastSuccessMs),
      dates(({ lastFailureMs }) => lastFailureMs),
      reports.map(({ lastError }) => (lastError === null ? null : storableText(lastError))),
      reports.map(({ failures }) => failures),
      PROCESS_GONE_MS,
    ],
  );
}

/**
 * Takes the leases that are free or have run out, and renews those that this process holds; by the database's clock.
 * Answers the names of those it holds now.
 */
export async function takeLeases(
  db: Queryable,
  process: string,
  names: readonly string[],
  leaseMs: number,
): Promise<string[]> {
  const held = await db.query<{ name: string }>(
    `insert into duty_lease as l (name, process, expires_at)
     select name, $1, now() + $3 * interval '1 millisecond' from unnest($2::text[]) as name order by name
     on conflict (name) do update set process = excluded.process, expires_at = excluded.expires_at
     where l.process = excluded.process or l.expires_at < now()
     returning l.name`,
    [process, names, leaseMs],
  );
  return held.rows.map(({ name }) => name);
}

/** A process that ends lets others lead at once, and is not missed. */
export async function forgetProcess(db: Queryable, process: string): Promise<void> {
  await db.query(
    'with leases as (delete from duty_lease where process = $1) delete from duty where process = $1',
    [process],
  );
}
