import type { FeatureComparison } from '../../../core/findings.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import { severityNow } from '../../history/measured.ts';
import { loadFeatureComparisons } from '../../history/comparisons.ts';
import type { ModelFeature, ModelFeatures } from '../../rows/model-screen.ts';
import type { HeatmapAsked } from './model-heatmap.ts';
import { panelHead, type ScreenRefusal, screenScope } from './screen-scope.ts';

export const FEATURE_ORDERS = ['status', 'name', 'effect', 'q', 'missing', 'importance'] as const;

export interface FeaturesAsked extends HeatmapAsked {
  readonly sort: (typeof FEATURE_ORDERS)[number];
  readonly descending: boolean;
  /** With their distributions. */
  readonly bins: boolean;
}

const KEYS: Readonly<Record<FeaturesAsked['sort'], string>> = {
  name: 'name',
  effect: 'effect',
  q: 'q_value',
  missing: 'missing_current - missing_reference',
  importance: `array_position(array['low', null, 'normal', 'high'], importance)`,
  status: `array_position(array['ok', 'insufficient', 'drift', 'fault'], status) * 4
    + array_position(array['none', 'info', 'warning', 'critical'], severity) + coalesce(effect, 0)`,
};

type FlatFeature = Omit<ModelFeature, 'missing' | 'bins'> & {
  missing_reference: number;
  missing_current: number;
  window_id: string;
  version: string;
  start: string;
  end: string;
  rows: number;
  total: number;
  said: boolean;
};

/** The newest window in which a feature is measured like this; it is looked for from the newest on. */
const NEWEST = (what: string): string => `(
  select w.id from (
    select id, start_at, model_version_id from "window"
    where model_version_id = any($1::int[]) and size_ms = $2 and not pane_only and closed_revision > 0
      and start_at < to_timestamp($4::float8 / 1000) and end_at > to_timestamp($3::float8 / 1000)
    order by start_at desc, model_version_id desc offset 0
  ) w cross join lateral (
    select from measurement m where m.window_id = w.id and m.series = 'closed' and m.segment = $5 and m.subject = 'feature'
      and m.rows_current > 0 ${what} limit 1
  ) m order by w.start_at desc, w.model_version_id desc limit 1)`;

const SQL = (order: string): string => `
  with newest as (
    select w.id, v.name as version, w.start_at, w.end_at
    from "window" w join model_version v on v.id = w.model_version_id
    where w.id = coalesce(${NEWEST(`and m.status <> 'insufficient'`)}, ${NEWEST('')})
  ), feature as (
    select m.name, m.kind, m.status, ${severityNow('m.severity')} as severity, m.drifted, m.reason, m.faults, m.jensen_shannon as effect, m.psi, m.q_value,
      m.missing_reference, m.missing_current, o.spec -> 'features' -> m.name ->> 'importance' as importance,
      n.id::text as window_id, n.version, n.start_at as start, n.end_at as "end", m.rows_current as rows,
      jsonb_path_exists(o.spec, '$.features.*.importance') as said
    from newest n join measurement m on m.window_id = n.id join model o on o.id = $6
    where m.series = 'closed' and m.segment = $5 and m.subject = 'feature'
  )
  select *, count(*) over () as total from feature
  where $7::text is null or position(lower($7) in lower(name)) > 0
  order by ${order} limit $8`;

/** Features in the newest window of the period with enough rows to tell, or else with any; as many as are asked for. */
export async function modelFeatures(
  db: Queryable,
  asked: FeaturesAsked,
): Promise<Result<ModelFeatures, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const { versionIds, size, period, modelId } = scope.value;
  const segment = asked.segment ?? '';
  // What is not known comes last either way.
  const order = `${KEYS[asked.sort]} ${asked.descending ? 'desc' : 'asc'} nulls last, name`;
  const rows = await select<FlatFeature>(db, SQL(order), [
    versionIds,
    size ?? 0,
    period.fromMs,
    period.toMs,
    segment,
    modelId,
    asked.q ?? null,
    asked.limit,
  ]);
  const [first] = rows;
  const compared =
    first === undefined || !asked.bins ? [] : await loadFeatureComparisons(db, first.window_id, segment);
  const byName = new Map(compared.map((each) => [each.name, each]));
  return ok({
    ...panelHead(scope.value),
    window:
      first === undefined
        ? null
        : {
            id: first.window_id,
            version: first.version,
            start: first.start,
            end: first.end,
            rows: first.rows,
          },
    total: first?.total ?? 0,
    importance_known: first?.said ?? false,
    features: rows.map((row) => ({
      name: row.name,
      kind: row.kind,
      status: row.status,
      severity: row.severity,
      drifted: row.drifted,
      reason: row.reason,
      faults: row.faults,
      effect: row.effect,
      psi: row.psi,
      q_value: row.q_value,
      missing: { reference: row.missing_reference, current: row.missing_current },
      importance: row.importance,
      bins: binsOf(byName.get(row.name)),
    })),
  });
}

const MOST_BINS = 24;

/** Shares of rows; numbers of many bins in wider ones, levels beyond the most frequent together. */
function binsOf(compared: FeatureComparison | undefined): ModelFeature['bins'] {
  const counts = compared?.counts;
  if (compared === undefined || counts === undefined) return null;
  const { bins } = counts;
  const isNumeric = compared.kind === 'numeric';
  const each = isNumeric ? Math.ceil(bins.length / MOST_BINS) : 1;
  const places = bins.map((_, at) => (isNumeric ? Math.floor(at / each) : Math.min(at, MOST_BINS - 1)));
  const labels: string[] = [];
  for (const [at, place] of places.entries()) {
    const isRest = !isNumeric && bins.length > MOST_BINS && place === MOST_BINS - 1;
    labels[place] = isRest ? 'others' : labelOf(bins[at] ?? null, isNumeric);
  }
  const shares = (values: readonly number[]): number[] => {
    const all = values.reduce((sum, value) => sum + value, 0);
    const sums = labels.map(() => 0);
    for (const [at, place] of places.entries()) sums[place] = (sums[place] ?? 0) + (values[at] ?? 0);
    return sums.map((sum) => (all === 0 ? 0 : Math.round((sum / all) * 1e4) / 1e4));
  };
  return { labels, reference: shares(counts.reference), current: shares(counts.current) };
}

function labelOf(bin: string | number | null, isNumeric: boolean): string {
  if (!isNumeric) return String(bin ?? '');
  return bin === null ? 'above' : `to ${Number(Number(bin).toPrecision(4))}`;
}
