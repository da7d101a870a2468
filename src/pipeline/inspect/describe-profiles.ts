import type { ListDays } from '../../api/api-deps.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { FeatureReference } from '../../stats/profile/feature-reference.ts';
import { quantileOfGrid } from '../../stats/profile/grids/grid-quantile.ts';
import { quantileOfWeighted, weightedValues } from '../../stats/profile/grids/weighted-values.ts';
import type { FeatureKey } from '../../store/read-models/screens/feature-windows.ts';
import type { DayRow } from '../../store/rows/days.ts';
import type { FeatureProfiles } from '../../store/rows/feature-screen.ts';
import type { ColumnOfTime } from './columns-of-time.ts';
import { type ShownLevels, levelRowsOf, levelRowsOfCells } from './shown-levels.ts';

type Column = FeatureProfiles['columns'][number];
type Quantiles = Column['quantiles'];

/** A column whose levels are not chosen yet. */
export interface OpenColumn {
  readonly column: Omit<Column, 'shares'>;
  readonly levels: ShownLevels;
}

export function describeColumnOfTime(
  { ids, startMs, endMs, isOpen }: ColumnOfTime,
  profile: FeatureProfile,
  minCount: number | undefined,
): OpenColumn {
  const { rows, missing, invalid, infinite } = profile;
  const share = (some: number): number => (rows > 0 ? some / rows : 0);
  return {
    column: {
      start: new Date(startMs).toISOString(),
      end: new Date(endMs).toISOString(),
      windows: ids.length,
      of: 'windows',
      provisional: isOpen,
      rows,
      missing: share(missing),
      invalid: share(invalid + infinite),
      new_levels: profile.kind === 'numeric' ? null : share(profile.newLevels.total),
      quantiles: profile.kind === 'numeric' ? quantilesOf((p) => quantileOfGrid(profile, p)) : null,
    },
    levels: levelRowsOf(profile, minCount),
  };
}

const NO_LEVELS: ShownLevels = { rows: new Map(), rest: 0, all: 0 };

/** What training says of the same. */
export function describeReference(reference: FeatureReference | null, minCount = 0) {
  if (reference === null) return { quantiles: null, new_levels: null, levels: NO_LEVELS };
  if (reference.kind === 'numeric') {
    const values = weightedValues(reference);
    return {
      quantiles: quantilesOf((p) => quantileOfWeighted(values, p)),
      new_levels: null,
      levels: NO_LEVELS,
    };
  }
  const { levels, counts, otherCount, rows, kind } = reference;
  const named = levels.flatMap((level, i): [string, number][] => {
    const count = counts[i] ?? 0;
    return kind === 'boolean' || count >= minCount ? [[level, count]] : [];
  });
  const all = counts.reduce((sum, count) => sum + count, otherCount);
  const rest = all - named.reduce((sum, [, count]) => sum + count, 0);
  return {
    quantiles: null,
    new_levels: rows > 0 ? otherCount / rows : 0,
    levels: { rows: new Map(named), rest, all },
  };
}

function quantilesOf(quantile: (p: number) => number | null): Quantiles {
  const [p5, p25, p50, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map(quantile);
  if (p5 == null || p25 == null || p50 == null || p75 == null || p95 == null) return null;
  return { p5, p25, p50, p75, p95 };
}

const PAGE = 200;

/** What counts that are kept no longer came to by day, and by week where days are kept no longer either. In no order. */
export async function loadDayColumns(
  listDays: ListDays,
  { model, version, segment, feature }: FeatureKey,
  period: { readonly fromMs: number; readonly toMs: number },
  most: number,
): Promise<OpenColumn[]> {
  const found: OpenColumn[] = [];
  for (const every of ['day', 'week'] as const) {
    let after: Parameters<ListDays>[1]['after'] = null;
    do {
      const asked = {
        model,
        segment,
        feature,
        every,
        ...(version !== null && { version }),
        from: new Date(period.fromMs).toISOString(),
        to: new Date(period.toMs).toISOString(),
      };
      const page = await listDays(asked, { limit: PAGE, after });
      found.push(...page.items.flatMap(describeDayColumn));
      after = page.next;
    } while (after !== null && found.length < most);
  }
  return found.slice(0, most);
}

function describeDayColumn(day: DayRow): OpenColumn[] {
  const [own] = day.features;
  if (own === undefined) return [];
  const { p5, p25, p50, p75, p95 } = own.quantiles ?? {};
  return [
    {
      column: {
        start: day.start,
        end: day.end,
        windows: day.windows,
        of: day.every,
        provisional: false,
        rows: own.rows,
        missing: own.missing,
        invalid: own.invalid,
        new_levels: own.new_levels,
        quantiles: own.quantiles === null ? null : { p5: p5!, p25: p25!, p50: p50!, p75: p75!, p95: p95! },
      },
      levels: levelRowsOfCells(own.counts.bins, own.counts.current),
    },
  ];
}
