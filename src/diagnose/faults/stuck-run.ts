import type { ColumnHabits } from '../../core/table.ts';
import { FAULT_ALPHA } from '../thresholds.ts';
import { clumpsOf } from '../../stats/significance/clumped-rows.ts';
import { expectedRuns } from '../../stats/habits/run-tail.ts';
import { timesSpanOf } from '../samples/stretches.ts';
import { asPercent } from '../wording.ts';
import type { CodedPair } from './coded-pair.ts';
import { STRANGERS_TO_NOBODY } from './rows/run-company.ts';
import type { CompanyOfRun } from './rows/run-company.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_RUN_ROWS = 50;
/** A column the reference already held still this often was never varying. */
const MAX_REFERENCE_SHARE = 0.95;
/** What the reference did for so long may come again; twice as long is another matter. */
const UNPRECEDENTED = 2;
/** From here on rows follow the ones before them, and the order of the reference teaches how long a value stays. */
export const ORDERED = 0.1;
/** What stays by itself more often than not may well stay longer than in a few weeks of reference: up to so many times as long. */
const STAYING = 0.8;
const UNKNOWABLE = 4;
/** So many runs as long as this one, or longer, in a window: rarer ones are none of the column's own. */
const EXPECTED = 0.001;
/** A value that holds this share of the reference is one of its ordinary ones. */
const ORDINARY_SHARE = 0.01;
/** Of a value that fewer rows had nobody knows the company. */
const MIN_KNOWN_ROWS = 20;
/** Values that hold for a while each are several rows' of the reference, and so are nearly all; those of a measurement seldom are. */
const OF_A_WHILE = 10;
const NEARLY_ALL = 0.9;
/** From this share of the reference on, how often rows change between the value and any other is asked, not between all. */
const ATOM_SHARE = 0.2;
/** So many changes from row to row must be expected of rows in no order for fewer to tell that there is one. */
const MIN_CHANGES = 20;
const CHANGES_SIGMA = 3;
/** Of two levels one that so many rows had, whoever they were, may be what all are given from now on: a trial that ended. */
const FEW = 2;
const MAJOR_SHARE = 0.2;

export interface WindowOrder {
  /** Rows of the sample in order of their times; null where they have none. */
  readonly inTime: Int32Array | null;
  /** Of the sample's rows; null where they have none. */
  readonly currentMs: Float64Array | null;
  /** Rows of the window for each of the sample. */
  readonly rowsEach: number;
  /** From the reference's first row to its last; null where they have no times. */
  readonly referenceSpanMs: number | null;
}

/**
 * One value, row after row, for longer than the column ever stayed at one.
 *
 * A run counts when it holds at least 50 rows and more than ln(10⁴·columns·rows)/−ln(share of its value in the reference, and among the window's other rows): that
 * rules out chance; beside a reference without times rows of one person or visit, as the other rows of the window show them, count as one. Many columns stay by themselves, though (a weekend flag, a part of the day, rows that come country
 * by country), so it must also be more than twice the longest run of any value in the reference, at its rate of rows, and longer than its
 * longest runs let expect once in a thousand windows, of a column that nearly always stays more than four times; between is a reading. A reference in no order teaches nothing of that; then
 * the rest of the window must be seen to be in no order either, and a window that holds one ordinary value and nothing else is no claim,
 * unless another column refutes that its rows were chosen by that value; nor one that holds a new value of a column whose values may
 * each have held for a while, unless what goes with it is what it always was. Where another column changed with the run into what goes with that
 * value, such rows did come: a reading, too. Of a number that most rows have, at an end of the column, nothing is said there: no rain.
 */
