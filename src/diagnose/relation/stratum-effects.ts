/** What current rows do otherwise than the reference's relation expects, by zones of a feature. */
import { chiSquareSurvival, fSurvival } from '../../stats/distributions.ts';
import { innerQuantiles } from '../marginal-test.ts';
import { pooled, pooledCodes } from '../pooled.ts';
import { sketch } from '../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../samples/row-samples.ts';
import { binsOf } from './zones.ts';
import { besideInflation, inflationOf } from './reference-stretches.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

export const MIN_ZONE_ROWS = 30;
const MAX_LEVELS = 12;

export interface Zones {
  readonly feature: string;
  readonly zone: Int32Array;
  /** Upper edges of numeric zones but the last, ascending; null for levels. */
  readonly edges: readonly number[] | null;
  readonly names: readonly string[];
}

/** A feature cut into equal parts of a number, or its levels. */
export function cut(pair: ColumnCells, parts: number): Zones {
  return pair.kind === 'numeric' ? cutNumber(pair.name, pooled(pair), parts) : cutLevels(pair);
}

function cutNumber(feature: string, values: Float64Array, parts: number): Zones {
  const cuts = innerQuantiles(sketch(values), parts);
  // A cut at the largest value would leave nothing above it.
  const edges = cuts.filter((edge) => values.some((value) => value > edge));
  return { feature, zone: binsOf(values, edges), edges, names: [...edges, Infinity].map(String) };
}

function cutLevels(pair: LevelPair): Zones {
  const { length } = pair.levels;
  const before = levelCounts(pair.reference, length);
  const now = levelCounts(pair.current, length);
  const kept = [...pair.levels.keys()]
    .filter((code) => Math.min(before[code]!, now[code]!) >= MIN_ZONE_ROWS)
    .sort((a, b) => before[b]! - before[a]!)
    .slice(0, MAX_LEVELS);
  const zoneOf = new Map(kept.map((code, zone) => [code, zone]));
  return {
    feature: pair.name,
    zone: pooledCodes(pair).map((code) => zoneOf.get(code) ?? -1),
    edges: null,
    names: kept.map((code) => pair.levels[code] ?? ''),
  };
}

export interface ZoneEffect {
  readonly difference: number;
  readonly variance: number;
  readonly p: number;
}

/**
 * Mean residual of current rows less that of reference rows per zone, and whether they differ between zones; the errors are those that
 * the reference's own stretches show, where these are further apart than their rows explain.
 */
export function unevenness(
  { zone, names }: Zones,
  residual: Float64Array,
  samples: RowSamples,
): { p: number; effects: ZoneEffect[] } {
  const referenceRows = samples.rows.reference;
  const inflation = inflationOf(residual, samples, { zone, zones: names.length });
  const sides = [
    momentsOf(zone, residual, 0, referenceRows, names.length),
    momentsOf(zone, residual, referenceRows, residual.length, names.length),
  ] as const;
  const effects = names.map((_, at): ZoneEffect => {
    const [before, now] = [sides[0][at]!, sides[1][at]!];
    const difference = now.mean - before.mean;
    const independent = now.variance / Math.max(1, now.count) + before.variance / Math.max(1, before.count);
    const variance = independent * inflation.factor;
    if (Math.min(now.count, before.count) < MIN_ZONE_ROWS) return { difference: 0, variance: 0, p: 1 };
    return {
      difference,
      variance,
      p: variance > 0 ? besideInflation(difference / Math.sqrt(variance), inflation) : 1,
    };
  });
  const usable = effects.filter(({ variance }) => variance > 0);
  const precision = usable.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const common = usable.reduce((sum, { difference, variance }) => sum + difference / variance, 0) / precision;
  const statistic = usable.reduce(
    (sum, { difference, variance }) => sum + (difference - common) ** 2 / variance,
    0,
  );
  const df = usable.length - 1;
  if (df < 1) return { p: 1, effects };
  const p =
    inflation.stretches === null
      ? chiSquareSurvival(statistic, df)
      : fSurvival(statistic / df, df, df * (inflation.stretches - 1));
  return { p, effects };
}

interface ZoneMoments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(
  zone: Int32Array,
  values: Float64Array,
  from: number,
  to: number,
  zones: number,
): ZoneMoments[] {
  const count = new Float64Array(zones);
  const sum = new Float64Array(zones);
  const square = new Float64Array(zones);
  for (let row = from; row < to; row++) {
    const at = zone[row]!;
    if (at < 0) continue;
    count[at]! += 1;
    sum[at]! += values[row]!;
    square[at]! += values[row]! ** 2;
  }
  return Array.from({ length: zones }, (_, at) => {
    const n = Math.max(1, count[at]!);
    const mean = sum[at]! / n;
    return { count: count[at]!, mean, variance: Math.max(0, square[at]! / n - mean ** 2) };
  });
}
