import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { marginalTest } from '../../marginal-test.ts';
import { correlationOfKnown } from '../../relation/algebra/least-squares.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { NumericCells } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, SAME_P } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { identitiesOf } from './identities.ts';
import type { Expected, Identity } from './identities.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_BROKEN = 30;
/** What has to be so in every row may not be in fewer than what comes and goes. */
const MIN_SHARE = 0.01;
/** Of the rows that broke, so many have to be right again with what happened to them taken back. */
const RESTORED = 0.95;
/** Less than this of the association is left where the values are not those of their rows; rebates and fees leave nearly all of it. */
const LOST = 0.5;
const MIN_DISTINCT = 8;
const MOVED_P = 1e-6;

/**
 * Columns that were computed from others and no longer are: the years beside the days, a difference beside its parts.
 *
 * Claimed of a column where in at least 1 % of the rows (30 at least; Fisher's exact test below 1e-4 over the columns) it is not what the
 * others make it, and either these are right again with the sign, a power of ten or an overflow taken back, or they have little to do with it any more
 * (|r| < 0.5, eight different values at least). A rate that is another one, a summand that came in, or noise leaves the association, and is no fault of this kind.
 * Accused is the one that no other identity still speaks for, or, of several, the one that alone moved, the sum or difference whose sign or power of ten is taken back, or the one that alone
 * went astray from the others, or from what it went with outside of them where these did not.
 *
 * @param all what identities are learned from: the same columns for every window, also those that are told to be broken by now
 */
export function brokenIdentities(
  columns: readonly NumericCells[],
  features: number,
  all: readonly NumericCells[] = columns,
): Suspicion[] {
  const named = new Map(columns.map((pair) => [pair.name, pair]));
  const looked = identitiesOf(all).flatMap((identity) => {
    const sides = sidesOf(identity, named);
    return sides === null ? [] : [{ identity, sides, broken: brokenRows(sides, features) }];
  });
  const kept = new Set(
    looked.flatMap(({ identity: { result, of }, broken }) => (broken === null ? [result, ...of] : [])),
  );
  const times = new Map<string, number>();
  for (const { identity, broken } of looked) {
    for (const name of broken === null ? [] : [identity.result, ...identity.of])
      times.set(name, (times.get(name) ?? 0) + 1);
  }
  const found = looked.flatMap(({ identity: { result, told, isSum }, sides, broken }) => {
    const how = broken === null ? null : howItBroke(sides, broken.rows);
    const alone = how !== null && isSum && how.isTakenBack && !kept.has(result) ? sides.result : null;
    const culprit =
      how === null || broken === null
        ? null
        : (culpritOf(sides.pairs, kept, times) ??
          alone ??
          strangerAmong(sides.pairs, broken.rows) ??
          strangerBeside(sides.pairs, broken.rows, all));
    if (broken === null || how === null || culprit === null) return [];
    const share = broken.rows.length / broken.known;
    const said = suspicion(how.fault, culprit.name, {
      detail: `${result} was ${told} in all rows, and is not in ${asPercent(share)} of them: ${how.told}`,
      share,
      statistic: share,
      p: broken.p,
      doubt: broken.p,
    });
    return [{ said, result }];
  });
  // What can be taken back says more than what cannot, of one column by whichever of its identities, first of all the one that it is the result of.
  const weight = ({ said, result }: (typeof found)[number]): number =>
    (said.finding.fault === 'misaligned_join' ? 0 : 2) + (said.finding.feature === result ? 1 : 0);
  const best = new Map<string, Suspicion>();
  for (const { said } of found.toSorted((a, b) => weight(a) - weight(b)))
    best.set(said.finding.feature, said);
  return [...best.values()];
}

interface Sides {
  readonly pairs: readonly NumericCells[];
  readonly result: NumericCells;
  readonly expect: (side: 'reference' | 'current', row: number) => Expected;
}

function sidesOf(identity: Identity, named: ReadonlyMap<string, NumericCells>): Sides | null {
  const [first, second = first] = identity.of;
  const [result, a, b] = [identity.result, first, second].map((name) => named.get(name));
  if (result === undefined || a === undefined || b === undefined) return null;
  return {
    pairs: a === b ? [result, a] : [result, a, b],
    result,
    expect: (side, row) => identity.expect(a[side][row]!, b[side][row]!),
  };
}

interface Broken {
  readonly rows: Int32Array;
  /** Rows in which all of it is there. */
  readonly known: number;
  readonly p: number;
}

function brokenRows({ result, expect }: Sides, features: number): Broken | null {
  const now = brokenIn('current', { result, expect });
  if (now.rows.length < Math.max(MIN_BROKEN, MIN_SHARE * now.known)) return null;
  const before = brokenIn('reference', { result, expect });
  const p = fisherExactTest(before.rows.length, before.known, now.rows.length, now.known);
  return p < FAULT_ALPHA / features ? { rows: Int32Array.from(now.rows), known: now.known, p } : null;
}

/** Twice as far as digits put them. */
function brokenIn(
  side: 'reference' | 'current',
  { result, expect }: Pick<Sides, 'result' | 'expect'>,
): { readonly known: number; readonly rows: readonly number[] } {
  const rows: number[] = [];
  let known = 0;
  for (let row = 0; row < result[side].length; row++) {
    const { value, within } = expect(side, row);
    const away = Math.abs(result[side][row]! - value);
    if (Number.isNaN(away)) continue;
    known += 1;
    if (away > 2 * within) rows.push(row);
  }
  return { known, rows };
}

interface How {
  readonly fault: 'sign_flip' | 'unit_change' | 'out_of_range' | 'misaligned_join';
  readonly told: string;
  /** A sign or a power of ten. */
  readonly isTakenBack?: true;
}

