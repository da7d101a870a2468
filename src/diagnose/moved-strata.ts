import type { MovedStratum } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import { chiSquareSurvival, normalTwoSided } from '../stats/distributions.ts';
import { innerQuantiles } from './marginal-test.ts';
import { pooled, pooledCodes } from './pooled.ts';
import { referenceRelation, thinned } from './relation/reference-relation.ts';
import type { ReferenceRelation } from './relation/reference-relation.ts';
import { levelCounts, sketch, spokenFeatures } from './samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from './samples/row-samples.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

const MAX_FEATURES = 3;
const MIN_ZONE_ROWS = 30;
/** With this many current rows a number is cut into tenths, else into fifths. */
const ROWS_FOR_TENTHS = 1_000;
const MAX_LEVELS = 12;

/**
 * Where did P(y|X) move, and by how much? Asked once it is known that it did.
 *
 * The reference's relation is fitted on the reference alone; the current rows' mean residual in a zone (tenths of a
 * number, levels) less the reference's is what the zone's rows do otherwise than before. The feature along which these
 * means differ most (χ² beyond a common step, Bonferroni over features) is cut into its moved zones, neighbours of one
 * direction joined; its effect is taken out and the next feature is asked, three at most. Where no feature tells rows
 * apart, the change is one for all: a single stratum without a feature. Largest share of rows × change first.
 */
export function movedStrata(task: Task, labelled: RowSamples, positiveClass: string | null): MovedStratum[] {
  const samples = thinned(labelled);
  const target = responseOf(task, samples, positiveClass);
  const relation = target === null ? null : referenceRelation(task, samples, target.response);
  if (target === null || relation === null) return [];
  const cuts = spokenFeatures(samples)
    .map((pair) => cut(pair, samples.rows.reference))
    .filter((zones) => zones.names.length > 1);
  const residual = Float64Array.from(relation.residual);
  const found: MovedStratum[] = [];
  let left = cuts;
  for (let i = 0; i < MAX_FEATURES && left.length > 0; i++) {
    const tested = left
      .map((zones) => ({ zones, ...unevenness(zones, residual, samples.rows.reference) }))
      .sort((a, b) => a.p - b.p);
    const first = tested[0];
    if (first === undefined || first.p * cuts.length >= VERDICT_ALPHA) break;
    found.push(...strataOf(first.zones, first.effects, relation, target.name));
    const { zone } = first.zones;
    for (let row = 0; row < residual.length; row++) {
      if (row >= samples.rows.reference && zone[row]! >= 0)
        residual[row]! -= first.effects[zone[row]!]?.difference ?? 0;
    }
    left = left.filter((zones) => zones !== first.zones);
  }
  if (found.length > 0) return found.sort((a, b) => weightOf(b) - weightOf(a));
  return everywhere(relation, target.name);
}

const weightOf = (stratum: MovedStratum): number =>
  stratum.share * Math.abs(stratum.current_rate - stratum.reference_rate);

interface Target {
  /** The class whose share is meant; null for a number. */
  readonly name: string | null;
  readonly response: Float64Array;
}

/** The positive class, or of several the one whose share changed most. */
function responseOf(task: Task, { label }: RowSamples, positiveClass: string | null): Target | null {
  if (task === 'regression')
    return label?.kind === 'numeric' ? { name: null, response: pooled(label) } : null;
  if (label?.kind !== 'levels') return null;
  const code = classOf(label, positiveClass);
  return {
    name: label.levels[code] ?? '',
    response: Float64Array.from(pooledCodes(label), (each) => Number(each === code)),
  };
}

function classOf(label: LevelPair, positiveClass: string | null): number {
  const known = label.levels.indexOf(positiveClass ?? '');
  if (known >= 0) return known;
  const before = levelCounts(label.reference, label.levels.length);
  const now = levelCounts(label.current, label.levels.length);
  const change = [...label.levels.keys()].map((code) =>
    Math.abs(
      now[code]! / Math.max(1, label.current.length) - before[code]! / Math.max(1, label.reference.length),
    ),
  );
  return change.indexOf(Math.max(...change));
}

interface Zones {
  readonly feature: string;
  readonly zone: Int32Array;
  /** Upper edges of numeric zones but the last, ascending; null for levels. */
  readonly edges: readonly number[] | null;
  readonly names: readonly string[];
}

function cut(pair: ColumnCells, referenceRows: number): Zones {
  return pair.kind === 'numeric' ? cutNumber(pair.name, pooled(pair), referenceRows) : cutLevels(pair);
}

