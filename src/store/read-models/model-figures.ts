import type { VerdictKind } from '../../core/findings.ts';
import type { Queryable } from '../connection/pool.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import { select, selectOne } from '../connection/select.ts';
import { SHORTEST_SIZE } from './screens/fleet-sql.ts';

export interface FeatureFigures {
  readonly model: string;
  readonly version: string;
  readonly feature: string;
  readonly effect: number | null;
  readonly q: number | null;
  readonly missing: number | null;
}

interface Figure {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface VersionFigures {
  readonly model: string;
  readonly version: string;
  readonly verdict: VerdictKind;
  readonly confidence: number;
  /** When the judged window ended. */
  readonly endMs: number;
  readonly sizeMs: number;
  /** By metric; of the newest window that has them. */
  readonly realised: Readonly<Record<string, Figure>>;
  readonly estimated: Readonly<Record<string, Figure>>;
  readonly holdout: Readonly<Record<string, Figure>>;
  /** Share of the predictions of the newest window judged by labels that have one. */
  readonly labelled: number | null;
}

export interface IncidentAge {
  readonly model: string;
  readonly kind: string;
  readonly sinceMs: number;
}

export interface ModelFigures {
  readonly versions: readonly VersionFigures[];
  readonly features: readonly FeatureFigures[];
  readonly incidents: readonly IncidentAge[];
  /** Figures of features that are not among the worst. */
  readonly leftOut: number;
}

/** The newest judged window of each version in use, of the size that its model is judged by first. */
const JUDGED = `
  s as (
    select m.id, m.name, ${SHORTEST_SIZE} as size from model m where m.name = any($1::text[])
  ), w as (
    select s.name as model, s.size, v.id as version_id, v.name as version, w.id, w.end_at, w.closed_revision, w.matured_revision
    from s join model_version v on v.model_id = s.id and v.state <> 'retired'
    cross join lateral (
      select * from "window" n
      where n.model_version_id = v.id and n.size_ms = s.size and not n.pane_only and n.closed_revision > 0
      order by n.start_at desc limit 1
    ) w
  )`;

const FEATURES = `
  with ${JUDGED}, f as (
    select w.model, w.version, m.name as feature, m.jensen_shannon as effect, m.q_value as q,
      case when m.rows_current > 0 then m.missing_current end as missing
    from w join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = '' and m.subject = 'feature'
  ), ranked as (
    select model, feature, row_number() over (partition by model order by max(effect) desc nulls last, feature) as place
    from f group by model, feature
  ), placed as (select f.*, r.place from f join ranked r using (model, feature))
  select
    coalesce((select json_agg(json_build_object('model', model, 'version', version, 'feature', feature, 'effect', effect, 'q', q,
      'missing', missing) order by place, model, version) from placed where place <= $2), '[]') as features,
    (select coalesce(sum(num_nonnulls(effect, q, missing)), 0)::float8 from placed where place > $2) as "leftOut"`;

/** @param of a path to an object of metrics; @param value where the figure is in each; `holdout` has the interval of what was realised, which it is. */
const figures = (of: string, value: string, interval: string, where = 'true'): string => `
  coalesce((select jsonb_object_agg(key, jsonb_build_object('value', ${value}, 'interval', ${interval}))
    from jsonb_each(case when jsonb_typeof(${of}) = 'object' then ${of} else '{}' end) where ${where}), '{}')`;

const VERSIONS = `
  with ${JUDGED}
  select w.model, w.version, d.verdict, d.confidence, ${epochMs('w.end_at')} as "endMs", w.size::float8 as "sizeMs",
    ${figures("l.performance -> 'metrics'", "value -> 'current'", "value -> 'interval'")} as realised,
    ${figures("c.performance -> 'estimated'", "value -> 'value'", "value -> 'interval'", "value -> 'valid' = 'true'")} as estimated,
    ${figures("l.performance -> 'holdout' -> 'metrics'", "value -> 'holdout'", "l.performance -> 'metrics' -> key -> 'interval'")} as holdout,
    (l.performance -> 'labelled' ->> 'share')::float8 as labelled
  from w
  join verdict d on d.window_id = w.id and d.segment = ''
    and d.series = case when w.matured_revision > 0 then 'matured' else 'closed' end
    and d.revision = case when w.matured_revision > 0 then w.matured_revision else w.closed_revision end
  left join verdict c on c.window_id = w.id and c.segment = '' and c.series = 'closed' and c.revision = w.closed_revision
  left join lateral (
    select n.id, n.matured_revision from "window" n
    where n.model_version_id = w.version_id and n.size_ms = w.size and not n.pane_only and n.matured_revision > 0
    order by n.start_at desc limit 1
  ) n on true
  left join verdict l on l.window_id = n.id and l.segment = '' and l.series = 'matured' and l.revision = n.matured_revision
  order by w.model, w.version_id`;

const INCIDENTS = `
  select m.name as model, case a.cause when 'shift' then a.verdict else a.cause end as kind, ${epochMs('min(a.since_at)')} as "sinceMs"
  from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
  where m.name = any($1::text[]) and a.state in ('firing', 'recovering') and a.merged_into is null
  group by 1, 2 order by 1, 2`;

/** How these models stand, for the metrics of the fleet: one statement each for verdicts, features and incidents. */
export async function modelFigures(
  db: Queryable,
  models: readonly string[],
  features: number,
): Promise<ModelFigures> {
  const versions = await select<VersionFigures>(db, VERSIONS, [models]);
  const found = await selectOne<Pick<ModelFigures, 'features' | 'leftOut'>>(db, FEATURES, [models, features]);
  const incidents = await select<IncidentAge>(db, INCIDENTS, [models]);
  return { versions, features: found?.features ?? [], leftOut: found?.leftOut ?? 0, incidents };
}