const POWERS = [1, 2, 3, 4, 5, 6].flatMap((power) => [10 ** power, 10 ** -power]);

function howItBroke({ result, expect }: Sides, rows: Int32Array): How | null {
  const expected = Array.from(rows, (row) => expect('current', row));
  const cells = selectCells(result.current, rows);
  const isRestored = (factor: number): boolean => {
    const digits = Math.max(1, Math.abs(factor));
    const right = expected.filter(
      ({ value, within }, i) => Math.abs(cells[i]! * factor - value) <= 2 * within * digits,
    );
    return right.length >= RESTORED * rows.length;
  };
  if (isRestored(-1))
    return { fault: 'sign_flip', told: 'with the sign turned back it is again', isTakenBack: true };
  const power = POWERS.find((each) => isRestored(1 / each));
  if (power !== undefined)
    return { fault: 'unit_change', told: `divided by ${power} it is again`, isTakenBack: true };
  const wrap = WRAPS.find((each) => isOffBy(each, expected, cells));
  if (wrap !== undefined)
    return {
      fault: 'out_of_range',
      told: `it is ${Math.abs(wrap)}, or a multiple of it, ${wrap > 0 ? 'less' : 'more'}, as counters that overflow are`,
    };
  const values = Float64Array.from(expected, ({ value }) => value);
  const left = correlationOfKnown(cells, values);
  const isVaried = new Set(cells).size >= MIN_DISTINCT && new Set(values).size >= MIN_DISTINCT;
  return isVaried && Math.abs(left) < LOST
    ? {
        fault: 'misaligned_join',
        told: `what is there has little to do with it (correlation ${left.toFixed(2)})`,
      }
    : null;
}

/** By what a counter of 8, 16 or 32 bits, or of 31, is off once it has overflowed. */
const WRAPS = [32, 31, 16, 15, 8].flatMap((bits) => [2 ** bits, -(2 ** bits)]);

function isOffBy(wrap: number, expected: readonly Expected[], cells: Float64Array): boolean {
  const off = expected.filter(({ value, within }, i) => {
    const times = Math.round((value - cells[i]!) / wrap);
    return times >= 1 && Math.abs(value - cells[i]! - times * wrap) <= 2 * within;
  });
  return off.length >= RESTORED * expected.length;
}

/** Correlations of what stayed differ by no more from what they were; of what ended there were so much, and so much is left. */
const STILL = 0.1;
const LINKED = 0.2;
const MOST_LEFT = 1 / 3;

/**
 * Where all moved: of three columns the one that has to do with neither of the others any more, in the rows that broke, while these have with each
 * other what they had. Null: it is not one.
 */
function strangerAmong(pairs: readonly NumericCells[], rows: Int32Array): NumericCells | null {
  if (pairs.length !== 3) return null;
  const link = (a: NumericCells, b: NumericCells): { before: number; now: number } => ({
    before: Math.abs(correlationOfKnown(a.reference, b.reference)),
    now: Math.abs(correlationOfKnown(selectCells(a.current, rows), selectCells(b.current, rows))),
  });
  const hasEnded = ({ before, now }: ReturnType<typeof link>): boolean =>
    before >= LINKED && now <= Math.max(STILL, MOST_LEFT * before);
  const strangers = pairs.filter((pair) => {
    const [one, other] = pairs.filter((each) => each !== pair) as [NumericCells, NumericCells];
    const left = link(one, other);
    return (
      Math.abs(left.now - left.before) <= STILL && hasEnded(link(pair, one)) && hasEnded(link(pair, other))
    );
  });
  return strangers.length === 1 ? strangers[0]! : null;
}

/** What goes with a column outside of the identity from here on bears witness. */
const WITNESS = 0.3;

/**
 * The one of which nothing is left, in the rows that broke, of what it had to do with the column outside that it went with most, where another one has what it had.
 * Null: it is not one.
 */
function strangerBeside(
  pairs: readonly NumericCells[],
  rows: Int32Array,
  all: readonly NumericCells[],
): NumericCells | null {
  const others = all.filter(({ name }) => pairs.every((pair) => pair.name !== name));
  const looked = pairs.flatMap((pair) => {
    const [before, witness] = others
      .map((other) => [Math.abs(correlationOfKnown(pair.reference, other.reference)), other] as const)
      .reduce((best, each) => (each[0] > best[0] ? each : best), [0, pair] as const);
    if (!(before >= WITNESS)) return [];
    const now = correlationOfKnown(selectCells(pair.current, rows), selectCells(witness.current, rows));
    return [{ pair, left: Math.abs(now) / before }];
  });
  const strangers = looked.filter(({ left }) => left <= MOST_LEFT);
  const stayed = looked.filter(({ left }) => left >= 1 - MOST_LEFT);
  return strangers.length === 1 && stayed.length === looked.length - 1 && stayed.length > 0
    ? strangers[0]!.pair
    : null;
}

/** @param broken how many identities that broke each column is part of */
function culpritOf(
  pairs: readonly NumericCells[],
  kept: ReadonlySet<string>,
  broken: ReadonlyMap<string, number>,
): NumericCells | null {
  const open = pairs.filter(({ name }) => !kept.has(name));
  if (open.length === 1) return open[0]!;
  const [first, second] = open
    .map((pair) => ({ pair, times: broken.get(pair.name) ?? 0 }))
    .sort((a, b) => b.times - a.times);
  if (first !== undefined && second !== undefined && first.times > second.times) return first.pair;
  const moved = open.filter((pair) => marginalTest(pair).p < MOVED_P);
  const stayed = open.filter((pair) => marginalTest(pair).p > SAME_P);
  return moved.length === 1 && stayed.length === open.length - 1 ? moved[0]! : null;
}
