import { meanAndDeviation } from '../../pooled.ts';
import { asPercent } from '../../wording.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { TRANSFORMATIONS } from './transformations.ts';
import type { Transformation } from './transformations.ts';
import { ABSURD_MOVE } from './unit-change.ts';

const MIN_ROWS = 100;
/** Of the window, beyond all that the reference ever had; and so many within it once they are taken back: it may be colder. */
const ALL = 0.99;
const MOST = 0.9;
/** Of its width, what a season may add to the range at either end. */
export const SEASON = 0.25;
/** A season may be wider than another one, and a few hours of it are narrower by far. */
const MOST_WIDER = 2;
const MOST_NARROWER = 4;

/**
 * All rows in another unit, and in another season as well: the shape is not that of the reference, so nothing fits, but no value is within what the
 * reference had, by six standard deviations on average, and taken back by a named unit nearly all are.
 *
 * Claimed of units with an offset (temperatures), which few columns meet by chance, and of a lost sign; of a factor or a curve it is a reading, since amounts
 * grow. A column that runs with the time goes beyond its reference anyway: not to be asked.
 */
export function unitBeyond({ name, reference, current }: SortedPair): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  const [low, high] = [reference[0]!, reference.at(-1)!];
  const within = (values: Float64Array, slack = 0): number =>
    values.reduce((sum, value) => (value >= low - slack && value <= high + slack ? sum + 1 : sum), 0) /
    values.length;
  const still = within(current);
  if (still > 1 - ALL) return null;
  const [before, now] = [meanAndDeviation(reference), meanAndDeviation(current)];
  const deviations = Math.abs(now.mean - before.mean) / before.deviation;
  if (!(deviations >= ABSURD_MOVE)) return null;
  const slackOf = (by: Transformation): number => (isTelling(by) ? SEASON * (high - low) : 0);
  const takenBack = TRANSFORMATIONS.filter((transformation) => {
    const back = Float64Array.from(current, transformation.undo);
    if (!back.every(Number.isFinite) || within(back, slackOf(transformation)) < MOST) return false;
    const wider = meanAndDeviation(back).deviation / before.deviation;
    return wider <= MOST_WIDER && wider >= 1 / MOST_NARROWER;
  });
  const found = takenBack.find(isTelling) ?? takenBack[0];
  if (found === undefined) return null;
  return suspicion(found.fault, name, {
    detail: `${asPercent(still)} of the values are within ${low} … ${high}, all together ${deviations.toFixed(0)} standard deviations away, which no world does within a window; with ${found.name} taken back ${asPercent(within(Float64Array.from(current, found.undo), slackOf(found)))} are`,
    share: 1,
    statistic: deviations,
    p: 0,
    doubt: 1e-3,
    ...(!isTelling(found) && { otherwise: `${name} is of another size now` }),
  });
}

const isTelling = ({ line, fault }: Transformation): boolean =>
  fault === 'sign_flip' || (line !== undefined && line.offset !== 0);
