import type { FeatureOverTime, Inspections } from '../../api/inspections.ts';
import type { ListDays } from '../../api/api-deps.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import type { ModelSpec } from '../../core/model.ts';
import { ok } from '../../core/result.ts';
import {
  quantileOfWeighted,
  sharesOfWidths,
  type WeightedValues,
  weightedValues,
} from '../../stats/profile/grids/weighted-values.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { listCountedWindows, listFeatureHistory } from '../../store/read-models/screens/feature-windows.ts';
import type { FeatureHistory, FeatureRidges } from '../../store/rows/feature-screen.ts';
import { type ColumnOfTime, countsSince, inColumns, readEvery } from './columns-of-time.ts';
import {
  describeColumnOfTime,
  describeReference,
  loadDayColumns,
  type OpenColumn,
} from './describe-profiles.ts';
import { effectOfCells } from './effect-of-cells.ts';
import type { FeatureCounts } from './feature-counts.ts';
import {
  answeredPlace,
  columnMs,
  type FeaturePlace,
  findPeriodOf,
  MOST_COLUMNS,
  noFeature,
} from './feature-place.ts';
import { sharesOfLevels } from './shown-levels.ts';

interface OverTime {
  readonly db: Queryable;
  readonly counts: FeatureCounts;
  readonly listDays: ListDays;
  readonly specOf: (model: string) => Pick<ModelSpec, 'minCount' | 'features'> | null;
}

type Placed = FeaturePlace & { readonly period: { readonly fromMs: number; readonly toMs: number } };

/** Effect, q and threshold, and shares of missing and invalid values. One statement. */
export async function readFeatureHistory(
  { db, specOf }: OverTime,
  asked: FeatureOverTime,
  nowMs: number,
): ReturnType<Inspections['history']> {
  const place = await findPeriodOf(db, asked, nowMs);
  if (!place.ok) return place;
  const { key, period } = place.value;
  const stepMs = columnMs(period, key.size, MOST_COLUMNS);
  const rows = await listFeatureHistory(db, key, { ...period, stepMs });
  const last = rows.at(-1);
  const columns = rows.map(
    (
      {
        kind: _kind,
        ks: _ks,
        overdispersion: _spread,
        cells: _cells,
        missing_reference: _m,
        invalid_reference: _i,
        ...row
      },
      at,
    ) => ({
      ...row,
      effect: effectOfCells(rows[at]!),
    }),
  );
  return ok({
    ...answeredPlace(place.value),
    floor:
      specOf(asked.model)?.features?.get(asked.feature)?.minEffect ?? DEFAULT_COMPARE_OPTIONS.floors.info,
    q_threshold: DEFAULT_COMPARE_OPTIONS.q,
    missing_reference: last?.missing_reference ?? null,
    invalid_reference: last?.invalid_reference ?? null,
    columns: columns satisfies FeatureHistory['columns'],
  });
}

/** Quantiles, levels, missing, invalid and new values, out of counts of windows and, where these are gone, of days and weeks. */
export async function readFeatureProfiles(
  { db, counts, listDays, specOf }: OverTime,
  asked: FeatureOverTime,
  nowMs: number,
): ReturnType<Inspections['profiles']> {
  const place = await findPeriodOf(db, asked, nowMs);
  if (!place.ok) return place;
  const { key, watched, period } = place.value;
  const minCount = specOf(asked.model)?.minCount;
  const { windows, every, since, newest } = await countedIn(db, counts, place.value);
  const stepMs = columnMs(period, key.size, MOST_COLUMNS);
  const columns = inColumns(windows, ({ startMs }) => Math.floor((startMs - period.fromMs) / stepMs));
  const open: OpenColumn[] = [];
  await counts.each(columns, { ...key, task: watched.task, minCount }, (column, counted) => {
    if (counted !== null && counted.rows > 0) open.push(describeColumnOfTime(column, counted, minCount));
  });
  open.push(...(await loadDayColumns(listDays, key, period, MOST_COLUMNS - open.length)));
  open.sort((a, b) => Date.parse(a.column.start) - Date.parse(b.column.start));
  const trained = await counts.referenceOf(newest, key.feature);
  if (trained === null && open.length === 0) return noFeature(asked);
  const reference = describeReference(trained, minCount);
  const { levels, shares } = sharesOfLevels([reference.levels, ...open.map((each) => each.levels)]);
  const isLevels = open.some(({ column }) => column.new_levels !== null) || reference.new_levels !== null;
  return ok({
    ...answeredPlace(place.value),
    every,
    counts_since: since,
    kind: trained?.kind ?? (isLevels ? 'categorical' : 'numeric'),
    reference: {
      quantiles: reference.quantiles,
      new_levels: reference.new_levels,
      shares: isLevels ? (shares[0] ?? []) : [],
    },
    levels: isLevels ? levels : [],
    columns: open.map(({ column }, at) => ({ ...column, shares: isLevels ? (shares[at + 1] ?? []) : [] })),
  });
}

