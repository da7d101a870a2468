import { pause } from '../../core/memory/pauses.ts';
import type { ColumnHabits } from '../../core/table.ts';
import type { MeasuredFeature } from '../input.ts';
import { calendarIn, asLevels } from '../samples/row-samples.ts';
import type { ColumnCells, NumericCells, RowSamples } from '../samples/row-samples.ts';
import { FEW_LEVELS } from '../thresholds.ts';
import { categoryRename } from './levels/category-rename.ts';
import { companyAmong } from './levels/company.ts';
import type { CompanyOf } from './levels/company.ts';
import { exchangedBeyond } from './misplaced/exchanged-beyond.ts';
import { exchangedMarginals } from './misplaced/exchanged-columns.ts';
import { withoutPrecedent } from './levels/had-in-reference.ts';
import { columnThatExplains } from './explained-share.ts';
import { unexplained, unreadable } from './unreadable.ts';
import { confirmedByCorrelations, hiddenSuspects, restoredSuspects } from './misplaced/hidden-suspects.ts';
import type { Suspect } from './misplaced/suspect.ts';
import { faultsOfLevels } from './faults-of-levels.ts';
import { claimedOf, clean, isFaulty, push, stillOpen } from './found.ts';
import { ofNewLevel } from './new-level.ts';
import { lateFaults } from './late-faults.ts';
import { exchangedLevels } from './levels/levels-exchanged.ts';
import { permutedLevels } from './levels/permuted-levels.ts';
import { lostRows } from './rows/lost-rows.ts';
import { reversedOrder } from './misplaced/reversed-order.ts';
import { misalignedJoin } from './rows/misaligned-join.ts';
import { heldTogether, rowsTogether } from './rows/rows-together.ts';
import { outOfRange } from './out-of-range.ts';
import { brokenIdentities } from './identities/broken-identity.ts';
import { copiedColumns } from './copied-columns.ts';
import { codedPair } from './coded-pair.ts';
import type { CodedPair } from './coded-pair.ts';
import {
  companyOfEnd,
  drivenToItsEnd,
  isNearlyOneValue,
  keptCompany,
  movedWithRun,
  strangeCompany,
  areAsOthers,
  companionAsEver,
  strayedFrom,
} from './company-of-run.ts';
import { filledValue } from './filled-value.ts';
import { ORDERED, type WindowOrder, stuckRun } from './stuck-run.ts';
import { timesSpanOf } from '../samples/stretches.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { sortColumns } from './sorted-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { clippedEnds } from './clipped-ends.ts';
import { noisyColumns } from './noise/noisy-column.ts';
import { roundedValues } from './rounded.ts';
import { ALL_OWN, unitChange } from './units/unit-change.ts';
import type { OwnShares } from './units/unit-change.ts';
import { rateByCompany } from './units/rate-by-company.ts';
import { isRunning } from '../samples/common-support.ts';
import { listedValues } from './units/listed-values.ts';
import { hoursAndMinutes } from './units/hours-and-minutes.ts';
import { lostSign } from './units/lost-sign.ts';
import { movesAsOthers } from './units/moves-as-others.ts';
import { powerOfTen } from './units/power-of-ten.ts';
import { partBeyond } from './units/part-beyond.ts';
import { unitBeyond } from './units/unit-beyond.ts';
import { unitOfPart } from './units/unit-part.ts';
import { unitSince } from './units/unit-since.ts';
import type { CompanyOfRun } from './rows/run-company.ts';
import { spellsOf } from './rows/spells.ts';
import { once } from '../../core/memory/remember.ts';
import { courseOfColumn, unitFactsOf } from './units/facts-of-column.ts';
import type { SortedCells } from './units/facts-of-column.ts';
import { wrappedValues } from './wrapped.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** What is wrong with the columns themselves. */
export interface FaultSearch {
  readonly found: readonly Suspicion[];
  /** Flips and swaps that neither distributions nor correlations decide: only labels can. */
  readonly suspects: readonly Suspect[];
}

/**
 * Looks for pipeline faults, feature by feature, then between features. Shares come from all rows of the window,
 * values from the row samples; without samples only missing and unreadable values can be judged. `choose` is asked
 * which of several columns to name where undoing any of them would mend the same correlations.
 */
