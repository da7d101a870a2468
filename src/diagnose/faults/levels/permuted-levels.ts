import type { LevelCompany } from '../../../stats/company/level-company.ts';
import { logGamma } from '../../../stats/special/log-gamma.ts';
import { marginalTest } from '../../marginal-test.ts';
import type { LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_DISTANCE, SAME_P } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import type { CompanyOf } from './company.ts';
import { timesLikelier } from './likelihood.ts';
import { areOfSessions } from './sessions.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

const MIN_LEVEL_ROWS = 20;
/** Of more levels only the commonest are looked at. */
const MAX_LEVELS = 40;
/** Two that changed places are told by `exchangedLevels`. */
const MIN_MOVED = 3;
/** Of the rows that are looked at, those of levels that are another one now. */
const MIN_SHARE = 0.5;
/** ln of ten thousand: it is a rare mishap. */
const CLAIMED = Math.log(1e4);
/** The same in the other half of the window, whose rows were not asked which levels they are of. */
const FOUND_AGAIN = CLAIMED;
const MIN_HALF_ROWS = 8;
const SHOWN = 3;

/** Which known level the rows of each one are of, and ln of how much likelier that is than that all are what they are called. */
interface Permutation {
  readonly pairs: readonly (readonly [number, number])[];
  readonly log: number;
}

/**
 * Levels of one list that all became another entry of it: a table of codes that lost its first row, a list that was sorted anew.
 *
 * Of a column whose shares moved, the 40 commonest levels with twenty rows on both sides: each is matched with the known level whose rows look most like its
 * own along the other columns, the clearest first. Claimed where at least three, with half of the rows, are another one, and that is ten thousand times likelier, over all
 * ways to name them, than that each is what it is called, how far levels wander being learned under either; and where what either half of the window
 * says is as much likelier in the other one as well: rows that come in groups look like somebody else's by chance, and another time like
 * others'. Nothing where rows of a level have more in common than they ever had (`areOfSessions`). O(levels² + columns · rows).
 */
export function permutedLevels(
  { features, ...times }: Pick<RowSamples, 'features' | 'referenceMs' | 'currentMs'>,
  companyOf: CompanyOf,
  inTime: Int32Array | null,
): Suspicion[] {
  return features.flatMap((pair) => {
    if (pair.kind !== 'levels') return [];
    const { p, distance } = marginalTest(pair);
    if (p >= SAME_P || distance < SAME_DISTANCE) return [];
    const company = companyOf(pair);
    const found = company && permutationOf(pair, company);
    if (found === null || areOfSessions(pair, { features, ...times })) return [];
    if (!isFoundAgain(pair, company!, inTime)) return [];
    const moved = found.pairs.filter(([old, code]) => old !== code);
    const now = levelCounts(pair.current, pair.levels.length);
    const share = moved.reduce((rows, [, code]) => rows + now[code]!, 0) / pair.current.length;
    const shown = moved
      .slice(0, SHOWN)
      .map(([old, code]) => `"${pair.levels[old]}" is called "${pair.levels[code]}"`);
    const more = moved.length > SHOWN ? ` and ${moved.length - SHOWN} more` : '';
    return suspicion('levels_exchanged', pair.name, {
      detail: `${shown.join(', ')}${more} in ${asPercent(share)} of the rows: what goes with each is what went with the other, ${timesLikelier(found.log)} likelier than that all are what they are called`,
      share,
      statistic: share,
      p,
      doubt: Math.exp(-found.log),
    });
  });
}

/** Whether the rows of most levels look like another level's, however little more than like their own: what goes with them does not tell which they are. */
export function lookLikeOthers(pair: LevelPair, company: LevelCompany): boolean {
  return permutationOf(pair, company, { isClaim: false }) !== null;
}