export function stuckRun(
  pair: CodedPair,
  order: WindowOrder,
  habits: ColumnHabits | undefined,
  features: number,
  company: CompanyOfRun = STRANGERS_TO_NOBODY,
): Suspicion | null {
  const run = longestRunOf(pair, order.inTime);
  if (run === null || pair.rows.reference === 0) return null;
  const share = pair.counts.reference[run.code]! / pair.rows.reference;
  if (share >= MAX_REFERENCE_SHARE) return null;
  const p = chanceOf(pair, run, order, company, FAULT_ALPHA / features);
  if (p === null) return null;
  // More rows may have come in which it is that value, as it always was in such rows.
  const shareNow = pair.counts.current[run.code]! / pair.rows.current;
  const isLikelyNow = pair.rows.current * shareNow ** run.rows >= FAULT_ALPHA / features;
  if (isLikelyNow && company.isExplained(run.code)) return null;
  const rows = Math.round(run.rows * order.rowsEach);
  const isOrdered = habits !== undefined && isInOrder(habits, rows, order);
  const asBefore = isOrdered ? rows * rateOf(run, rows, order, habits) : rows;
  if (habits !== undefined && asBefore <= UNPRECEDENTED * habits.longestRun) return null;
  if (!isOrdered && run.restRuns) return null;
  // Amounts of rain differ from row to row, and it rains for hours.
  const isAlone =
    !isOrdered && !(share >= ATOM_SHARE ? run.valueMixes && isAsOftenBeside(pair, run) : run.restMixes);
  const isWhole = run.rows === pair.rows.current;
  if (!isOrdered && !isWhole && isUsualEnd(pair, run) && company.goesOnWith(run.code) === null) return null;
  const value = pair.valueOf(run.code);
  const before = `before in ${asPercent(share)} of the rows`;
  const known = isOrdered ? `, and never for more than ${habits.longestRun.toLocaleString('en')} rows` : '';
  const levels = pair.counts.reference.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  const isMajor = pair.kind === 'levels' && !isOrdered && levels <= FEW && share >= MAJOR_SHARE;
  const inAll = (asBefore / rows) * pair.rows.current * order.rowsEach;
  const chosen =
    share >= ORDINARY_SHARE
      ? innocent(pair.name, value, { rows: asBefore, isAlone, inAll }, habits)
      : isAlone && mayHoldForAWhile(pair) && company.goesOnWith(run.code) === null
        ? `all rows of one time may have one ${pair.name}: the reference has no order that would tell`
        : null;
  const innocence = chosen ?? (isMajor ? `all are given ${pair.name} ${value} from now on` : null);
  const stranger = innocence === null || isOrdered || !isWhole ? null : company.strangerTo(run.code);
  const isRefuted = innocence === null || stranger !== null;
  const kin = isRefuted ? kinOf(pair, run, rowsOf(run, order), company, habits !== undefined) : null;
  const came =
    kin === null
      ? null
      : `rows with ${pair.name} ${value} came one after the other: ${kin} is what goes with it`;
  const reached = isRefuted && kin === null && cameToItsEnd(pair, run, order) ? REACHED : null;
  const otherwise = isRefuted ? (came ?? reached) : innocence;
  const refused =
    stranger === null ? '' : `; rows chosen by it would have another ${stranger}, which is what it was`;
  const told = suspicion('constant_value', pair.name, {
    detail: isWhole
      ? `every value is ${value}, ${before}${known}${refused}`
      : `${rows.toLocaleString('en')} rows in a row have ${value}, ${before}${known}`,
    share: run.rows / pair.current.length,
    statistic: 1 - share,
    p,
    doubt: p,
    ...(otherwise !== null && { otherwise }),
  });
  const found = { ...told, run: [run.from, run.to] as const, isOrdinary: share >= ORDINARY_SHARE };
  const sinceMs = isWhole ? null : (order.currentMs?.[order.inTime?.[run.from] ?? -1] ?? null);
  if (sinceMs === null) return found;
  return { ...found, finding: { ...found.finding, since: new Date(sinceMs).toISOString() } };
}

