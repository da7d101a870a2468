import { chiSquareSurvival } from '../../stats/distributions.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { FAULT_ALPHA, SAME_P, sameDistance } from '../thresholds.ts';
import { misplaced } from './misplaced.ts';
import {
  rankCorrelations,
  undoFlip,
  undoSwap,
  withFlipUndone,
  withSwapUndone,
} from './rows/rank-correlations.ts';
import type { Correlations } from './rows/rank-correlations.ts';
import { distanceWithin } from './resolution.ts';
import { exchangeDistance, forEachPair, sketchOf } from './sketch.ts';
import type { Sketch } from './sketch.ts';
import type { SortedPair } from './sorted-pair.ts';
import type { Suspect } from './suspect.ts';
import type { Suspicion } from './suspicion.ts';

/** Correlations are many and only roughly normal: they must be refuted far beyond the usual level. */
const REFUTED = 1e-6;
/**
 * Correlations that fit worse after undoing by this much (χ²) speak against the suspect. Where all correlations are
 * zero the difference still wanders with a standard deviation of 2·√df, hence the second part.
 */
const VETO = 10;
const VETO_PER_ROOT_DF = 4;
/** Suspects that mend nearly as much as the best, and mend the same, are alternatives to it. */
const NEARLY = 0.8;

export interface HiddenSuspects {
  readonly correlations: Correlations;
  readonly suspects: readonly Suspect[];
}

/** Columns that may be negated or exchanged without their distributions showing it. */
export function hiddenSuspects(
  features: readonly ColumnCells[],
  sorted: readonly SortedPair[],
): HiddenSuspects {
  const present = sorted
    .filter(({ reference, current }) => reference.length > 0 && current.length > 0)
    .map(sketchOf);
  const correlations = rankCorrelations(features);
  const known = present.filter(({ name }) => correlations.indexOf.has(name));
  const suspects: Suspect[] = [];
  for (const side of known) {
    const negated = side.reference.map((value) => -value).reverse();
    const limit = sameDistance(...side.counts);
    if (distanceWithin(side.current, negated, 0, limit) > limit) continue;
    suspects.push(assessed(correlations, 'flip', [side.name]));
  }
  forEachPair(known, (a, b) => {
    const limit = sameDistance(...a.counts);
    if (exchangeDistance(a, b, limit) > limit && !tookCompany(correlations, a, b)) return;
    suspects.push(assessed(correlations, 'swap', [a.name, b.name]));
  });
  return { correlations, suspects };
}

/** What goes closely together, and what hardly does. */
const CLOSE = 0.8;
const HARDLY = 0.3;
const AS_CLOSELY = 0.15;

/**
 * In a world that moved no distribution fits: whether a third column that went closely with one of the two (rank correlation 0.8) and hardly with the
 * other (0.3) goes with that one now, as closely, and hardly with the first, and exchanged back both are nearer to what they were.
 */
function tookCompany(z: Correlations, a: Sketch, b: Sketch): boolean {
  const [i, j] = [z.indexOf.get(a.name)!, z.indexOf.get(b.name)!];
  const changedSides = (of: number, to: number, witness: number): boolean => {
    const r = (side: 'reference' | 'current', column: number): number =>
      Math.tanh(z[side][column * z.size + witness]!);
    const before = r('reference', of);
    const had = Math.abs(before) >= CLOSE && Math.abs(r('reference', to)) <= HARDLY;
    return had && Math.abs(r('current', to) - before) <= AS_CLOSELY && Math.abs(r('current', of)) <= HARDLY;
  };
  const hasWitness = z.feature.some(
    (name, witness) =>
      name !== a.name && name !== b.name && (changedSides(i, j, witness) || changedSides(j, i, witness)),
  );
  if (!hasWitness) return false;
  const asIs = distanceWithin(a.current, a.reference, 0) + distanceWithin(b.current, b.reference, 0);
  const back = distanceWithin(a.current, b.reference, 0) + distanceWithin(b.current, a.reference, 0);
  return back < asIs;
}

function assessed(z: Correlations, kind: Suspect['kind'], features: Suspect['features']): Suspect {
  const [i, j] = indices(z, features);
  const undoing = kind === 'flip' ? undoFlip(z, i) : undoSwap(z, i, j);
  const { asIs, undone, df } = undoing;
  const restored = df > 0 && chiSquareSurvival(asIs, df) < REFUTED && chiSquareSurvival(undone, df) > SAME_P;
  const against = undone - asIs > VETO + VETO_PER_ROOT_DF * Math.sqrt(df);
  const correlations = restored ? 'refuted_and_restored' : against ? 'against' : 'silent';
  return { kind, features, correlations, undoing };
}

function indices(z: Correlations, [first, second]: Suspect['features']): [number, number] {
  return [z.indexOf.get(first) ?? 0, z.indexOf.get(second ?? first) ?? 0];
}

/**
 * Suspects whose correlations were refuted and become right again. The best is undone first and the others are asked
 * anew, since what mends one column's correlations mends its partners' too. Each group is one fault: the best and
 * those that would mend the same.
 */
export function restoredSuspects({ correlations, suspects }: HiddenSuspects): Suspect[][] {
  const groups: Suspect[][] = [];
  let z = correlations;
  let left = suspects;
  for (;;) {
    const restored = left
      .map((suspect) => assessed(z, suspect.kind, suspect.features))
      .filter((suspect) => suspect.correlations === 'refuted_and_restored')
      .sort((a, b) => gain(b) - gain(a));
    const best = restored[0];
    if (best === undefined) return groups;
    const [i, j] = indices(z, best.features);
    z = best.kind === 'flip' ? withFlipUndone(z, i) : withSwapUndone(z, i, j);
    const after = z;
    const alternatives = restored
      .slice(1)
      .filter((other) => gain(other) >= NEARLY * gain(best))
      .filter(
        ({ kind, features }) => assessed(after, kind, features).correlations !== 'refuted_and_restored',
      );
    groups.push([best, ...alternatives]);
    const done = new Set(best.features);
    left = left.filter(({ features }) => !features.some((name) => done.has(name)));
  }
}

const gain = (candidate: Suspect): number => candidate.undoing.asIs - candidate.undoing.undone;

/** A suspect confirmed by the correlations between columns. */
export function confirmedByCorrelations(found: Suspect): Suspicion[] {
  const { asIs, undone, df } = found.undoing;
  const p = chiSquareSurvival(asIs, df);
  const evidence = `rank correlations with the other columns become right again (χ² ${asIs.toFixed(0)} → ${undone.toFixed(0)}, ${df} df)`;
  return misplaced(found, evidence, asIs, p, FAULT_ALPHA);
}