export function findFaults(
  features: readonly MeasuredFeature[],
  samples: RowSamples | null,
  choose: (group: readonly Suspect[]) => Suspect | undefined,
): FaultSearch {
  const { length } = features;
  const found: Suspicion[] = [];
  const order = samples && windowOrder(features, samples);
  push(found, ...unreadable(features, samples, order));
  if (samples === null || order === null) return { found, suspects: [] };
  const watched = new Set(features.map((feature) => feature.name));
  const columns = samples.features.filter((pair) => watched.has(pair.name));
  found.splice(0, found.length, ...unexplained(found, columns));
  for (const name of samples.mismatched) {
    if (watched.has(name) && !isFaulty(found, name)) push(found, otherKind(name));
  }
  const sorted = sortColumns(columns);
  const sortedOf = new Map(sorted.map((pair) => [pair.name, pair]));
  push(found, ...exchangedMarginals(clean(columns, found), clean(sorted, found)));
  push(found, ...reversedOrder(numbersOf(clean(columns, found))));
  const before = found.length;
  const company = companyAmong(clean(columns, found));
  for (const pair of clean(columns, found, 'swapped_columns')) {
    const facts = { samples, order, sorted: sortedOf.get(pair.name), features: length, company, columns };
    push(found, columnFault(pair, facts));
  }
  pause();
  found.splice(
    0,
    found.length,
    ...rowsTogether(exchangedBeyond(found, columns, length), columns, order.inTime),
  );
  // No reading takes a claim back.
  const beside = besideOthers(columns, found, length).filter(
    (one) => one.otherwise === undefined || !isFaulty(claimedOf(found), one.finding.feature),
  );
  push(found, ...beside);
  found.splice(0, found.length, ...toldBetter(found, beside));
  const hidden = hiddenSuspects(clean(columns, found), clean(sorted, found), samples);
  for (const group of restoredSuspects(hidden)) {
    const suspect = choose(group);
    if (suspect !== undefined) push(found, ...confirmedByCorrelations(suspect));
  }
  pause();
  const joined = misalignedJoin(samples, clean(columns, found));
  push(found, ...joined.filter(({ otherwise }) => otherwise === undefined));
  const late = lateFaults(samples, clean(columns, claimedOf(found)));
  found.splice(0, found.length, ...stillOpen(found, late), ...late);
  const ofLevels = faultsOfLevels(samples, clean(columns, claimedOf(found).filter(isSpecific)));
  found.splice(0, found.length, ...stillOpen(toldBetter(found, ofLevels), ofLevels), ...ofLevels);
  push(found, ...reversedOrder(numbersOf(clean(columns, claimedOf(found))), false));
  pause();
  const left = clean(columns, found);
  const companyNow = found.length === before ? company : companyAmong(left);
  push(found, ...exchangedLevels(left, companyNow, { ...samples, inTime: order.inTime }));
  push(found, ...permutedLevels({ ...samples, features: clean(left, found) }, companyNow, order.inTime));
  push(found, ...noisyColumns(clean(left, found), length, samples));
  // What a part of the window explains is no reading of the whole.
  push(found, ...joined.filter(({ finding }) => !isFaulty(found, finding.feature)));
  push(found, ...lostRows(samples, clean(columns, found)));
  return {
    found: heldTogether(withoutPrecedent(found, samples, columns), samples, order.inTime),
    suspects: hidden.suspects.filter(
      ({ correlations, features: of }) =>
        correlations === 'silent' && !of.some((name) => isFaulty(found, name)),
    ),
  };
}

const isSpecific = ({ finding }: Suspicion): boolean => finding.fault !== 'out_of_range';

/** Far outside the range says less than what else was found of that column. */
function toldBetter(found: readonly Suspicion[], others: readonly Suspicion[]): Suspicion[] {
  return found.filter(
    (one) => others.includes(one) || isSpecific(one) || !isFaulty(others, one.finding.feature),
  );
}

/** What is not what the other columns make it, one rule after the other. */
function besideOthers(
  columns: readonly ColumnCells[],
  found: readonly Suspicion[],
  features: number,
): Suspicion[] {
  const told = claimedOf(found).filter(isSpecific);
  const rates = rateByCompany(clean(columns, told), features);
  const left = clean(columns, claimedOf([...told, ...rates]));
  const copied = copiedColumns(numbersOf(left), features);
  return [
    ...rates,
    ...copied,
    ...brokenIdentities(numbersOf(clean(left, copied)), features, numbersOf(columns)),
  ];
}

const numbersOf = (columns: readonly ColumnCells[]): NumericCells[] =>
  columns.filter((pair) => pair.kind === 'numeric');

