import { once } from '../../../core/memory/remember.ts';
import { meanAndDeviation } from '../../pooled.ts';
import { asPercent } from '../../wording.ts';
import { saidOfNewLevel } from '../new-level.ts';
import type { NewLevel } from '../new-level.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { MAX_GROWTH } from './growth.ts';
import { SEASON } from './unit-beyond.ts';
import { TRANSFORMATIONS } from './transformations.ts';
import type { Transformation } from './transformations.ts';

const MIN_ROWS = 100;
const MIN_PART = 0.05;
/** Rows between the reference and those far from it: with more of them it is a tail, and nothing of another kind. */
const MOST_BETWEEN = 0.02;
/** Of the far rows, within the reference's range once they are taken back. */
const MOST = 0.9;
/** By so much they may spread more or less then than the reference does. */
const MOST_WIDER = 2;

/** In which scale the column is looked at, and by which units it may have got so far. */
interface Frame {
  readonly scale: (value: number) => number;
  readonly mayBe: (transformation: Transformation) => boolean;
}

const BY_OFFSET: Frame = {
  scale: (value) => value,
  mayBe: ({ line }) => line !== undefined && line.offset !== 0,
};
const BY_FACTOR: Frame = {
  scale: Math.log,
  mayBe: ({ line }) => line?.offset === 0 && Math.abs(Math.log(line.factor)) > Math.log(MAX_GROWTH),
};

/**
 * Some of the rows in another unit, and in another season as well: at least 100 of them and one in twenty are beyond the reference's range by all of
 * its width, with at most 2 % of the window between (a season may add a quarter of the width at either end); nine in ten are within it once they are taken back by a unit with an offset (or, in
 * logarithms, a factor beyond 12), and spread as it does but for a factor of two. What the other rows do is not asked: the season moved all of them,
 * and nothing moves a part so far and leaves its shape. A reading where the far rows are of a level that is new.
 */
export function partBeyond(
  { name, reference, current }: SortedPair,
  newLevelOf: (isFar: (value: number) => boolean) => NewLevel | null,
): Suspicion | null {
  if (reference.length < MIN_ROWS) return null;
  const [low, high] = [reference[0]!, reference.at(-1)!];
  for (const frame of low > 0 ? [BY_OFFSET, BY_FACTOR] : [BY_OFFSET]) {
    const [from, to] = [frame.scale(low), frame.scale(high)];
    const slack = SEASON * (to - from);
    const isWithin = (value: number): boolean =>
      frame.scale(value) >= from - slack && frame.scale(value) <= to + slack;
    const spread = once(() => meanAndDeviation(reference.map(frame.scale)).deviation);
    for (const isFar of [
      (value: number) => frame.scale(value) > to + (to - from),
      (value: number) => frame.scale(value) < from - (to - from),
    ]) {
      // Of most columns nothing is far, and no array is made.
      if (!hasSuch(current, isFar, Math.max(MIN_ROWS, MIN_PART * current.length))) continue;
      const far = current.filter(isFar);
      const between = current.filter((value) => !isFar(value) && !isWithin(value)).length / current.length;
      if (far.length === current.length || !(between <= MOST_BETWEEN)) continue;
      const found = TRANSFORMATIONS.filter(frame.mayBe).find(({ undo }) => {
        const back = Float64Array.from(far, undo);
        const wider = meanAndDeviation(back.map(frame.scale)).deviation / spread();
        const isBack = back.filter(isWithin).length >= MOST * far.length;
        return isBack && wider <= MOST_WIDER && wider >= 1 / MOST_WIDER;
      });
      if (found === undefined) continue;
      const share = far.length / current.length;
      const newcomer = newLevelOf(isFar);
      return suspicion(found.fault, name, {
        detail: `${asPercent(share)} of the values lie beyond ${low} … ${high} by more than all of that, with ${asPercent(between)} between; with ${found.name} taken back they are within it and spread as it does, where another season would have moved all rows`,
        share,
        statistic: share,
        p: 0,
        doubt: 1e-3,
        ...(newcomer !== null && {
          otherwise: saidOfNewLevel(newcomer),
        }),
      });
    }
  }
  return null;
}

function hasSuch(values: Float64Array, isSuch: (value: number) => boolean, atLeast: number): boolean {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (isSuch(values[i]!)) count += 1;
  return count >= atLeast;
}
