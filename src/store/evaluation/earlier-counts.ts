import type { BinnedCounts } from '../../core/columns/figures.ts';
import { GOES_ON } from '../../core/columns/pooled-figures.ts';
import type { Diagnosis, FeatureComparison, Performance, ShiftKind } from '../../core/findings.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { loadFeatureComparisons } from '../history/comparisons.ts';
import { CELLS, POOLED_DRIFTED, POOLED_LAST_WINDOW, POOLED_WINDOWS } from '../history/measured.ts';
import type { WindowToEvaluate } from './evaluations.ts';

type CountedWindow = Pick<BinnedCounts, 'bins' | 'current' | 'usual'> & {
  readonly drifted?: boolean;
  readonly isPooled?: boolean;
};

/** Counts of some windows by feature, in order of time. */
export type CountsByFeature = ReadonlyMap<string, readonly CountedWindow[]>;

const NOTHING: CountsByFeature = new Map();

/** Windows of the closed series of version $1 and size $2 that rows were counted in, up to $3, against the baseline $4. */
const WINDOWS = `select w.id, w.start_at, w.end_at from "window" w
  where w.model_version_id = $1 and w.size_ms = $2 and w.start_at < $3 and w.baseline_id = $4
    and w.closed_revision > 0 and not w.pane_only
    and coalesce((select v.diagnosis->'known_event'->>'expected' from verdict v
      where v.window_id = w.id and v.series = 'closed' and v.segment = '' order by v.revision desc limit 1), '') <> 'true'`;

/**
 * An incident that was over is no part of what comes after it: the first of the clean windows that ended the last one before $3, or,
 * where somebody closed it, what followed its newest window.
 */
export const sinceLastIncident = (
  series: EvaluationSeries,
): string => `select case when i.clean_in_a_row = 0 then l.end_at else (
    select w.start_at from "window" w
    where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.start_at <= l.start_at
    order by w.start_at desc offset i.clean_in_a_row - 1 limit 1
  ) end from alert a join alert_view i on i.alert_id = a.id and i.series = '${series}' join "window" l on l.id = i.last_window_id
  where a.model_version_id = $1 and a.size_ms = $2 and a.segment = '' and a.cause = 'shift'
    and i.state = 'resolved' and a.fired_at is not null
    and (i.clean_in_a_row > 0 or a.closed_until is not null) and l.start_at < $3
  order by a.id desc limit 1`;

/** What columns counted in windows before one: prediction, score and label under `@prediction`, `@score` and `@label`. */
export interface EarlierCounts {
  /** Since the last incident was over. */
  readonly since: CountsByFeature;
  /** Whatever incidents there were. */
  readonly all: CountsByFeature;
}

/**
 * What columns counted in the windows straight before this one, as far as they say something of it: same version, size and
 * baseline, without columns that were accused. Of many features fewer windows. Nothing where
 * windows overlap: rows would count twice.
 */
export async function loadEarlierCounts(
  db: Queryable,
  { modelVersionId, sizeMs, startMs, baselineId }: WindowToEvaluate,
  most: { readonly windows: number; readonly counts: number; readonly quietP: number },
): Promise<EarlierCounts> {
  const found = await db.query<{
    startMs: number;
    endMs: number;
    isSince: boolean;
    columns: NamedCounts[] | null;
  }>(
    `select ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", m.columns,
       w.start_at >= coalesce((${sinceLastIncident('closed')}), '-infinity') as "isSince"
     from (
       ${WINDOWS} order by w.start_at desc limit (
         select least($5, $6 / greatest(1, count(*))) from measurement m
         where m.series = 'closed' and m.segment = '' and m.subject = 'feature'
           and m.window_id = (select n.id from (${WINDOWS}) n order by n.start_at desc limit 1)
       )
     ) w
     cross join lateral (
       select jsonb_agg(jsonb_build_object('name', case when m.subject = 'feature' then m.name else '@' || m.subject end,
         'counts', ${CELLS} - 'reference'::text || jsonb_build_object('drifted', m.status = 'drift' or coalesce(m.p_value < $7, false), 'isPooled', ${POOLED_DRIFTED}))) as columns
       from measurement m
       where m.window_id = w.id and m.series = 'closed' and m.segment = ''
         and m.status <> 'fault' and ${CELLS} is not null
     ) m
     order by w.start_at`,
    [modelVersionId, sizeMs, new Date(startMs), baselineId, most.windows, most.counts, most.quietP],
  );
  const ends = found.rows.map((row) => row.endMs);
  const starts = [...found.rows.slice(1).map((row) => row.startMs), startMs];
  if (ends.some((endMs, i) => endMs > starts[i]!)) return { since: NOTHING, all: NOTHING };
  const since = found.rows.filter(({ isSince }) => isSince);
  return { since: byFeature(since), all: byFeature(found.rows) };
}

