import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { JoinedVerdict } from '../../core/alerts/joined-verdict.ts';
import type { WindowSilence } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Comparison, Diagnosis, FeatureComparison, Performance } from '../../core/findings.ts';
import type { Operational } from '../../core/operational.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';
import {
  type MeasuredColumn,
  loadFeatureComparisons,
  type MeasuredColumns,
  writeComparisons,
} from '../history/comparisons.ts';
import { heatCellsOf } from '../history/heat-cells.ts';

export interface WindowToEvaluate {
  readonly id: number;
  readonly modelVersionId: number;
  readonly modelName: string;
  readonly versionName: string;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly paneMs: number | null;
  readonly baselineId: number | null;
}

/** A window as an evaluation finds it. */
export interface BegunEvaluation extends WindowToEvaluate {
  /** Deltas that its closed verdict has seen; 0 when it has none. */
  readonly closedDeltas: number;
  /** How much was forgotten then. */
  readonly asOf: number;
}

/** Null: the window is still open, or there is none, or its counts are kept no longer. What commits after this asks for another evaluation by itself. */
export async function beginEvaluation(db: Queryable, windowId: string): Promise<BegunEvaluation | null> {
  const found = await db.query<BegunEvaluation>(
    `select w.id, w.model_version_id as "modelVersionId", m.name as "modelName", v.name as "versionName",
       w.size_ms as "sizeMs", ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs",
       w.pane_ms as "paneMs", w.baseline_id as "baselineId", coalesce(w.closed_deltas, 0) as "closedDeltas",
       (select forgotten from oldest_writer) as "asOf"
     from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
     where w.id = $1 and w.state <> 'open' and w.emptied_at is null`,
    [windowId],
  );
  return found.rows[0] ?? null;
}

export interface EvaluatedSegment {
  readonly segment: string;
  readonly rows: number;
  readonly compared: Omit<Comparison, 'diagnosis'>;
  /** The same with the counts by cell that later windows are held against, which nobody is shown. Absent: they are those. */
  readonly cells?: Omit<Comparison, 'diagnosis'>;
  readonly diagnosis: Diagnosis;
  /** An encoded `OperationalProfile`. */
  readonly operationalCounts?: Uint8Array;
  /** Of all rows, where the window belongs to an incident. */
  readonly joined?: JoinedVerdict;
}

/**
 * Locks the window, counts its evaluation, and notes how many deltas it has seen; two evaluations of one window write one
 * after the other. Null: the newest verdict has seen more than this one, and stays; or the window is held against another
 * baseline by now.
 */
export async function claimRevision(
  tx: Tx,
  { id, baselineId }: Pick<WindowToEvaluate, 'id' | 'baselineId'>,
  series: EvaluationSeries,
  deltas: number,
): Promise<number | null> {
  const found = await tx.query<{ revision: number }>(
    `update "window" set ${series}_revision = ${series}_revision + 1, ${series}_deltas = $2
     where id = $1 and coalesce(${series}_deltas, 0) <= $2 and baseline_id is not distinct from $3
     returning ${series}_revision as revision`,
    [id, deltas, baselineId],
  );
  return found.rows[0]?.revision ?? null;
}

/** Replaces the measurements and comparisons of a window's series where they changed, and adds the verdict as a new revision. */
export async function writeEvaluation(
  tx: Tx,
  window: WindowToEvaluate,
  series: EvaluationSeries,
  revision: number,
  segments: readonly EvaluatedSegment[],
  atMs = Date.now(),
): Promise<void> {
  const measured = segments.flatMap((each) => columnsOf(each, series));
  const cells = new Map(
    segments.flatMap(({ cells = null, segment }) =>
      cells === null ? [] : columnsOf({ segment, compared: cells }, series).flatMap(countsOf),
    ),
  );
  const written = { id: window.id, series, revision };
  await writeMeasurements(tx, written, await writeComparisons(tx, written, measured), cells);
  for (const segment of segments) await writeVerdict(tx, window, series, { revision, atMs }, segment);
}

/** What a series measures: features when the window closes, and what labels may change in both. */
function columnsOf(
  { segment, compared }: Pick<EvaluatedSegment, 'segment' | 'compared'>,
  series: EvaluationSeries,
): MeasuredColumns[] {
  const of = (subject: 'prediction' | 'score' | 'label'): MeasuredColumn[] => {
    const comparison = compared[subject];
    return comparison === null ? [] : [[subject, comparison]];
  };
  const features = series === 'closed' ? compared.features : [];
  return [
    {
      segment,
      about: 'inputs',
      columns: [
        ...features.map((feature) => ['feature', feature] as const),
        ...of('prediction'),
        ...of('score'),
      ],
    },
    { segment, about: 'label', columns: of('label') },
  ];
}

const cellKey = (segment: string, [subject, { name }]: MeasuredColumn): string =>
  `${subject} ${segment} ${name}`;

function countsOf({ segment, columns }: MeasuredColumns): [string, BinnedCounts | undefined][] {
  return columns.map((column) => [cellKey(segment, column), column[1].counts]);
}