const MOST_RIDGES = 24;
const WIDTHS = 48;

/** Distributions of numbers over time, beside that of training; all on one axis. */
export async function readFeatureRidges(
  { db, counts, specOf }: OverTime,
  asked: FeatureOverTime,
  nowMs: number,
): ReturnType<Inspections['ridges']> {
  const place = await findPeriodOf(db, asked, nowMs);
  if (!place.ok) return place;
  const { key, watched } = place.value;
  const { windows, every, since, newest } = await countedIn(db, counts, place.value);
  const inOne = Math.max(1, Math.ceil(windows.length / MOST_RIDGES));
  // From the end, so that the newest ridge is of as many windows as the others.
  const columns = inColumns(windows, (_, at) => Math.floor((at - windows.length) / inOne));
  const found: { column: ColumnOfTime; values: WeightedValues; rows: number }[] = [];
  const minCount = specOf(asked.model)?.minCount;
  await counts.each(columns, { ...key, task: watched.task, minCount }, (column, counted) => {
    const values = counted?.kind === 'numeric' ? weightedValues(counted) : [];
    found.push({ column, values, rows: counted?.rows ?? 0 });
  });
  const reference = await counts.referenceOf(newest, key.feature);
  const trained = reference?.kind === 'numeric' ? weightedValues(reference) : [];
  const axis = axisOf(
    trained,
    found.map(({ values }) => values),
  );
  const shares = (values: WeightedValues): number[] | null =>
    axis === null ? null : sharesOfWidths(values, axis, WIDTHS);
  return ok({
    ...answeredPlace(place.value),
    every,
    counts_since: since,
    low: axis?.[0] ?? null,
    high: axis?.[1] ?? null,
    reference: shares(trained) ?? [],
    ridges: found.map(({ column, values, rows }): FeatureRidges['ridges'][number] => ({
      start: new Date(column.startMs).toISOString(),
      end: new Date(column.endMs).toISOString(),
      windows: column.ids.length,
      rows,
      provisional: column.isOpen,
      shares: shares(values),
    })),
  });
}

/**
 * From the least 1 % quantile to the greatest 99 % one, but no further from training than training is wide: one window in another
 * unit would leave all others a single line. Null without values.
 */
function axisOf(trained: WeightedValues, all: readonly WeightedValues[]): readonly [number, number] | null {
  const ends = (values: WeightedValues) =>
    [quantileOfWeighted(values, 0.01) ?? 0, quantileOfWeighted(values, 0.99) ?? 0] as const;
  const seen = [trained, ...all].filter((values) => values.length > 0).map(ends);
  if (seen.length === 0) return null;
  let [low, high] = [Math.min(...seen.map(([from]) => from)), Math.max(...seen.map(([, to]) => to))];
  if (trained.length > 0) {
    const [from, to] = ends(trained);
    const wide = to - from;
    if (wide > 0) [low, high] = [Math.max(low, from - wide), Math.min(high, to + wide)];
  }
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** The windows of a period whose counts are there, each `every`-th of them. */
async function countedIn(db: Queryable, counts: FeatureCounts, { key, period }: Placed) {
  await counts.keepUp();
  const all = await listCountedWindows(db, key, period);
  const kept = all.filter(({ isKept }) => isKept);
  const newest = all.at(-1)?.baseline ?? null;
  const every = readEvery(kept.length, await counts.widthOf(newest));
  // The newest is always among them.
  const windows = kept.filter((_, at) => (kept.length - 1 - at) % every === 0);
  return { windows, every, since: countsSince(all), newest };
}