function cutNumber(feature: string, values: Float64Array, referenceRows: number): Zones {
  const parts = values.length - referenceRows >= ROWS_FOR_TENTHS ? 10 : 5;
  const cuts = innerQuantiles(sketch(values), parts);
  // A cut at the largest value would leave nothing above it.
  const edges = cuts.filter((edge) => values.some((value) => value > edge));
  const zone = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    let at = 0;
    while (at < edges.length && value > edges[at]!) at++;
    return at;
  });
  return { feature, zone, edges, names: [...edges, Infinity].map(String) };
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

interface ZoneEffect {
  readonly difference: number;
  readonly variance: number;
  readonly p: number;
}

/** Mean residual of current rows less that of reference rows per zone, and whether they differ between zones. */
function unevenness(
  { zone, names }: Zones,
  residual: Float64Array,
  referenceRows: number,
): { p: number; effects: ZoneEffect[] } {
  const sides = [
    momentsOf(zone, residual, 0, referenceRows, names.length),
    momentsOf(zone, residual, referenceRows, residual.length, names.length),
  ] as const;
  const effects = names.map((_, at): ZoneEffect => {
    const [before, now] = [sides[0][at]!, sides[1][at]!];
    const difference = now.mean - before.mean;
    const variance = now.variance / Math.max(1, now.count) + before.variance / Math.max(1, before.count);
    if (Math.min(now.count, before.count) < MIN_ZONE_ROWS) return { difference: 0, variance: 0, p: 1 };
    return { difference, variance, p: variance > 0 ? normalTwoSided(difference / Math.sqrt(variance)) : 1 };
  });
  const usable = effects.filter(({ variance }) => variance > 0);
  const precision = usable.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const common = usable.reduce((sum, { difference, variance }) => sum + difference / variance, 0) / precision;
  const statistic = usable.reduce(
    (sum, { difference, variance }) => sum + (difference - common) ** 2 / variance,
    0,
  );
  return { p: usable.length < 2 ? 1 : chiSquareSurvival(statistic, usable.length - 1), effects };
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

/** The zones that moved, neighbours of one direction together. */
function strataOf(
  zones: Zones,
  effects: readonly ZoneEffect[],
  relation: ReferenceRelation,
  className: string | null,
): MovedStratum[] {
  const moved = effects.map(({ p, difference }) =>
    p * effects.length < VERDICT_ALPHA ? Math.sign(difference) : 0,
  );
  const runs: number[][] = [];
  for (const [at, direction] of moved.entries()) {
    if (direction === 0) continue;
    const last = runs.at(-1);
    const joins = zones.edges !== null && last?.at(-1) === at - 1 && moved[at - 1] === direction;
    if (joins) last.push(at);
    else runs.push([at]);
  }
  return runs.map((run): MovedStratum => {
    const members = new Set(run);
    const p = Math.min(...run.map((at) => effects[at]!.p));
    const [first, last] = [run[0]!, run.at(-1)!];
    return {
      feature: zones.feature,
      ...(zones.edges === null
        ? { level: zones.names[first] ?? '' }
        : {
            range: [zones.edges[first - 1] ?? null, zones.edges[last] ?? null] as [
              number | null,
              number | null,
            ],
          }),
      ...ratesOf(relation, (row) => members.has(zones.zone[row]!)),
      ...(className !== null && { class: className }),
      p_value: Math.min(1, p * effects.length),
    };
  });
}

function everywhere(relation: ReferenceRelation, className: string | null): MovedStratum[] {
  const { residual, samples } = relation;
  const zone = new Int32Array(residual.length);
  const { effects } = unevenness(
    { feature: '', zone, edges: null, names: [''] },
    residual,
    samples.rows.reference,
  );
  const p = effects[0]?.p ?? 1;
  if (p >= VERDICT_ALPHA) return [];
  return [
    {
      feature: null,
      ...ratesOf(relation, () => true),
      ...(className !== null && { class: className }),
      p_value: p,
    },
  ];
}

/** Of the current rows inside: their share of all, what the reference expects of them, and what they do. */
function ratesOf(
  { samples, expected, response }: ReferenceRelation,
  isInside: (row: number) => boolean,
): Pick<MovedStratum, 'share' | 'reference_rate' | 'current_rate'> {
  const from = samples.rows.reference;
  let count = 0;
  let before = 0;
  let now = 0;
  for (let row = from; row < response.length; row++) {
    if (!isInside(row)) continue;
    count += 1;
    before += expected[row]!;
    now += response[row]!;
  }
  const n = Math.max(1, count);
  return {
    share: count / Math.max(1, samples.rows.current),
    reference_rate: before / n,
    current_rate: now / n,
  };
}
