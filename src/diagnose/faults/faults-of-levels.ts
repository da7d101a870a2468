import { pause } from '../../core/memory/pauses.ts';
import { ksPValue, ksStatisticSorted } from '../../stats/significance/ks.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { hasMoved } from '../marginal-test.ts';
import { goesWithItself } from '../relation/conditional-spread.ts';
import { asLevels, selectRows, sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells, LevelPair, NumericCells, RowSamples } from '../samples/row-samples.ts';
import { FEW_LEVELS, MIN_FAULT_SHARE, SAME_P } from '../thresholds.ts';
import { listNames } from '../wording.ts';
import { exchangedMarginals } from './misplaced/exchanged-columns.ts';
import { confirmedByCorrelations, hiddenSuspects, restoredSuspects } from './misplaced/hidden-suspects.ts';
import { reversedOrder } from './misplaced/reversed-order.ts';
import { sortColumns } from './sorted-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import type { Suspicion } from './suspicion.ts';
import { unitFactsOf, type SortedCells } from './units/facts-of-column.ts';
import { hoursAndMinutes } from './units/hours-and-minutes.ts';
import { lostSign } from './units/lost-sign.ts';
import { partBeyond } from './units/part-beyond.ts';
import { powerOfTen } from './units/power-of-ten.ts';
import { unitBeyond } from './units/unit-beyond.ts';
import { ALL_OWN, unitChange } from './units/unit-change.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Fewer rows of a level have no shape. */
const MIN_LEVEL_ROWS = 30;
/** Of the chosen levels together, and of the others. */
const MIN_ROWS = 80;
/** How far a column is from what it was in the chosen levels, and how sure that is; and how near it stayed in the others. */
const FAR = 0.25;
const FAR_P = 1e-6;
const NEAR = 0.15;
const TIMES_NEARER = 3;
/** So many columns and ways to divide the rows are looked at. */
const MAX_COLUMNS = 12;
const MAX_GROUPINGS = 20;
const MAX_TRIED = 6;

/** Levels of one column in whose rows others are not what they were, and the rest of the rows is. */
interface Part {
  readonly grouping: LevelPair;
  readonly codes: ReadonlySet<number>;
  readonly columns: readonly NumericCells[];
}

/**
 * What broke in the rows of some levels of another column only: one depot, one device, one kind of goods.
 *
 * Asked of numbers that moved. A part is the levels in which a column is far from what it was in the same levels (KS distance ≥ 0.25, p < 1e-6 over what
 * was looked at) while in all others it is near (0.15, or a third of that). Within those rows the rules of whole columns are asked again:
 * units, exchanged columns, signs, a scale turned round. Only what they claim is told; what else may have happened in one depot is anybody's guess.
 * O(columns · groupings · rows log rows) at most, nothing where no number moved.
 */
export function faultsOfLevels(samples: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  const moved = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric' && hasMoved(pair));
  if (moved.length === 0) return [];
  // A crew is a shift: beside a reference without times its rows are of one afternoon, and nobody knows what those are.
  const isOfTime = (pair: ColumnCells): boolean =>
    samples.referenceMs === null && goesWithItself(pair, samples.currentMs);
  const groupings = columns
    .flatMap((pair) => groupingOf(pair) ?? [])
    .slice(0, MAX_GROUPINGS)
    .filter((pair) => !isOfTime(pair));
  const parts = partsOf(moved.slice(0, MAX_COLUMNS), groupings).slice(0, MAX_TRIED);
  const looks = columns.length * groupings.length;
  // What values tell by themselves is asked of every part before what correlations tell of any: a flag that goes with the right one would do.
  for (const rule of [byValues, byCompany] as const) {
    for (const part of parts) {
      pause();
      const found = faultsIn(samples, columns, part, (within) => rule(within, looks));
      if (found.length > 0) return found;
    }
  }
  return [];
}

function groupingOf(pair: ColumnCells): LevelPair | null {
  const levels = pair.kind === 'levels' ? pair : asLevels(pair, FEW_LEVELS);
  if (levels === null) return null;
  const before = levelCounts(levels.reference, levels.levels.length);
  const seen = before.filter((count) => count >= MIN_LEVEL_ROWS).length;
  return seen >= 2 && seen <= FEW_LEVELS ? levels : null;
}

/** Those that show the most columns first, then those of the fewest rows. */
function partsOf(moved: readonly NumericCells[], groupings: readonly LevelPair[]): Part[] {
  const parts = new Map<string, { grouping: LevelPair; codes: Set<number>; columns: NumericCells[] }>();
  const looks = moved.length * groupings.length;
  for (const grouping of groupings) {
    for (const column of moved) {
      if (column.name === grouping.name) continue;
      const codes = farLevels(column, grouping, FAR_P / looks);
      if (codes === null) continue;
      const key = JSON.stringify([grouping.name, ...codes]);
      const part = parts.get(key) ?? { grouping, codes: new Set(codes), columns: [] };
      part.columns.push(column);
      parts.set(key, part);
    }
  }
  return [...parts.values()].sort((a, b) => b.columns.length - a.columns.length);
}

