import { chiSquareSurvival } from '../../stats/distributions.ts';
import { ksPValue } from '../../stats/tests/ks.ts';
import { levelTest } from '../marginal-test.ts';
import type { ColumnPair, LevelPair } from '../row-samples.ts';
import { FAULT_ALPHA, SAME_P, sameDistance } from '../thresholds.ts';
import { distanceWithin } from './resolution.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { rankCorrelations, undoFlip, undoSwap } from './rank-correlations.ts';
import type { Undoing } from './rank-correlations.ts';

const MIN_MOVED_DISTANCE = 0.08;
const MIN_IMPROVEMENT = 3;
const MAX_SKETCH = 2_000;
/** Correlations are many and only roughly normal: they must be refuted far beyond the usual level. */
const REFUTED = 1e-6;
/**
 * Correlations that fit worse after undoing by this much (χ²) speak against the suspect. Where all correlations are
 * zero the difference still wanders with a standard deviation of 2·√df, hence the second part.
 */
const VETO = 10;
const VETO_PER_ROOT_DF = 4;

/** A suspect that fits the marginals; `correlations` say whether the relations between columns agree. */
export interface Suspect {
  readonly kind: 'flip' | 'swap';
  readonly features: readonly [string] | readonly [string, string];
  readonly correlations: 'refuted_and_restored' | 'silent' | 'against';
  readonly undoing: Undoing;
}

interface Sketch extends SortedPair {
  /** Present values before thinning. */
  readonly counts: readonly [number, number];
}

/**
 * Two columns whose distributions clearly fit each other and no longer themselves. Works on numbers and,
 * by their level counts, on categories.
 */
export function exchangedMarginals(
  features: readonly ColumnPair[],
  sorted: readonly SortedPair[],
): Suspicion[] {
  const numeric = sorted.map(sketchOf);
  const moved = numeric.filter(
    (side) => distanceWithin(side.current, side.reference, 0) >= MIN_MOVED_DISTANCE,
  );
  const found: Suspicion[] = [];
  forEachPair(moved, (a, b) => {
    const limit = sameDistance(...a.counts);
    const fit = exchangeDistance(a, b);
    const asIs = Math.min(
      distanceWithin(a.current, a.reference, 0),
      distanceWithin(b.current, b.reference, 0),
    );
    if (fit > limit || asIs < MIN_IMPROVEMENT * fit) return;
    const p = ksPValue(asIs, ...a.counts);
    if (p < REFUTED) found.push(...swapFindings(a.name, b.name, asIs, p, fit));
  });
  return [...found, ...exchangedLevels(features.filter((pair) => pair.kind === 'levels'))];
}

function exchangedLevels(pairs: readonly LevelPair[]): Suspicion[] {
  const found: Suspicion[] = [];
  const moved = pairs.filter((pair) => levelDistance(pair, pair).distance >= MIN_MOVED_DISTANCE);
  forEachPair(moved, (a, b) => {
    const forth = levelDistance(a, b);
    const back = levelDistance(b, a);
    const fit = Math.max(forth.distance, back.distance);
    const asIs = Math.min(levelDistance(a, a).distance, levelDistance(b, b).distance);
    const agrees = Math.min(forth.p, back.p) > SAME_P;
    const p = Math.max(levelDistance(a, a).p, levelDistance(b, b).p);
    if (agrees && asIs >= MIN_IMPROVEMENT * fit && p < REFUTED) {
      found.push(...swapFindings(a.name, b.name, asIs, p, fit));
    }
  });
  return found;
}

/** Reference levels of one column against current levels of the other, matched by name. */
function levelDistance(a: LevelPair, b: LevelPair): { p: number; distance: number } {
  const counts = new Map<string, [number, number]>();
  const add = (pair: LevelPair, codes: Int32Array, side: 0 | 1): void => {
    for (const code of codes) {
      const level = pair.levels[code];
      if (level === undefined) continue;
      const entry = counts.get(level) ?? [0, 0];
      entry[side] += 1;
      counts.set(level, entry);
    }
  };
  add(a, a.reference, 0);
  add(b, b.current, 1);
  const entries = [...counts.values()];
  return levelTest(
    entries.map((entry) => entry[0]),
    entries.map((entry) => entry[1]),
  );
}