function byFeature(windows: readonly { readonly columns: NamedCounts[] | null }[]): CountsByFeature {
  const counts = new Map<string, CountedWindow[]>();
  for (const { columns } of windows) {
    for (const { name, counts: counted } of columns ?? []) {
      const known = counts.get(name);
      if (known === undefined) counts.set(name, [counted]);
      else known.push(counted);
    }
  }
  return counts;
}

interface NamedCounts {
  readonly name: string;
  readonly counts: CountedWindow;
}

/** What several windows together show of the features of the last of them. */
export async function loadPooled(db: Queryable, windowId: string): Promise<FeatureComparison[]> {
  const features = await loadFeatureComparisons(db, windowId, '');
  return features
    .filter(({ pooled }) => pooled?.drifted === true)
    .sort((a, b) => a.pooled!.p_value - b.pooled!.p_value || (a.name < b.name ? -1 : 1));
}

/** Whether its inputs could be judged with those of the windows before it. */
export async function isLookedAtTogether(db: Queryable, windowId: string): Promise<boolean> {
  const found = await db.query<{ looked: boolean }>(
    `select exists (
       select 1 from measurement m
       where m.window_id = $1 and m.series = 'closed' and m.segment = '' and m.subject = 'feature'
         and ${POOLED_WINDOWS} is not null
     ) as looked`,
    [windowId],
  );
  return found.rows[0]!.looked;
}

/** When the window began that is so many before this one in its series; the first where there are fewer. */
export async function startOfEarlier(db: Queryable, windowId: string, windows: number): Promise<number> {
  const found = await db.query<{ startMs: number }>(
    `select ${epochMs('min(e.start_at)')} as "startMs" from (
       select w.start_at from "window" l
       join "window" w on w.model_version_id = l.model_version_id and w.size_ms = l.size_ms
         and w.start_at <= l.start_at and not w.pane_only and w.closed_revision > 0
         and w.baseline_id is not distinct from l.baseline_id
       where l.id = $1 order by w.start_at desc limit $2
     ) e`,
    [windowId, windows + 1],
  );
  return found.rows[0]!.startMs;
}

/** A feature of an incident, in the windows since it began. */
export interface IncidentFeature {
  readonly name: string;
  readonly kind: FeatureComparison['kind'];
  readonly counts: BinnedCounts;
  readonly spread: number;
  readonly windows: readonly CountedWindow[];
  /** Of them, those that came after the last that showed the change, this one among them. */
  readonly clean: number;
}

/**
 * What some features counted in this window and in those before it since a moment, the last ones. A window shows the change by its
 * own verdict, or as part of several; what was expected is none of it. Windows that a known event explains say nothing of it.
 */