/** How likely so many rows in a row are by chance; null where that is not below the limit. The run may begin at any row: each start is looked at. */
function chanceOf(
  pair: CodedPair,
  run: Run,
  order: WindowOrder,
  company: CompanyOfRun,
  limit: number,
): number | null {
  const rows = pair.rows.current;
  const chance = Math.max(pair.counts.reference[run.code]!, 0.5) / pair.rows.reference;
  // Twelve persons of five rows each are twelve.
  const occasions = order.referenceSpanMs === null ? run.rows / run.clumpsOfRest : run.rows;
  const p = Math.min(1, rows * chance ** occasions);
  if (p >= limit) return null;
  const spells = Math.min(occasions, company.spellsOf(run.code, rowsOf(run, order)));
  return rows * Math.max(chance, shareOfOthers(pair, run)) ** spells < limit ? p : null;
}

/** A number that most rows have. */
const USUAL = 0.5;

/** Whether most rows of the reference have its number, the least or largest of all: no rain is what most days have, and where it rains it does for an hour. */
function isUsualEnd({ kind, counts, rows, numberOf }: CodedPair, { code }: Run): boolean {
  if (kind === 'levels' || counts.reference[code]! < USUAL * rows.reference) return false;
  const known = [...counts.reference.entries()].flatMap(([other, count]) =>
    count > 0 ? [numberOf(other)] : [],
  );
  const end = numberOf(code);
  return known.every((value) => value >= end) || known.every((value) => value <= end);
}

const REACHED = 'it came to where it ends, and the rows before it were next to that';
/** Rows before the run, and the part of the reference that they lie from its end at most. */
const ROWS_BEFORE = 5;
const NEXT_TO_IT = 0.1;

/** Whether the value is the least or largest of the reference, and the course came there by itself: the wind falls, and then there is none. */
function cameToItsEnd(pair: CodedPair, { from, code }: Run, { inTime }: WindowOrder): boolean {
  if (pair.kind === 'levels' || from < ROWS_BEFORE) return false;
  const end = pair.numberOf(code);
  const all = pair.rows.reference;
  let [below, above] = [0, 0];
  for (const [other, count] of pair.counts.reference.entries()) {
    if (pair.numberOf(other) < end) below += count;
    else if (pair.numberOf(other) > end) above += count;
  }
  if (below > 0 && above > 0) return false;
  return Array.from({ length: ROWS_BEFORE }, (_, back) => {
    const row = from - 1 - back;
    const value = pair.numberOf(pair.current[inTime?.[row] ?? row]!);
    let between = 0;
    for (const [other, count] of pair.counts.reference.entries()) {
      const known = pair.numberOf(other);
      if (below === 0 ? known < value : known > value) between += count;
    }
    return between <= NEXT_TO_IT * all;
  }).every(Boolean);
}

/** Standard errors of a persistence of none (fewer where the rows' own times put them in order), and how much longer than ever a run is that nobody takes for an accident of the order. */
const CERTAINLY = { timed: 3, untimed: 5 } as const;
const FAR_LONGER = 10;

/** Of a reference of so many windows each has been seen, and none held one value. */
const MANY_WINDOWS = 10;

/**
 * Values that are hardly ever the same twice in a row persist little, and still follow each other. Rows that mix freely do not, and times of many
 * windows still say how long one value came.
 */
function isInOrder(
  { persistence, rows: known, longestRun }: ColumnHabits,
  rows: number,
  { referenceSpanMs, currentMs }: WindowOrder,
): boolean {
  if (persistence >= ORDERED) return true;
  if (rows < FAR_LONGER * longestRun) return false;
  const windowMs = timesSpanOf(currentMs)?.length ?? 0;
  if (referenceSpanMs !== null && windowMs > 0 && referenceSpanMs >= MANY_WINDOWS * windowMs) return true;
  const least = CERTAINLY[referenceSpanMs === null ? 'untimed' : 'timed'];
  return persistence * Math.sqrt(known) >= least;
}