function permutationOf(
  pair: LevelPair,
  company: LevelCompany,
  { isClaim }: { readonly isClaim: boolean } = { isClaim: true },
): Permutation | null {
  const [before, now] = [pair.reference, pair.current].map((codes) =>
    levelCounts(codes, pair.levels.length),
  ) as [Float64Array, Float64Array];
  const codes = [...before.keys()]
    .filter((code) => Math.min(before[code]!, now[code]!) >= MIN_LEVEL_ROWS && company.rowsOf(code) !== null)
    .sort((a, b) => now[b]! - now[a]! || a - b)
    .slice(0, MAX_LEVELS);
  if (codes.length < MIN_MOVED) return null;
  const olds = [...before.keys()].filter((code) => before[code]! >= MIN_LEVEL_ROWS);
  const still = company.driftOf(codes.map((code) => [code, code]));
  const none = { shift: still.shift.map(() => 0), variance: still.variance.map(() => 0) };
  const pairs = matched(codes, olds, (old, code) => company.logAs(old, company.rowsOf(code)!, none));
  if (pairs.length < codes.length) return null;
  const moved = pairs.filter(([old, code]) => old !== code);
  const rowsOf = (some: readonly (readonly [number, number])[]): number =>
    some.reduce((rows, [, code]) => rows + now[code]!, 0);
  if (moved.length < MIN_MOVED || rowsOf(moved) < MIN_SHARE * rowsOf(pairs)) return null;
  // Of all known levels as many as are looked at, in any order.
  const ways = isClaim ? logGamma(olds.length + 1) - logGamma(olds.length - codes.length + 1) : 0;
  const log =
    logOf(company, pairs) -
    logOf(
      company,
      codes.map((code) => [code, code]),
    ) -
    ways;
  return log > (isClaim ? CLAIMED : 0) ? { pairs, log } : null;
}

/** Whether what the rows of one half say, in order of time, holds in the other half, and the other way round. */
function isFoundAgain(pair: LevelPair, company: LevelCompany, inTime: Int32Array | null): boolean {
  const rows = inTime ?? Int32Array.from(pair.current.keys());
  const middle = rows.length >> 1;
  const halves = [rows.subarray(0, middle), rows.subarray(middle)].map((some) => company.with(some));
  const before = levelCounts(pair.reference, pair.levels.length);
  const olds = [...before.keys()].filter((code) => before[code]! >= MIN_LEVEL_ROWS);
  return [halves, halves.toReversed()].every(([here, there]) => {
    const codes = olds.filter((code) =>
      [here!, there!].every((half) => (half.rowsOf(code)?.rows ?? 0) >= MIN_HALF_ROWS),
    );
    if (codes.length < MIN_MOVED) return false;
    const still = here!.driftOf(codes.map((code) => [code, code]));
    const none = { shift: still.shift.map(() => 0), variance: still.variance.map(() => 0) };
    const pairs = matched(codes, olds, (old, code) => here!.logAs(old, here!.rowsOf(code)!, none));
    return (
      logOf(there!, pairs) -
        logOf(
          there!,
          codes.map((code) => [code, code]),
        ) >
      FOUND_AGAIN
    );
  });
}

/** ln density of the rows of now if each is of the level it is paired with. */
function logOf(company: LevelCompany, pairs: readonly (readonly [number, number])[]): number {
  const drift = company.driftOf(pairs);
  return pairs.reduce(
    (log, [old, code]) => log + (company.logAs(old, company.rowsOf(code)!, drift) ?? -Infinity),
    0,
  );
}

/** Each once, the most alike first. */
function matched(
  codes: readonly number[],
  olds: readonly number[],
  alike: (old: number, code: number) => number | null,
): [number, number][] {
  const all = codes
    .flatMap((code) => olds.map((old) => ({ old, code, log: alike(old, code) ?? -Infinity })))
    .sort((a, b) => b.log - a.log);
  const [ofOld, ofCode] = [new Set<number>(), new Set<number>()];
  return all.flatMap(({ old, code }): [number, number][] => {
    if (ofOld.has(old) || ofCode.has(code)) return [];
    ofOld.add(old);
    ofCode.add(code);
    return [[old, code]];
  });
}
