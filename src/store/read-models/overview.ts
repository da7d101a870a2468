import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Advice, GroupFinding, HoldoutFinding, Maturity, VerdictKind } from '../../core/findings.ts';
import type { Task } from '../../core/model.ts';
import type { Queryable } from '../connection/pool.ts';
import type { AlertRow, AlertStateRow } from '../rows/alerts.ts';
import type { ListedVersion } from '../rows/models.ts';
import type { RetrainPoint, RetrainRow } from '../rows/retrains.ts';
import type { ListedWindow } from '../rows/windows.ts';
import { listAlerts } from './alerts.ts';
import { expectedOf } from './expected-of.ts';
import { type PipelineFacts, pipelineFacts } from './pipeline.ts';
import { pointsOf, RETRAIN_COLUMNS } from './retrains.ts';
import { select } from '../connection/select.ts';

/** How many windows of each size the overview looks back on: fewer of each where there are many versions. */
const OVERVIEW_WINDOWS = 24;
const FEWEST_WINDOWS = 6;
/** Of all versions together, unless each has its fewest. */
const MOST_WINDOWS = 2_400;
const OVERVIEW_RETRAINS = 5;
/** More open alerts than anybody reads; the count on the page stays honest, see `more_alerts`. */
const OVERVIEW_ALERTS = 100;

export interface OverviewWindow {
  id: string;
  /** Null for windows of so many rows. */
  size_ms: number | null;
  /** At least so many rows a window; null for windows of a fixed length. */
  size_rows: number | null;
  start: string;
  end: string;
  state: ListedWindow['state'];
  rows: number;
  late_rows: number;
  /** Of the whole window; the matured verdict once there is one. Null: not evaluated yet. */
  verdict: {
    series: EvaluationSeries;
    verdict: VerdictKind;
    confidence: number;
    advice: Advice;
    summary: string;
    reason: string | null;
    /** `expected: ` and the comment of who expected what it shows; nobody was told of it. */
    expected?: string | null;
    /** Null: no labels. */
    maturity: Maturity | null;
    /** What of latency, cost, energy and errors is beyond a limit or has become worse; one sentence each. */
    breaches?: string[];
    /** Hold-out, and the groups that are treated differently beyond chance. Null: no labels. */
    performance?: { mature: boolean; holdout: HoldoutFinding | null; groups: GroupFinding[] } | null;
  } | null;
}

export type StandingState = Pick<AlertStateRow, 'size_ms' | 'size_rows' | 'state' | 'reason'>;

export interface OverviewVersion {
  model: string;
  task: Task;
  version: string;
  state: ListedVersion['state'];
  baseline: { revision: number; rows: number; created_at: string } | null;
  /** Oldest first, all sizes, at most `OVERVIEW_WINDOWS` of each. */
  windows: OverviewWindow[];
  alerts: AlertRow[];
  /** How the closed series of all rows stand, one of each size. */
  states: StandingState[];
  retrains: OverviewRetrain[];
}

export interface OverviewRetrain extends RetrainRow {
  /** One plain sentence; null until the run is judged. */
  outcome_summary: string | null;
  /** The run's curve, and what it is measured against. */
  points: RetrainPoint[];
  target_metric: string | null;
  target_value: number | null;
  target_lower_is_better: boolean | null;
}

/** Everything the first page and `status` show. */
export interface Overview {
  versions: OverviewVersion[];
  pipeline: PipelineFacts;
  /** There are more open alerts than are listed. */
  more_alerts: boolean;
  /** Models of which nothing was logged and no baseline made yet. */
  unseen: string[];
}

export async function overview(db: Queryable): Promise<Overview> {
  const versions = await currentVersions(db);
  const each = Math.floor(MOST_WINDOWS / Math.max(1, versions.length));
  const most = Math.max(FEWEST_WINDOWS, Math.min(OVERVIEW_WINDOWS, each));
  const windows = groupByVersion(await recentWindows(db, most));
  const alerts = await listAlerts(db, { open: true }, { limit: OVERVIEW_ALERTS, after: null });
  const alertsOf = Map.groupBy(alerts.items, (alert) => versionKey(alert.model, alert.version));
  const statesOf = Map.groupBy(await currentStates(db), (row) => versionKey(row.model, row.version));
  const retrainsOf = Map.groupBy(await recentRetrains(db), (run) => versionKey(run.model, run.version));
  return {
    versions: versions.map((version) => {
      const key = versionKey(version.model, version.version);
      return {
        ...version,
        windows: windows.get(key) ?? [],
        alerts: alertsOf.get(key) ?? [],
        states: (statesOf.get(key) ?? []).map(({ size_ms, size_rows, state, reason }) => {
          return { size_ms, size_rows, state, reason };
        }),
        retrains: retrainsOf.get(key) ?? [],
      };
    }),
    pipeline: await pipelineFacts(db),
    more_alerts: alerts.next !== null,
    unseen: await unseenModels(db),
  };
}

const versionKey = (model: string, version: string): string => JSON.stringify([model, version]);

type VersionFacts = Pick<OverviewVersion, 'model' | 'task' | 'version' | 'state' | 'baseline'>;