async function writeMeasurements(
  tx: Tx,
  {
    id,
    series,
    revision,
  }: { readonly id: number; readonly series: EvaluationSeries; readonly revision: number },
  segments: readonly MeasuredColumns[],
  cells: ReadonlyMap<string, BinnedCounts | undefined>,
): Promise<void> {
  for (const { segment, columns } of segments) {
    await tx.query(
      `insert into measurement (window_id, series, segment, revision, subject, name, kind, status, severity, drifted,
         reason, rows_reference, rows_current, missing_reference, missing_current, invalid_reference, invalid_current,
         psi, ks, ks_p_value, chi_square, chi_square_p_value, jensen_shannon, wasserstein, p_value, q_value, faults,
         cells, psi_threshold, overdispersion, pooled_windows, pooled_last_window, pooled_p_value, pooled_drifted)
       select $1, $2, $3, $4, m.subject, d->>'name', d->>'kind', d->>'status', d->>'severity', (d->>'drifted')::bool,
         d->>'reason', (d->'rows'->>'reference')::bigint, (d->'rows'->>'current')::bigint,
         (d->'missing'->>'reference')::float8, (d->'missing'->>'current')::float8,
         (d->'invalid'->>'reference')::float8, (d->'invalid'->>'current')::float8,
         (d->'metrics'->>'psi')::float8, (d->'metrics'->'ks'->>'statistic')::float8,
         (d->'metrics'->'ks'->>'p_value')::float8, (d->'metrics'->'chi_square'->>'statistic')::float8,
         (d->'metrics'->'chi_square'->>'p_value')::float8, (d->'metrics'->>'jensen_shannon')::float8,
         (d->'metrics'->>'wasserstein')::float8, (d->>'p_value')::float8, (d->>'q_value')::float8,
         array(select jsonb_array_elements_text(d->'faults')),
         case when $2 = 'closed' and $3 = '' then coalesce(cells, d->'counts') - 'named' end, (d->'threshold'->>'psi')::float8,
         (d->'overdispersion'->>'factor')::float8, (d->'pooled'->>'windows')::int,
         (d->'pooled'->>'last_window')::float8, (d->'pooled'->>'p_value')::float8, (d->'pooled'->>'drifted')::bool
       from unnest($5::text[], $6::jsonb[], $7::jsonb[]) as m (subject, d, cells)`,
      [
        id,
        series,
        segment,
        revision,
        columns.map(([subject]) => subject),
        columns.map(([, comparison]) => storableJson(comparison)),
        columns.map((column) => storableOrNull(cells.get(cellKey(segment, column)))),
      ],
    );
  }
}

const storableOrNull = (value: object | undefined): string | null =>
  value === undefined ? null : storableJson(value);

async function writeVerdict(
  tx: Tx,
  window: WindowToEvaluate,
  series: EvaluationSeries,
  { revision, atMs }: { readonly revision: number; readonly atMs: number },
  { segment, rows, compared, diagnosis, operationalCounts, joined }: EvaluatedSegment,
): Promise<void> {
  await tx.query(
    `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice,
       summary, reason, rows, diagnosis, performance, baseline_id, operational, operational_counts, multivariate, created_at, joined,
       heat_names, heat_cells)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, h.names, h.cells
     from (select) as one left join lateral ${heatCellsOf('$1', '$3', `$2 = 'closed'`)} h on true`,
    [
      window.id,
      series,
      segment,
      revision,
      diagnosis.verdict,
      diagnosis.types,
      diagnosis.not_tested,
      diagnosis.confidence,
      diagnosis.advice,
      diagnosis.summary,
      diagnosis.reason,
      rows,
      storableJson(diagnosis),
      compared.performance === null ? null : storableJson(compared.performance),
      window.baselineId,
      compared.operational === undefined ? null : storableJson(compared.operational),
      operationalCounts === undefined ? null : Buffer.from(operationalCounts),
      compared.multivariate === undefined || compared.multivariate === null
        ? null
        : storableJson(compared.multivariate),
      new Date(atMs),
      joined === undefined ? null : storableJson(joined),
    ],
  );
}

export interface UndecidedWindow {
  readonly windowId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Null: closed but not evaluated yet; nothing after it may be decided. */
  readonly evaluated: boolean;
  /** Null: the window has no rows in this segment. */
  readonly diagnosis: Diagnosis | null;
  readonly performance: Performance | null;
  readonly operational?: Operational | null;
  readonly rows: number;
  /** Null: a row opened the window. */
  readonly silence: WindowSilence | null;
  /** What the windows of its incident say together, up to this one. */
  readonly joined?: JoinedVerdict | null;
}

/** A window with a verdict in the segment. */
export type JudgedWindow = UndecidedWindow & { readonly diagnosis: Diagnosis };