/** How many of the window's other rows have the value: what most of them have may come so often in a row. 0 where there are few others. */
function shareOfOthers({ rows, counts }: CodedPair, run: Run): number {
  const others = rows.current - run.rows;
  return others < MIN_RUN_ROWS ? 0 : (counts.current[run.code]! - run.rows) / others;
}

/** Of a value that few rows had nobody knows the company, but what drives the column to its end. */
function kinOf(
  { counts }: CodedPair,
  { code }: Run,
  rows: Int32Array,
  company: CompanyOfRun,
  isOrderKnown: boolean,
): string | null {
  return counts.reference[code]! >= MIN_KNOWN_ROWS
    ? company.kinOf(code, rows, isOrderKnown)
    : company.endOf(code, rows);
}

/** Standard errors of a share. */
const RARER = 3;

/** Whether the window's other rows have the value as often as the reference: where it rains half of the day, the dry half is no fault of the gauge. */
function isAsOftenBeside(pair: CodedPair, run: Run): boolean {
  const share = pair.counts.reference[run.code]! / pair.rows.reference;
  const others = pair.rows.current - run.rows;
  const error = Math.sqrt((share * (1 - share)) / Math.max(1, others));
  return (pair.counts.current[run.code]! - run.rows) / Math.max(1, others) >= share - RARER * error;
}

/** Whether nearly all rows of the reference have values of ten rows and more: what time they were of, and for how long, it does not tell. */
function mayHoldForAWhile({ counts, rows }: CodedPair): boolean {
  const held = counts.reference.reduce((sum, count) => (count >= OF_A_WHILE ? sum + count : sum), 0);
  return held >= NEARLY_ALL * rows.reference;
}

function rowsOf({ from, to }: Run, { inTime }: WindowOrder): Int32Array {
  return inTime === null
    ? Int32Array.from({ length: to - from + 1 }, (_, i) => from + i)
    : inTime.slice(from, to + 1);
}

/**
 * Of a column that stays by itself an hour is an hour, however many rows come in it: what the rows of the run would be at the rate of
 * the reference's rows that have a value, as a share; at most 1, also where its rows have no times or all one.
 */
function rateOf(
  { from, to }: Run,
  rows: number,
  { inTime, currentMs, referenceSpanMs }: WindowOrder,
  habits: ColumnHabits,
): number {
  const timeOf = (place: number): number => currentMs?.[inTime?.[place] ?? -1] ?? Number.NaN;
  const spanMs = timeOf(to) - timeOf(from);
  if (!(spanMs > 0) || referenceSpanMs === null || referenceSpanMs === 0) return 1;
  return Math.min(1, ((habits.rows / referenceSpanMs) * spanMs) / rows);
}

/** Why an ordinary value may go on for so long by itself; null: it may not. */
function innocent(
  name: string,
  value: string,
  { rows, isAlone, inAll }: { rows: number; isAlone: boolean; inAll: number },
  habits: ColumnHabits | undefined,
): string | null {
  if (habits === undefined || habits.persistence < ORDERED) {
    const told = `rows came from where ${name} is always ${value}`;
    return isAlone ? `${told}: the reference has no order that would tell how long that lasts` : null;
  }
  const isLong =
    habits.runs !== undefined && expectedRuns(habits.runs, rows, inAll / habits.rows) >= EXPECTED;
  return isLong || (habits.persistence >= STAYING && rows <= UNKNOWABLE * habits.longestRun)
    ? `${name} stays at one value for long by itself, and may have stayed longer`
    : null;
}

interface Run {
  readonly code: number;
  /** Place of its first row, in order of time. */
  readonly from: number;
  /** Of its last one. */
  readonly to: number;
  readonly rows: number;
  /** Whether another value than this one stays longer than chance allows. */
  readonly restRuns: boolean;
  /** Whether rows of other values change from one to the next as often as rows in no order do: what is rolled out mixes with what was. */
  readonly restMixes: boolean;
  /** The same between this value and all others. */
  readonly valueMixes: boolean;
  /** So many of the other rows are one (`clumpsOf`). */
  readonly clumpsOfRest: number;
}