function windowOrder(
  features: readonly MeasuredFeature[],
  { rows, currentMs, referenceMs }: RowSamples,
): WindowOrder {
  const inTime = rowsInTime(currentMs);
  const all = Math.max(rows.current, ...features.map((feature) => feature.rows.current));
  return {
    inTime: inTime.length === 0 ? null : inTime,
    currentMs,
    rowsEach: all / Math.max(1, rows.current),
    referenceSpanMs: timesSpanOf(referenceMs)?.length ?? null,
  };
}

interface ColumnFacts {
  readonly samples: RowSamples;
  readonly order: WindowOrder;
  readonly sorted: SortedPair | undefined;
  readonly features: number;
  readonly company: CompanyOf;
  /** All that are looked at. */
  readonly columns: readonly ColumnCells[];
}

/** Codes of a number are those of its pair; levels are coded as they come. */
function isCell(coded: CodedPair, pair: ColumnCells, code: number): (cell: number) => boolean {
  if (pair.kind === 'levels') return (cell) => cell === code;
  const value = coded.numberOf(code);
  return (cell) => cell === value;
}

/** What the other columns say of rows that all have one value. */
function companyOfRun(
  { pair, coded }: { readonly pair: ColumnCells; readonly coded: CodedPair },
  columns: readonly ColumnCells[],
  { referenceMs }: RowSamples,
): CompanyOfRun {
  const isOf = (code: number): ((cell: number) => boolean) => isCell(coded, pair, code);
  return {
    strangerTo: (code) => strangeCompany(pair, isOf(code), columns),
    kinOf: (code, rows, isOrderKnown) => {
      if (strayedFrom(pair, coded.numberOf(code), columns, rows) !== null) return null;
      const isValue = isOf(code);
      const kept = keptCompany(pair, isValue, columns, rows);
      const moved = isOrderKnown ? null : movedWithRun(pair, isValue, columns, rows);
      return kept ?? moved ?? drivenToItsEnd(pair, isValue, columns, rows);
    },
    endOf: (code, rows) => drivenToItsEnd(pair, isOf(code), columns, rows),
    spellsOf: (code, rows) =>
      referenceMs === null ? Infinity : spellsOf(pair, isOf(code), rows, rowsInTime(referenceMs), columns),
    isExplained: (code) => explainerOf(pair, isOf(code), columns) !== null,
    goesOnWith: (code) => {
      const value = coded.numberOf(code);
      const rows = Int32Array.from(coded.current.keys()).filter((row) => coded.current[row] === code);
      return companionAsEver(pair, value, columns) ?? strayedFrom(pair, value, columns, rows);
    },
  };
}

/** The first fault that explains the column; the more specific ones are asked first. */
function columnFault(
  pair: ColumnCells,
  { samples, order, sorted, features, company, columns }: ColumnFacts,
): Suspicion | null {
  const coded = codedPair(pair);
  const habits = samples.habits.get(pair.name);
  const ownOrder = samples.referenceMs === null ? order.inTime : null;
  const ownCourse = (): Float64Array | null =>
    ownOrder && numeric && courseOfColumn(numeric.cells, order.inTime, samples).values;
  const numeric = pair.kind === 'numeric' && sorted !== undefined ? { cells: pair, sorted } : null;
  const units = once(
    () => numeric && unitFactsOf(numeric, ownShares(coded, order, habits), order.inTime, samples),
  );
  const ofUnits = (rule: typeof unitChange): Suspicion | null => {
    const facts = units();
    const said = facts && rule(facts, features);
    const isClaim = said !== null && said.otherwise === undefined && numeric !== null;
    return isClaim && movesAsOthers(numeric.cells, columns, features) ? null : said;
  };
  // What is claimed comes before what is only a reading of it, whichever rule sees it first.
  return firstClaimed([
    // Whole degrees stay at one for hours.
    () => numeric && claimedOnly(rounded(numeric, samples, features)),
    () => stuckRun(coded, order, habits, features, companyOfRun({ pair, coded }, columns, samples)),
    () => numeric && clippedEnds(numeric.sorted, habits, features, companyOfEnd(pair, columns), ownCourse()),
    () =>
      filledValue(coded, sorted, habits, features, {
        inTime: ownOrder,
        areAsOthers: (rows) => areAsOthers(pair, rows, columns),
        newLevelOf: (rows) => ofNewLevel([...rows], withoutNamed(columns, pair.name)),
        kinOf: (code, rows) => {
          const isValue = isCell(coded, pair, code);
          const kept = keptCompany(pair, isValue, columns, rows, { mayStandStill: true });
          return kept ?? explainerOf(pair, isValue, columns);
        },
        areOfOneKind: companyOfEnd(pair, columns).areOfOneKind,
      }),
    () => ofUnits(unitChange),
    () => ofUnits(listedValues),
    () =>
      numeric && unitSince(numeric.sorted, courseOfColumn(numeric.cells, order.inTime, samples), features),
    () => ofUnits(unitOfPart),
    () => numeric && powerOfTen(numeric.sorted),
    () => numeric && hoursAndMinutes(numeric.sorted, features),
    () => numeric && lostSign(numeric.cells, columns, features, calendarIn(samples)),
    () => numeric && wrappedValues(numeric.sorted, features),
    () =>
      numeric && !isRunning(numeric.cells.reference, samples.referenceMs) ? unitBeyond(numeric.sorted) : null,
    () =>
      numeric &&
      partBeyond(numeric.sorted, (isFar) =>
        ofNewLevel(rowsWhere(numeric.cells.current, isFar), withoutNamed(columns, pair.name)),
      ),
    () => renamedLevels(pair, order, { company, habits, features }),
    () => numeric && outOfRange(numeric.cells, features, columns),
    () => numeric && rounded(numeric, samples, features),
  ]);
}