/** An `UndecidedWindow` of window `w` and its verdict `v`, but for whether it was evaluated. */
const DECIDED_COLUMNS = `w.id::text as "windowId", ${epochMs('w.start_at')} as "startMs",
  ${epochMs('w.end_at')} as "endMs", w.silence, v.diagnosis, v.performance, v.operational, v.joined,
  coalesce(v.rows, 0) as rows`;

/** Windows of a series from a moment on, in order, with the newest verdict of each. */
export async function loadUndecided(
  tx: Tx,
  key: { modelVersionId: number; sizeMs: number; segment: string; series: EvaluationSeries },
  fromMs: number | null,
  limit: number,
): Promise<UndecidedWindow[]> {
  const revision = key.series === 'closed' ? 'w.closed_revision' : 'w.matured_revision';
  const found = await tx.query<UndecidedWindow>(
    `select ${DECIDED_COLUMNS}, ${revision} > 0 as evaluated
     from "window" w
     left join lateral (
       select diagnosis, performance, operational, rows, joined from verdict v
       where v.window_id = w.id and v.series = $3 and v.segment = $4 order by v.revision desc limit 1
     ) v on true
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only
       and w.start_at >= coalesce($5, '-infinity'::timestamptz)
     order by w.start_at limit $6`,
    [
      key.modelVersionId,
      key.sizeMs,
      key.series,
      key.segment,
      fromMs === null ? null : new Date(fromMs),
      limit,
    ],
  );
  return found.rows;
}

/** Faulty ones first, then those that moved, by how far. */
const GRAVEST_FIRST = `order by (status = 'fault' or cardinality(faults) > 0) desc, drifted desc, psi desc nulls last, name`;

/** Names of the features of a window that moved or are faulty, the gravest first. */
export async function loadMovedFeatures(db: Queryable, windowId: string, segment: string): Promise<string[]> {
  const found = await db.query<{ name: string }>(
    `select name from measurement
     where window_id = $1 and series = 'closed' and segment = $2 and subject = 'feature'
       and (drifted or status = 'fault' or cardinality(faults) > 0) ${GRAVEST_FIRST}`,
    [windowId, segment],
  );
  return found.rows.map(({ name }) => name);
}

/** Columns, or `rows`, that were at fault when the window closed. */
export async function loadFaultsAtClose(db: Queryable, windowId: string, segment: string): Promise<string[]> {
  const found = await db.query<{ feature: string }>(
    `select fault->>'feature' as feature from verdict, jsonb_array_elements(diagnosis->'faults') as fault
     where window_id = $1 and series = 'closed' and segment = $2`,
    [windowId, segment],
  );
  return found.rows.map(({ feature }) => feature);
}

/** Comparisons of some features of a window that show at least this much evidence. */
export async function loadSuspects(
  db: Queryable,
  windowId: string,
  segment: string,
  names: readonly string[],
  mostQ: number,
): Promise<FeatureComparison[]> {
  const features = await loadFeatureComparisons(db, windowId, segment);
  return features.filter(({ name, q_value: q }) => names.includes(name) && q !== null && q <= mostQ);
}

/** The newest verdict of one window in a series, as `loadUndecided` gives it. */
export async function loadDecided(
  db: Queryable,
  windowId: string,
  key: { segment: string; series: EvaluationSeries },
): Promise<JudgedWindow | null> {
  const found = await db.query<JudgedWindow>(
    `select ${DECIDED_COLUMNS}, true as evaluated
     from "window" w join verdict v on v.window_id = w.id and v.series = $2 and v.segment = $3
     where w.id = $1 order by v.revision desc limit 1`,
    [windowId, key.series, key.segment],
  );
  return found.rows[0] ?? null;
}

/** The newest verdict about all rows of a version, whichever series it is from. */
export async function loadNewestVerdict(db: Queryable, modelVersionId: number): Promise<JudgedWindow | null> {
  const found = await db.query<{ windowId: string; series: EvaluationSeries }>(
    `select v.window_id::text as "windowId", v.series from verdict v join "window" w on w.id = v.window_id
     where w.model_version_id = $1 and v.segment = '' and v.rows > 0
     order by w.end_at desc, v.id desc limit 1`,
    [modelVersionId],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  return await loadDecided(db, row.windowId, { segment: '', series: row.series });
}

/** What the newest closed evaluation of a window expected of its labels, by segment. */
export async function loadEstimates(
  db: Queryable,
  windowId: number,
): Promise<Map<string, Pick<Performance, 'estimated' | 'estimated_labels'>>> {
  const found = await db.query<{
    segment: string;
    estimated: Performance['estimated'] | null;
    shares: Performance['estimated_labels'] | null;
  }>(
    `select distinct on (segment) segment, performance->'estimated' as estimated,
       performance->'estimated_labels' as shares
     from verdict where window_id = $1 and series = 'closed' order by segment, revision desc`,
    [windowId],
  );
  return new Map(
    found.rows.map(({ segment, estimated, shares }) => [
      segment,
      {
        ...(estimated !== null && estimated !== undefined && { estimated }),
        ...(shares !== null && shares !== undefined && { estimated_labels: shares }),
      },
    ]),
  );
}