/** Levels in which the column is far from what it was; null where in the others it is not near, or either is too few. */
function farLevels(column: NumericCells, grouping: LevelPair, alpha: number): number[] | null {
  const before = cellsByLevel(column.reference, grouping.reference, grouping.levels.length);
  const now = cellsByLevel(column.current, grouping.current, grouping.levels.length);
  const far: number[] = [];
  let [inside, outside, nearest, farthest] = [0, 0, 1, 0];
  for (const code of grouping.levels.keys()) {
    const [a, b] = [before[code]!, now[code]!];
    if (Math.min(a.length, b.length) < MIN_LEVEL_ROWS) continue;
    const distance = ksStatisticSorted(a, b);
    if (distance >= FAR && ksPValue(distance, a.length, b.length) < alpha) {
      far.push(code);
      inside += b.length;
      nearest = Math.min(nearest, distance);
    } else {
      outside += b.length;
      farthest = Math.max(farthest, ksPValue(distance, a.length, b.length) < SAME_P ? distance : 0);
    }
  }
  if (far.length === 0 || Math.min(inside, outside) < MIN_ROWS) return null;
  if (inside < MIN_FAULT_SHARE * column.current.length) return null;
  return farthest <= Math.max(NEAR, nearest / TIMES_NEARER) ? far : null;
}

/** Present values of each level, ascending. */
function cellsByLevel(cells: Float64Array, codes: Int32Array, levels: number): Float64Array[] {
  const of = Array.from(levelCounts(codes, levels), (rows) => new Float64Array(rows));
  const filled = new Int32Array(levels);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code >= 0) of[code]![filled[code]!++] = cells[row]!;
  }
  return of.map((values) => sortedPresent(values));
}

/** The rows of a part, and which columns are suspected in it. */
interface Within {
  readonly samples: RowSamples;
  readonly columns: readonly ColumnCells[];
  readonly sorted: readonly SortedPair[];
  readonly names: ReadonlySet<string>;
}

function faultsIn(
  samples: RowSamples,
  columns: readonly ColumnCells[],
  { grouping, codes, columns: suspected }: Part,
  rule: (within: Within) => Suspicion[],
): Suspicion[] {
  const rowsOf = (of: Int32Array): Int32Array =>
    Int32Array.from(of.keys()).filter((row) => codes.has(of[row]!));
  const [referenceRows, currentRows] = [rowsOf(grouping.reference), rowsOf(grouping.current)];
  const within = selectRows({ ...samples, features: [...columns] }, referenceRows, currentRows);
  const { features } = within;
  const names = new Set(suspected.map(({ name }) => name));
  const levels = listNames([...codes].map((code) => grouping.levels[code]!));
  const share = currentRows.length / grouping.current.length;
  const told = new Map<string, Suspicion>();
  for (const one of rule({ samples: within, columns: features, sorted: sortColumns(features), names })) {
    if (one.otherwise !== undefined || told.has(one.finding.feature)) continue;
    const detail = `in the rows of ${grouping.name} ${levels}: ${one.finding.detail}`;
    told.set(one.finding.feature, {
      ...one,
      finding: { ...one.finding, detail, share: share * one.finding.share },
    });
  }
  return [...told.values()];
}

function byValues({ samples, columns, sorted, names }: Within, looks: number): Suspicion[] {
  const ofNamed = <C extends { readonly name: string }>(all: readonly C[]): C[] =>
    all.filter(({ name }) => names.has(name));
  const numbers = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric');
  const exchanged = [
    ...exchangedMarginals(ofNamed(columns), ofNamed(sorted)),
    ...reversedOrder(ofNamed(numbers)),
  ];
  if (exchanged.length > 0) return exchanged;
  const signs = ofNamed(numbers).flatMap((pair) => lostSign(pair, columns, looks) ?? []);
  const cellsOf = new Map(numbers.map((pair) => [pair.name, pair]));
  const units = ofNamed(sorted).flatMap((pair) => {
    const cells = cellsOf.get(pair.name);
    return (cells && unitOf({ cells, sorted: pair }, looks, samples)) ?? [];
  });
  return [...signs, ...units];
}

/** A crew has its rows of a window in one shift, and one calm night is no other unit of wind: what such rows did before is asked of them alone. */
function unitOf({ cells, sorted: pair }: SortedCells, looks: number, samples: RowSamples): Suspicion | null {
  const facts = unitFactsOf({ cells, sorted: pair }, ALL_OWN, rowsInTime(samples.currentMs), samples);
  const tried = [
    facts && unitChange(facts, looks),
    partBeyond(pair, () => null),
    unitBeyond(pair),
    powerOfTen(pair),
    hoursAndMinutes(pair, looks),
  ];
  return tried.find((one) => one !== null && one.otherwise === undefined) ?? null;
}

function byCompany({ samples: { currentMs }, columns, sorted, names }: Within): Suspicion[] {
  return restoredSuspects(hiddenSuspects(columns, sorted, { referenceMs: null, currentMs })).flatMap(
    ([best]) =>
      best !== undefined && best.features.some((name) => names.has(name))
        ? confirmedByCorrelations(best)
        : [],
  );
}