/** A column that foretells how many rows have the value. Two that stand still at once would each explain the other. */
function explainerOf(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
): string | null {
  const marked = {
    reference: (row: number) => isValue(pair.reference[row]!),
    current: (row: number) => isValue(pair.current[row]!),
  };
  const all = Int32Array.from(pair.current.keys());
  const others = columns.filter((each) => each.name !== pair.name && !isNearlyOneValue(each, all));
  return columnThatExplains(marked, others)?.column ?? null;
}

/** Of a column that stays by itself, those of its rows that are no repetition. */
function ownShares(
  { current }: CodedPair,
  { inTime }: WindowOrder,
  habits: ColumnHabits | undefined,
): OwnShares {
  if (inTime === null || (habits !== undefined && habits.persistence < ORDERED)) return ALL_OWN;
  const codes = inTime.map((row) => current[row]!).filter((code) => code >= 0);
  const changes = codes.reduce((sum, code, i) => (code === codes[i - 1] ? sum : sum + 1), 0);
  const own = changes / Math.max(1, codes.length);
  // Of a reference in no order nothing is known of its rows, and of these it is.
  if (habits === undefined) return own > 1 - ORDERED ? ALL_OWN : { reference: 1, current: own };
  return { reference: 1 - habits.persistence, current: own };
}

function firstClaimed(rules: readonly (() => Suspicion | null)[]): Suspicion | null {
  let reading: Suspicion | null = null;
  for (const rule of rules) {
    const found = rule();
    if (found !== null && found.otherwise === undefined) return found;
    reading ??= found;
  }
  return reading;
}

function claimedOnly(found: Suspicion | null): Suspicion | null {
  return found?.otherwise === undefined ? found : null;
}

function rounded(
  { cells, sorted }: SortedCells,
  { referenceMs }: RowSamples,
  features: number,
): Suspicion | null {
  return roundedValues(sorted, cells, referenceMs === null ? null : rowsInTime(referenceMs), features);
}

function renamedLevels(
  pair: ColumnCells,
  { inTime }: WindowOrder,
  {
    company,
    habits,
    features,
  }: Pick<ColumnFacts, 'company' | 'features'> & { habits: ColumnHabits | undefined },
): Suspicion | null {
  const levels = pair.kind === 'levels' ? pair : asLevels(pair, 2 * FEW_LEVELS);
  const isText = pair.kind === 'levels';
  if (levels === null) return null;
  const few = isText || countPresent(levelCounts(levels.reference, levels.levels.length)) <= FEW_LEVELS;
  return few
    ? categoryRename(levels, { isText, company: () => company(levels), habits, inTime, features })
    : null;
}

function otherKind(name: string): Suspicion {
  return suspicion('type_change', name, {
    detail: 'numbers on one side and text on the other',
    share: 1,
    statistic: 1,
    p: null,
    doubt: 0,
  });
}

function withoutNamed(columns: readonly ColumnCells[], name: string): ColumnCells[] {
  return columns.filter((column) => column.name !== name);
}

function rowsWhere(cells: Float64Array, isSuch: (cell: number) => boolean): number[] {
  return [...cells.keys()].filter((row) => isSuch(cells[row]!));
}

const countPresent = (counts: Float64Array): number => counts.filter((count) => count > 0).length;
