import type { ColumnCells, RowSamples } from '../../samples/row-samples.ts';
import { linkedInStretches } from '../rows/link-habits.ts';
import { FAULT_ALPHA, SAME_P, sameDistance } from '../../thresholds.ts';
import { isTwoValued } from './exchanged-columns.ts';
import { misplaced } from './misplaced.ts';
import {
  rankCorrelations,
  refutedP,
  undoFlip,
  undoSwap,
  withFlipUndone,
  withSwapUndone,
} from '../rows/rank-correlations.ts';
import type { Correlations } from '../rows/rank-correlations.ts';
import { distanceWithin } from '../resolution.ts';
import { areExchangeable, forEachPair, sketchOf } from './sketch.ts';
import type { Sketch } from './sketch.ts';
import { hasDistinct } from '../sorted-pair.ts';
import type { SortedPair } from '../sorted-pair.ts';
import type { Suspect } from './suspect.ts';
import type { Suspicion } from '../suspicion.ts';

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

/**
 * Columns that may be negated or exchanged without their distributions showing it; rows that follow those before them count for what they say, and
 * what in some stretch of the reference as long had turned round by itself is not said to be.
 */
export function hiddenSuspects(
  features: readonly ColumnCells[],
  sorted: readonly SortedPair[],
  times: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): HiddenSuspects {
  const present = sorted
    .filter(({ reference, current }) => reference.length > 0 && current.length > 0)
    .map(sketchOf);
  const correlations = rankCorrelations(features, times.currentMs);
  const known = present.filter(({ name }) => correlations.indexOf.has(name));
  const suspects: Suspect[] = [];
  for (const side of known) {
    const about = turnedAbout(side, correlations);
    if (about === null) continue;
    const suspect = assessed(correlations, 'flip', [side.name], about);
    suspects.push({
      ...suspect,
      isElsewhere: about !== 0 && liesBeyond(side),
      wanders: suspect.correlations === 'refuted_and_restored' && wanders(times, correlations, side.name),
    });
  }
  forEachPair(known, (a, b) => {
    const limit = sameDistance(...a.counts);
    if (!areExchangeable(a, b, limit) && !tookCompany(correlations, a, b)) return;
    suspects.push(assessed(correlations, 'swap', [a.name, b.name]));
  });
  return { correlations, suspects };
}

/** Columns that each say by themselves that another one was turned round, and how closely they go with it. */
const MIN_TURNED = 2;
const MANY_TURNED = 4;
const CLOSELY = 0.5;
const TURNED_LINK = 0.15;
/** Marks, points and answers are a scale; a measure has more values, and its ends are its rarest. */
const MOST_OF_SCALE = 102;
/** The ends of a scale are its rarest, and may not have been seen. */
const NEAR_ENDS = 0.15;
/** What has gone elsewhere and moved a little besides. */
const ROUGHLY = 0.15;
/** What was turned round is of about its old size, and what is left once it is undone little of what it was. */
const RESIZED = 0.25;
const MOST_LEFT = 0.05;

/**
 * By which number x may have become `about` − x: 0 where the negated values fit (mostly zeros, and never negative ones, fit either way), else the sum of the ends of the scale, or of the medians of both sides, where the turned scale fits
 * (distances as for a sign), no move does, and two columns say that it is turned. Where the values of a scale (of 101 marks at most) fit as they are as well, or fit neither way,
 * or all are beyond what there was,
 * since the world moved too, only columns can tell: three of them. Null: by none.
 */
function turnedAbout(side: Sketch, z: Correlations): number | null {
  const { name, reference, current, counts } = side;
  const limit = sameDistance(...counts);
  const turned = (about: number): Float64Array => reference.map((value) => about - value).reverse();
  const mayBeNegated = hasSign(reference, -1) || hasSign(current, -1);
  if (mayBeNegated && distanceWithin(current, turned(0), 0, limit) <= limit) return 0;
  // Two values that changed places are levels that did.
  const witnesses = isTwoValued(reference) ? 0 : witnessesOfTurn(z, z.indexOf.get(name)!);
  if (witnesses < MIN_TURNED) return null;
  const away = (about: number): number => distanceWithin(current, turned(about), 0);
  if (mayBeNegated && isTurnedByMany(z, name, witnesses) && away(0) <= ROUGHLY) return 0;
  const ends = reference[0]! + reference.at(-1)!;
  const middles = reference[reference.length >> 1]! + current[current.length >> 1]!;
  const about = away(ends) <= away(middles) ? ends : middles;
  if (about === 0 && !mayBeNegated) return null;
  const back = away(about);
  const asIs = distanceWithin(current, reference, 0);
  // What lies evenly about its middle fits turned round as it does when it has only moved: by any weather's rank correlations.
  const moved = current[current.length >> 1]! - reference[reference.length >> 1]!;
  const byMove = distanceWithin(
    current,
    reference.map((value) => value + moved),
    0,
  );
  if (back <= limit && byMove > limit && asIs > limit) return about;
  // Of a measure nobody knows the ends: all that go with it must say so, and what it is turned about lies in its middle.
  if (isTurnedByMany(z, name, witnesses) && back <= Math.max(limit, ROUGHLY)) return about;
  // The ends of a scale are given, and years of birth are nowhere near ages.
  const isEnd = Math.abs(about - ends) <= NEAR_ENDS * (reference.at(-1)! - reference[0]!);
  const isScale = isEnd && !hasDistinct(reference, MOST_OF_SCALE);
  const isKnown = isScale
    ? back <= Math.max(limit, asIs)
    : liesBeyond(side) && back <= Math.max(limit, ROUGHLY);
  return isKnown && witnesses > MIN_TURNED ? about : null;
}