const IS_CURRENT = `(v.state <> 'retired'
  or exists (select 1 from alert a where a.model_version_id = v.id and a.state <> 'resolved'))`;

/** Sizes of windows that a version has, by a look at the index for each: there may be ten thousand windows. */
const SIZES = `
  with recursive s as (
    select min(size_ms) as size_ms from "window" where model_version_id = v.id
    union all
    select (select min(size_ms) from "window" where model_version_id = v.id and size_ms > s.size_ms) from s
    where s.size_ms is not null
  ) select size_ms from s where size_ms is not null`;

/** Every model; its retired versions only while an alert is open on them. */
async function currentVersions(db: Queryable): Promise<VersionFacts[]> {
  return select<VersionFacts>(
    db,
    `select m.name as model, m.task, v.name as version, v.state, b.facts as baseline
     from model m
     join model_version v on v.model_id = m.id
     left join lateral (
       select json_build_object('revision', revision, 'rows', rows, 'created_at', created_at) as facts
       from baseline where model_version_id = v.id order by revision desc limit 1
     ) b on true
     where ${IS_CURRENT}
     order by m.name, v.id desc`,
  );
}

async function unseenModels(db: Queryable): Promise<string[]> {
  const models = await select<{ name: string }>(
    db,
    `select m.name from model m
     where not exists (select from model_version v where v.model_id = m.id) order by m.name`,
    [],
  );
  return models.map(({ name }) => name);
}

interface RecentWindow extends Omit<OverviewWindow, 'verdict'> {
  model: string;
  version: string;
  verdict_json: OverviewWindow['verdict'];
}

async function recentWindows(db: Queryable, most: number): Promise<RecentWindow[]> {
  return select<RecentWindow>(
    db,
    `select m.name as model, v.name as version, w.id::text as id, case when w.size_ms > 0 then w.size_ms end as size_ms,
  case when w.size_ms < 0 then -w.size_ms end as size_rows, w.start_at as start,
       w.end_at as "end", w.state, w.late_rows,
       coalesce(w.emptied_rows, (select sum(p.rows)::bigint from window_content p
         where p.whole_id = w.id and p.segment = '' and p.kind = 'input'), 0) as rows,
       (select json_build_object('series', d.series, 'verdict', d.verdict, 'confidence', d.confidence,
           'expected', ${expectedOf('d')}, 'advice', d.advice, 'summary', d.summary, 'reason', d.reason, 'maturity', d.performance->'maturity',
           'breaches', coalesce(jsonb_path_query_array(d.operational, '$.breaches[*].claim'), '[]'),
           'performance', case when d.performance is not null then json_build_object(
             'mature', d.performance->'mature', 'holdout', d.performance->'holdout',
             'groups', jsonb_path_query_array(d.performance,
               '$.groups[*] ? (exists (@.rates.* ? (@.p_value < 0.001)))')) end)
         from verdict d where d.window_id = w.id and d.segment = ''
         order by d.series = 'matured' desc, d.revision desc limit 1) as verdict_json
     from model_version v
     join model m on m.id = v.model_id
     cross join lateral (${SIZES}) s
     cross join lateral (
       select * from "window" where model_version_id = v.id and size_ms = s.size_ms and not pane_only
       order by start_at desc limit $1
     ) w
     where ${IS_CURRENT}
     order by w.size_ms, w.start_at`,
    [most],
  );
}

function groupByVersion(rows: readonly RecentWindow[]): Map<string, OverviewWindow[]> {
  const groups = new Map<string, OverviewWindow[]>();
  for (const { model, version, verdict_json: verdict, ...window } of rows) {
    const key = versionKey(model, version);
    const group = groups.get(key) ?? [];
    if (group.length === 0) groups.set(key, group);
    group.push({ ...window, verdict });
  }
  return groups;
}

async function currentStates(db: Queryable): Promise<(StandingState & { model: string; version: string })[]> {
  return select(
    db,
    `select m.name as model, v.name as version, case when c.size_ms > 0 then c.size_ms end as size_ms,
       case when c.size_ms < 0 then -c.size_ms end as size_rows, c.state, c.reason
     from alert_cursor c join model_version v on v.id = c.model_version_id join model m on m.id = v.model_id
     where c.segment = '' and c.series = 'closed' and c.decided_until > '-infinity' order by c.size_ms`,
  );
}

async function recentRetrains(db: Queryable): Promise<OverviewRetrain[]> {
  const runs = await select<Omit<OverviewRetrain, 'points'>>(
    db,
    `select ${RETRAIN_COLUMNS}, r.outcome_details ->> 'summary' as outcome_summary, r.target_metric, r.target_value,
       r.target_lower_is_better
     from model_version v
     join model m on m.id = v.model_id
     cross join lateral (
       select * from retrain_run where model_version_id = v.id order by requested_at desc limit $1
     ) r
     order by r.requested_at desc`,
    [OVERVIEW_RETRAINS],
  );
  const points = await pointsOf(
    db,
    runs.map(({ id }) => id),
  );
  return runs.map((run) => ({ ...run, points: points.get(run.id) ?? [] }));
}