/** Columns that may be negated or exchanged without their distributions showing it. */
export function hiddenSuspects(features: readonly ColumnPair[], sorted: readonly SortedPair[]): Suspect[] {
  const numeric = sorted.map(sketchOf);
  const z = rankCorrelations(features);
  const suspects: Suspect[] = [];
  for (const side of numeric) {
    const i = z.indexOf.get(side.name);
    if (i === undefined || side.reference.length === 0 || side.current.length === 0) continue;
    const negated = side.reference.map((value) => -value).reverse();
    const limit = sameDistance(...side.counts);
    if (distanceWithin(side.current, negated, 0) > limit) continue;
    suspects.push(suspect('flip', [side.name], undoFlip(z, i)));
  }
  forEachPair(numeric, (a, b) => {
    const i = z.indexOf.get(a.name);
    const j = z.indexOf.get(b.name);
    if (i === undefined || j === undefined || a.reference.length === 0 || a.current.length === 0) return;
    if (exchangeDistance(a, b) > sameDistance(...a.counts)) return;
    suspects.push(suspect('swap', [a.name, b.name], undoSwap(z, i, j)));
  });
  return suspects;
}

function suspect(kind: Suspect['kind'], features: Suspect['features'], undoing: Undoing): Suspect {
  const { asIs, undone, df } = undoing;
  const restored = df > 0 && chiSquareSurvival(asIs, df) < REFUTED && chiSquareSurvival(undone, df) > SAME_P;
  const correlations = restored
    ? 'refuted_and_restored'
    : undone - asIs > VETO + VETO_PER_ROOT_DF * Math.sqrt(df)
      ? 'against'
      : 'silent';
  return { kind, features, correlations, undoing };
}

/** Suspects whose correlations were refuted and become right again, the clearest first and no feature twice. */
export function restoredSuspects(suspects: readonly Suspect[]): Suspect[] {
  const ordered = suspects
    .filter((candidate) => candidate.correlations === 'refuted_and_restored')
    .sort((a, b) => gain(b) - gain(a));
  const used = new Set<string>();
  return ordered.filter((candidate) => {
    if (candidate.features.some((name) => used.has(name))) return false;
    for (const name of candidate.features) used.add(name);
    return true;
  });
}

const gain = (candidate: Suspect): number => candidate.undoing.asIs - candidate.undoing.undone;

/** A suspect confirmed by the correlations between columns. */
export function confirmedByCorrelations(found: Suspect): Suspicion[] {
  const { asIs, undone, df } = found.undoing;
  const p = chiSquareSurvival(asIs, df);
  const evidence = `rank correlations with the other columns become right again (χ² ${asIs.toFixed(0)} → ${undone.toFixed(0)}, ${df} df)`;
  return misplaced(found, evidence, asIs, p, FAULT_ALPHA);
}

/** The findings for a confirmed suspect, one per column concerned, whatever confirmed it. */
export function misplaced(
  found: Suspect,
  evidence: string,
  statistic: number,
  p: number,
  doubt: number,
): Suspicion[] {
  const facts = { share: 1, statistic, p, doubt };
  const [feature, other] = found.features;
  if (other === undefined) {
    const detail = `the sign is reversed: with it undone, ${evidence}`;
    return [suspicion('sign_flip', feature, { ...facts, detail })];
  }
  return bothNamed(feature, other, `with it undone, ${evidence}`, facts);
}

function swapFindings(a: string, b: string, asIs: number, p: number, fit: number): Suspicion[] {
  const detail = `the distributions fit each other (distance ${fit.toFixed(3)}, as they are ${asIs.toFixed(3)})`;
  return bothNamed(a, b, detail, { share: 1, statistic: asIs, p, doubt: fit / (10 * asIs) });
}

function bothNamed(
  a: string,
  b: string,
  detail: string,
  facts: { share: number; statistic: number; p: number; doubt: number },
): Suspicion[] {
  return [
    suspicion('swapped_columns', a, { ...facts, detail: `exchanged with ${b}: ${detail}` }),
    suspicion('swapped_columns', b, { ...facts, detail: `exchanged with ${a}: ${detail}` }),
  ];
}

function exchangeDistance(a: Sketch, b: Sketch): number {
  return Math.max(distanceWithin(a.current, b.reference, 0), distanceWithin(b.current, a.reference, 0));
}

function sketchOf({ name, reference, current }: SortedPair): Sketch {
  const counts = [reference.length, current.length] as const;
  return { name, reference: thinned(reference), current: thinned(current), counts };
}

/** Every k-th value: among many columns all pairs are compared, and the distance changes by less than 1/1000. */
function thinned(values: Float64Array): Float64Array {
  const step = values.length / MAX_SKETCH;
  return step <= 1
    ? values
    : Float64Array.from({ length: MAX_SKETCH }, (_, i) => values[Math.floor((i + 0.5) * step)]!);
}

function forEachPair<T>(items: readonly T[], visit: (a: T, b: T) => void): void {
  for (const [i, a] of items.entries()) for (const b of items.slice(i + 1)) visit(a, b);
}