/** Also where the world moved besides: at least four columns say so, all that go with it, one of them closely. */
function isTurnedByMany(z: Correlations, name: string, witnesses: number): boolean {
  const i = z.indexOf.get(name)!;
  const isClose = z.feature.some(
    (other, l) => other !== name && Math.abs(Math.tanh(z.reference[i * z.size + l]!)) >= CLOSELY,
  );
  return witnesses >= MANY_TURNED && isClose;
}

/**
 * Whether what it goes with in the reference does not go with it in each of its stretches as long as the window: two that follow the weather go together over
 * weeks, and the other way round within some days.
 */
function wanders(
  times: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
  z: Correlations,
  name: string,
): boolean {
  const i = z.indexOf.get(name)!;
  const linked = Array.from({ length: z.size }, (_, l) => l).filter(
    (l) => z.feature[l] !== name && Math.abs(z.reference[i * z.size + l]!) >= TURNED_LINK,
  );
  const squares = linked.reduce((sum, l) => sum + z.reference[i * z.size + l]! ** 2, 0);
  const window = { left: -1, error: Math.sqrt(z.variance / squares) };
  return linked.length > 0 && !linkedInStretches(times, z, { inside: [i], outside: linked }, window);
}

/** Hardly any value is within what the reference had. */
const liesBeyond = ({ reference, current }: Sketch): boolean =>
  current.filter((value) => value >= reference[0]! && value <= reference.at(-1)!).length <
  0.05 * current.length;

const hasSign = (values: Float64Array, sign: number): boolean => values.some((value) => sign * value > 0);

/** How many columns go with this one as closely as before, but the other way; 0 where one does not. */
function witnessesOfTurn(z: Correlations, i: number): number {
  const turned = new Set<string>();
  for (let l = 0; l < z.size; l++) {
    const [before, now] = [z.reference[i * z.size + l]!, z.current[i * z.size + l]!];
    if (z.feature[l] === z.feature[i] || Math.abs(before) < TURNED_LINK) continue;
    const ratio = -now / before;
    const error = Math.sqrt(z.variance * z.clumped(i, l)) / Math.abs(before);
    if (Math.abs(ratio - 1) > Math.max(RESIZED, 3 * error)) return 0;
    turned.add(z.feature[l]!);
  }
  return turned.size;
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

function assessed(z: Correlations, kind: Suspect['kind'], features: Suspect['features'], about = 0): Suspect {
  const [i, j] = indices(z, features);
  const undoing = kind === 'flip' ? undoFlip(z, i) : undoSwap(z, i, j);
  const { asIs, undone, df, scale } = undoing;
  // A scale was asked for its witnesses when it was suspected.
  const isTold = about !== 0 || (kind === 'flip' && witnessesOfTurn(z, i) > MIN_TURNED);
  const isRight = (): boolean =>
    refutedP('undone', undoing) > SAME_P || (isTold && undone <= MOST_LEFT * asIs);
  const restored = refutedP('asIs', undoing) < REFUTED && isRight();
  const against = undone - asIs > VETO + VETO_PER_ROOT_DF * Math.sqrt(df * scale);
  const correlations = restored ? 'refuted_and_restored' : against ? 'against' : 'silent';
  return { kind, features, about, isElsewhere: false, wanders: false, correlations, undoing };
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
    const again = (suspect: Suspect): Suspect => ({
      ...assessed(z, suspect.kind, suspect.features, suspect.about),
      isElsewhere: suspect.isElsewhere,
      wanders: suspect.wanders,
    });
    // Before anything is undone they are what they were when they were suspected.
    const asked = z === correlations ? left : left.map(again);
    const restored = asked
      .filter((suspect) => !suspect.wanders && suspect.correlations === 'refuted_and_restored')
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
        ({ kind, features, about }) =>
          assessed(after, kind, features, about).correlations !== 'refuted_and_restored',
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
  const p = refutedP('asIs', found.undoing);
  const evidence = `rank correlations with the other columns become right again (χ² ${asIs.toFixed(0)} → ${undone.toFixed(0)}, ${df} df)`;
  return misplaced(found, evidence, asIs, p, FAULT_ALPHA);
}