/** Null where none is long. Without times only a window that holds one value is a run. Missing cells neither end a run nor belong to it. */
function longestRunOf(pair: CodedPair, inTime: Int32Array | null): Run | null {
  const codes = inTime === null ? pair.current : inTime.map((row) => pair.current[row]!);
  const runs = runsOf(codes);
  const longest = runs.reduce<(typeof runs)[number] | null>(
    (most, run) => (most === null || run.rows > most.rows ? run : most),
    null,
  );
  // Of most columns no run is long, and how the other rows come is not asked.
  if (longest === null || longest.rows < MIN_RUN_ROWS) return null;
  if (inTime === null)
    return runs.length === 1
      ? { ...longest, restRuns: false, restMixes: false, valueMixes: false, clumpsOfRest: 1 }
      : null;
  const others = runs.filter((run) => run !== longest);
  const left = others.reduce((sum, run) => sum + run.rows, 0);
  const counts = new Map<number, number>();
  for (const run of others) counts.set(run.code, (counts.get(run.code) ?? 0) + run.rows);
  // Where all others have one value, the reference says how often it comes: two lots of a day are two runs.
  const known = (code: number): number => Math.max(0.5, pair.counts.reference[code]!) / pair.rows.reference;
  const restRuns = others.some((run) => {
    const ofRest = (counts.get(run.code) ?? 0) / left;
    const share = ofRest < 1 ? ofRest : known(run.code);
    return share < 1 && run.rows > Math.max(3, Math.log(1e4 * left) / -Math.log(share));
  });
  const own = counts.get(longest.code) ?? 0;
  const isOwn = others.map(({ code }) => code === longest.code);
  const turns = isOwn.filter((is, i) => is !== isOwn[i - 1]).length;
  return {
    ...longest,
    restRuns,
    restMixes: mixesOf(others.filter(({ code }) => code !== longest.code)),
    valueMixes: mixes(turns, [own, left - own], left),
    clumpsOfRest: clumpsOf(codes.filter((code, at) => code >= 0 && (at < longest.from || at > longest.to)))
      .factor,
  };
}

function mixesOf(runs: readonly Pick<Run, 'code' | 'rows'>[]): boolean {
  const counts = new Map<number, number>();
  for (const run of runs) counts.set(run.code, (counts.get(run.code) ?? 0) + run.rows);
  const changes = runs.filter(({ code }, i) => code !== runs[i - 1]?.code).length;
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return mixes(changes, [...counts.values()], rows);
}

/** By chance n rows change n·(1 − Σp²) times, with the variance n·(Σp² + 2Σp³ − 3(Σp²)²). */
function mixes(changes: number, counts: readonly number[], rows: number): boolean {
  let [squares, cubes] = [0, 0];
  for (const count of counts) {
    squares += (count / rows) ** 2;
    cubes += (count / rows) ** 3;
  }
  const expected = rows * (1 - squares);
  const deviation = Math.sqrt(rows * (squares + 2 * cubes - 3 * squares ** 2));
  return expected >= MIN_CHANGES && changes >= expected - CHANGES_SIGMA * deviation;
}

function runsOf(codes: Int32Array): Omit<Run, 'restRuns' | 'restMixes' | 'valueMixes' | 'clumpsOfRest'>[] {
  const runs: { code: number; from: number; to: number; rows: number }[] = [];
  for (const [at, code] of codes.entries()) {
    if (code < 0) continue;
    const last = runs.at(-1);
    if (last?.code === code) {
      last.rows += 1;
      last.to = at;
    } else runs.push({ code, from: at, to: at, rows: 1 });
  }
  return runs;
}
