/** Windows that were made by the service, again under ids, models and times of their own. */
import { makePartitionsAhead } from '../../src/store/history/partitions.ts';
import type { Pool } from '../../src/store/connection/pool.ts';

export interface Extent {
  readonly models: number;
  readonly hours: number;
  /** Of so many days up to now counts, and comparisons, are there. */
  readonly countsDays: number;
  readonly comparisonsDays: number;
}

const COLUMNS: Readonly<Record<string, string>> = {
  measurement: `series, segment, subject, name, revision, kind, status, severity, drifted, reason, rows_reference, rows_current,
    missing_reference, missing_current, invalid_reference, invalid_current, psi, ks, ks_p_value, chi_square, chi_square_p_value,
    jensen_shannon, wasserstein, p_value, q_value, faults, cells, psi_threshold, overdispersion`,
  verdict: `series, segment, revision, verdict, types, not_tested, confidence, advice, summary, reason, rows, diagnosis, performance,
    baseline_id, operational, operational_counts, multivariate, heat_names, heat_cells`,
  comparison: 'series, segment, about, revision, columns',
  window_part: 'segment, kind, source, partition, from_offset, to_offset, rows, delta, deltas',
};

/** Windows that are copied in one step; their rows in one statement. */
const AT_ONCE = 100;

interface Copied {
  readonly id: number;
  /** The window that it is made from. */
  readonly source: number;
  readonly age_days: number;
}

/** Of every hour a window of every model, the oldest first, as they would have come; hours that were made in turn. */
export async function multiply(pool: Pool, { models, hours, ...kept }: Extent): Promise<void> {
  const made = await pool.query<{ id: number; start: Date; version: number; baseline: number }>(
    `select id, start_at as start, model_version_id as version, baseline_id as baseline from "window" order by start_at`,
  );
  const first = made.rows[0]!;
  await pool.query('update "window" set created_at = end_at');
  const versions = [
    { version: first.version, baseline: first.baseline },
    ...(await copyModels(pool, models, first.baseline)),
  ];
  const perStep = Math.max(1, Math.floor(AT_ONCE / models));
  for (let hour = 0; hour < hours; hour += perStep) {
    const windows = await pool.query<Copied>(
      `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, baseline_id, state, created_at, closed_at, matured_at,
         closed_revision, matured_revision, closed_deltas, matured_deltas)
       select v, 3600000, t, t + interval '1 hour', 0, b, 'matured', t + interval '1 hour', t, t, 1, 1, 1, 1
       from generate_series($3::int, $4::int) h cross join unnest($1::int[], $2::bigint[]) as n (v, b)
       cross join lateral (select $5::timestamptz + h * interval '1 hour' as t) at
       order by t, v on conflict do nothing returning id,
         ($6::bigint[])[1 + (extract(epoch from start_at - $5)::int / 3600) % cardinality($6)] as source,
         extract(epoch from now() - start_at)::float8 / 86400 as age_days`,
      [
        versions.map(({ version }) => version),
        versions.map(({ baseline }) => baseline),
        hour,
        Math.min(hours, hour + perStep) - 1,
        first.start,
        made.rows.map(({ id }) => id),
      ],
    );
    await makePartitionsAhead(pool);
    for (let from = 0; from < windows.rows.length; from += AT_ONCE)
      await copyWindows(pool, windows.rows.slice(from, from + AT_ONCE), kept);
    console.error(`hour ${Math.min(hours, hour + perStep)} of ${hours}`);
  }
}

/** Each with a baseline of its own. */
async function copyModels(
  pool: Pool,
  models: number,
  baseline: number,
): Promise<{ version: number; baseline: number }[]> {
  const made = await pool.query<{ version: number; baseline: number }>(
    `with m as (insert into model (name, task) select 'model-' || n, 'classification' from generate_series(2, $1::int) n returning id),
       v as (insert into model_version (model_id, name) select id, '1' from m returning id)
     insert into baseline (model_version_id, revision, source, rows, checksum, summary, profile, sample)
     select v.id, 1, b.source, b.rows, b.checksum, b.summary, b.profile, b.sample
     from v cross join (select * from baseline where id = $2) b returning model_version_id as version, id as baseline`,
    [models, baseline],
  );
  return made.rows;
}

async function copyWindows(
  pool: Pool,
  windows: readonly Copied[],
  { countsDays, comparisonsDays }: Pick<Extent, 'countsDays' | 'comparisonsDays'>,
): Promise<void> {
  const youngerThan = (days: number): Copied[] => windows.filter(({ age_days }) => age_days <= days);
  await copyRows(pool, 'measurement', windows);
  await copyRows(pool, 'verdict', windows);
  await copyRows(pool, 'comparison', youngerThan(comparisonsDays));
  await copyRows(pool, 'window_part', youngerThan(countsDays));
}

async function copyRows(pool: Pool, table: string, windows: readonly Copied[]): Promise<void> {
  if (windows.length === 0) return;
  const newest = table === 'verdict' ? 'and revision = 1' : '';
  await pool.query(
    `insert into ${table} (window_id, ${COLUMNS[table]})
     select copy_id, ${COLUMNS[table]} from unnest($1::bigint[], $2::bigint[]) as w (copy_id, made_id)
     cross join lateral (select * from ${table} where window_id = made_id ${newest} offset 0) s`,
    [windows.map(({ id }) => id), windows.map(({ source }) => source)],
  );
}
