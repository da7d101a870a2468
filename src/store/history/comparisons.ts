import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import { inWordsOfToday } from '../../core/alerts/severity.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';

export type MeasuredSubject = 'feature' | 'prediction' | 'score' | 'label';

/** A column of a window, and what it was compared to be. */
export type MeasuredColumn = readonly [subject: MeasuredSubject, comparison: FeatureComparison];

/** Whose comparisons are kept together. */
export interface ComparisonKey {
  readonly windowId: string;
  readonly series: EvaluationSeries;
  readonly segment: string;
}

/** Features are measured when a window closes; labels say nothing about them. */
export function seriesOf(subject: MeasuredSubject, series: EvaluationSeries): EvaluationSeries {
  return subject === 'feature' ? 'closed' : series;
}

/** Columns of a segment that are measured, and written, together. */
export interface MeasuredColumns {
  readonly segment: string;
  readonly about: 'inputs' | 'label';
  readonly columns: readonly MeasuredColumn[];
}

/**
 * Replaces what is kept of a window's series, where it is another than it was: of a window whose labels come bit by bit the inputs
 * are measured again and again, and are what they were. The columns of a segment lie together, since they are read together and much
 * alike.
 *
 * @returns what changed or is new
 */
export async function writeComparisons(
  tx: Tx,
  window: { readonly id: number; readonly series: EvaluationSeries; readonly revision: number },
  measured: readonly MeasuredColumns[],
): Promise<MeasuredColumns[]> {
  const stored = await tx.query<{ segment: string; about: string; columns: Buffer }>(
    'select segment, about, columns from comparison where window_id = $1 and series = $2',
    [window.id, window.series],
  );
  const before = new Map(stored.rows.map(({ segment, about, columns }) => [`${about} ${segment}`, columns]));
  const packed = measured
    .filter(({ columns }) => columns.length > 0)
    .map((of) => ({ of, data: zstdCompressSync(storableJson(of.columns)) }));
  const isKept = ({ of, data }: (typeof packed)[number]): boolean =>
    before.get(`${of.about} ${of.segment}`)?.equals(data) === true;
  const kept = packed.filter(isKept).map(({ of }) => of);
  const changed = packed.filter((each) => !isKept(each));
  const about = {
    comparison: 'about',
    measurement: `case subject when 'label' then 'label' else 'inputs' end`,
  };
  for (const [table, column] of Object.entries(about))
    await tx.query(
      `delete from ${table} where window_id = $1 and series = $2
         and (segment, ${column}) not in (select * from unnest($3::text[], $4::text[]))`,
      [window.id, window.series, kept.map(({ segment }) => segment), kept.map((of) => of.about)],
    );
  await tx.query(
    `insert into comparison (window_id, series, segment, about, revision, columns)
     select $1, $2, c.segment, c.about, $3, c.columns
     from unnest($4::text[], $5::text[], $6::bytea[]) as c (segment, about, columns)`,
    [
      window.id,
      window.series,
      window.revision,
      changed.map(({ of }) => of.segment),
      changed.map(({ of }) => of.about),
      changed.map(({ data }) => data),
    ],
  );
  return changed.map(({ of }) => of);
}

/**
 * Comparisons of some windows, in the order asked for; none of what has been dropped. Of windows from before migration 35 as each
 * measurement held its own.
 */
export async function loadComparisons(
  db: Queryable,
  keys: readonly ComparisonKey[],
): Promise<(readonly MeasuredColumn[])[]> {
  if (keys.length === 0) return [];
  const found = await db.query<{ packed: Buffer[] | null; own: MeasuredColumn[] | null }>(
    `select c.packed, case when c.packed is null then (
         select jsonb_agg(jsonb_build_array(m.subject, m.details)) from measurement m
         where m.window_id = k.id and m.series = k.series and m.segment = k.segment and m.details is not null
       ) end as own
     from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as k (id, series, segment, n)
     cross join lateral (
       select array_agg(c.columns order by c.about) as packed from comparison c
       where c.window_id = k.id and c.series = k.series and c.segment = k.segment
     ) c
     order by k.n`,
    [
      keys.map(({ windowId }) => windowId),
      keys.map(({ series }) => series),
      keys.map(({ segment }) => segment),
    ],
  );
  return found.rows.map(({ packed, own }) =>
    (packed === null ? (own ?? []) : packed.flatMap(unpack)).map(([subject, comparison]): MeasuredColumn => [
      subject,
      inWordsOfToday(comparison),
    ]),
  );
}

/** The comparisons of a window's features; the gravest first: faulty ones, then those that moved, by how far. */
export async function loadFeatureComparisons(
  db: Queryable,
  windowId: string,
  segment: string,
): Promise<FeatureComparison[]> {
  const [columns = []] = await loadComparisons(db, [{ windowId, series: 'closed', segment }]);
  return columns
    .flatMap(([subject, comparison]) => (subject === 'feature' ? [comparison] : []))
    .sort((a, b) => gravity(b) - gravity(a) || byPsi(a, b) || (a.name < b.name ? -1 : 1));
}

function gravity({ status, faults, drifted }: FeatureComparison): number {
  return (status === 'fault' || faults.length > 0 ? 2 : 0) + (drifted ? 1 : 0);
}

function byPsi(a: FeatureComparison, b: FeatureComparison): number {
  return (b.metrics.psi ?? -1) - (a.metrics.psi ?? -1);
}

function unpack(packed: Buffer): MeasuredColumn[] {
  return JSON.parse(zstdDecompressSync(packed).toString()) as MeasuredColumn[];
}