export async function loadIncidentFeatures(
  db: Queryable,
  windowId: string,
  names: readonly string[],
  { sinceMs, windows }: { readonly sinceMs: number; readonly windows: number },
): Promise<IncidentFeature[]> {
  const found = await db.query<IncidentFeature>(
    `with recent as (
       select w.id, w.start_at, w.id = $1 as is_last, v.verdict not in ('none', 'undetermined') and not exists (
           select from expected_verdict e where e.window_id = w.id and e.series = 'closed' and e.segment = '') as shows
       from "window" l
       join "window" w on w.model_version_id = l.model_version_id and w.size_ms = l.size_ms
         and w.start_at <= l.start_at and w.start_at >= $3 and not w.pane_only and w.closed_revision > 0
         and w.baseline_id is not distinct from l.baseline_id
       cross join lateral (
         select verdict, diagnosis->>'reason' as reason from verdict v
         where v.window_id = w.id and v.series = 'closed' and v.segment = ''
         order by v.revision desc limit 1
       ) v
       where l.id = $1 and v.reason is distinct from 'known_event' order by w.start_at desc limit $4
     ), counted as (
       select m.name, r.start_at, r.is_last, m.kind, ${CELLS} as cells,
         coalesce(m.overdispersion, (m.details->'overdispersion'->>'factor')::float8) as spread,
         r.shows or coalesce(${POOLED_DRIFTED} and ${POOLED_LAST_WINDOW} >= $5, false) as shows
       from recent r join measurement m on m.window_id = r.id and m.series = 'closed' and m.segment = ''
         and m.subject = 'feature' and m.name = any($2) and ${CELLS} is not null
     ), ended as (
       select name, max(start_at) filter (where shows) as at from counted group by name
     )
     select c.name, max(c.kind) filter (where c.is_last) as kind,
       jsonb_path_query_first(jsonb_agg(c.cells) filter (where c.is_last), '$[0]') as counts,
       coalesce(max(c.spread) filter (where c.is_last), 1) as spread,
       jsonb_agg(c.cells - 'reference'::text order by c.start_at) as windows,
       count(*) filter (where c.start_at > coalesce(e.at, '-infinity')) as clean
     from counted c join ended e using (name)
     group by c.name having bool_or(c.is_last)`,
    [windowId, [...names], new Date(sinceMs), windows, GOES_ON],
  );
  return found.rows;
}

/** What a series said of a window, and whether labels showed a change by itself, and with those before it. */
export interface SaidOfWindow {
  readonly diagnosis: Pick<Diagnosis, 'evidence' | 'verdict' | 'reason'>;
  readonly performance: Performance | null;
  /** The same of it and those before it together; nulls where they were not judged. */
  readonly joined: {
    readonly diagnosis: Pick<Diagnosis, 'verdict' | 'reason'>;
    readonly performance: Performance | null;
  };
  /** The kinds it named, by itself and with those before it. */
  readonly types: readonly ShiftKind[];
  readonly shows: boolean;
  readonly showsTogether: boolean;
}

/** In order of time, from a moment to this window, the last ones; without those that a known event explains. */
export async function loadSaidSince(
  db: Queryable,
  windowId: string,
  { series, segment }: { readonly series: EvaluationSeries; readonly segment: string },
  { sinceMs, windows }: { readonly sinceMs: number; readonly windows: number },
): Promise<SaidOfWindow[]> {
  const found = await db.query<SaidOfWindow>(
    `select v.diagnosis, v.performance, v.types, v.shows, v."showsTogether", v.joined
     from "window" l
     join "window" w on w.model_version_id = l.model_version_id and w.size_ms = l.size_ms
       and w.start_at <= l.start_at and w.start_at >= $4 and not w.pane_only
       and w.baseline_id is not distinct from l.baseline_id
     cross join lateral (
       select jsonb_build_object('evidence', diagnosis->'evidence', 'verdict', diagnosis->'verdict', 'reason', diagnosis->'reason') as diagnosis,
         performance, jsonb_build_object('diagnosis', jsonb_build_object('verdict', joined->'diagnosis'->'verdict',
           'reason', joined->'diagnosis'->'reason'), 'performance', joined->'performance') as joined,
         types || array(select jsonb_array_elements_text(joined->'diagnosis'->'types')) as types,
         -- Moved inputs go on without what labels showed; what labels say of broken rows is not said of the model.
         types && '{concept_drift,label_shift,data_fault}' as shows,
         coalesce(joined->'diagnosis'->'types' ?| '{concept_drift,label_shift}', false) as "showsTogether"
       from verdict v where v.window_id = w.id and v.series = $2 and v.segment = $3
       order by v.revision desc limit 1
     ) v
     where l.id = $1 and v.diagnosis->>'reason' is distinct from 'known_event' order by w.start_at desc limit $5`,
    [windowId, series, segment, new Date(sinceMs), windows],
  );
  return found.rows.toReversed();
}
