/** Which rows are compared with which: all of them, or window by window, and for each segment apart. */
import { windowsThatTell } from '../../stats/significance/overdispersion.ts';
import { sampleCapacity } from '../../stats/profile/rows/row-sample.ts';
import { DEFAULT_SAMPLE_ROWS, chooseRowsByKey } from '../../stats/table/sample-rows.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { FILES_POLICY } from '../../judge/policy.ts';
import type { BeganAt } from '../../compare/options.ts';
import type { SeasonKind } from '../../core/findings.ts';
import { ownPaceOf } from './own-pace.ts';
import { groupRows } from './timed-rows.ts';
import type { TimedRows, Window } from './timed-rows.ts';

export interface SegmentRows {
  /** `<feature>=<value>` */
  readonly name: string;
  readonly reference: Int32Array;
  readonly current: Int32Array;
}

/** Rows by number; null is all of them. Shared between threads. */
export type RowNumbers = Int32Array | null;

export interface CutPart {
  readonly rows: RowNumbers;
  /** How many that are. */
  readonly count: number;
  /** Those of them that are looked at together: which they are follows from these rows alone, and from nothing beside them. */
  readonly sample: Int32Array;
}

/** One comparison, or one for each window: the same reference rows against rows of the current file. */
export interface Slice {
  /** `<feature>=<value>`; null for all rows. */
  readonly segment: string | null;
  readonly reference: CutPart;
  /** The rows of the reference in order of their times; null where they have none. */
  readonly inTime: Int32Array | null;
  /** One for each window; just one without windows. */
  readonly current: readonly CutPart[];
}

export interface TimedWindow {
  readonly startMs: number;
  readonly rows: Int32Array;
}

export interface Cut {
  /** Null: the current file is compared as a whole. */
  readonly windows: readonly Window[] | null;
  readonly slices: readonly Slice[];
  /** The reference cut in the same way, for what healthy windows look like; empty when it has too few windows. */
  readonly referenceWindows: readonly TimedWindow[];
  /** Of one window, in milliseconds; without windows of one of the reference's, or 0. */
  readonly sizeMs: number;
  /** Of a file that is compared as a whole: where its rows lie in windows as long as the reference's; null where that is not known. */
  readonly began: BeganAt | null;
  /** By whose clock windows are of an hour: IANA name. */
  readonly timeZone: string;
  /** Null: windows are compared with the reference alone. */
  readonly season: SeasonCut | null;
  /** Whether windows follow each other in time, and add up; incidents do not. */
  readonly areInSeries: boolean;
}

export interface SeasonChoice {
  readonly by: SeasonKind;
  /** IANA name */
  readonly timeZone: string;
}

/** Windows that a season can be made of, beside those of the current file: the reference's, where it has times. */
export interface SeasonCut extends SeasonChoice {
  readonly windows: readonly Window[];
  /** By slice and window. */
  readonly rows: readonly (readonly Int32Array[])[];
}

export interface CutInput {
  readonly rows: { readonly reference: number; readonly current: number };
  /** What samples are drawn by, for each row. */
  readonly keys: { readonly reference: Float64Array; readonly current: Float64Array };
  /** 1 for each row of the current file that has a label; null where none has. */
  readonly labelled: Uint8Array | null;
  /** How many there are: of very many columns fewer rows are looked at together. */
  readonly features: number;
  /** Null where there are none. */
  readonly referenceMs: Float64Array | null;
  readonly currentMs: Float64Array | null;
  readonly segments: readonly SegmentRows[];
  readonly windowed: {
    readonly sizeMs: number;
    readonly current: TimedRows;
    readonly reference: TimedRows | null;
    readonly season: SeasonChoice | null;
    readonly timeZone: string;
    readonly areInSeries: boolean;
  } | null;
}

export function cutRows(input: CutInput): Cut {
  const { rows, keys, referenceMs, segments, windowed, features } = input;
  const most = sampledRows(features);
  const windows = windowed?.current.windows ?? null;
  const part = (some: RowNumbers, side: 'reference' | 'current'): CutPart => ({
    rows: some,
    count: some?.length ?? rows[side],
    sample: shared(
      side === 'reference'
        ? chooseRowsByKey(keys.reference, some, Math.min(most, DEFAULT_SAMPLE_ROWS))
        : sampleOfWindow(some, input, Math.min(most, FILES_POLICY.windowRows.matured)),
    ),
  });
  const current = (some: RowNumbers): CutPart[] => {
    if (windowed === null) return [part(some, 'current')];
    const cut = some === null ? windowed.current.rows : splitByWindow(some, windowed.current);
    return cut.map((own) => part(own, 'current'));
  };
  const inTime = (some: RowNumbers): Int32Array | null => {
    const order = rowsInTime(referenceMs, keys.reference, some);
    return order.length === 0 ? null : shared(order);
  };
  const whole: Slice = {
    segment: null,
    reference: part(null, 'reference'),
    inTime: inTime(null),
    current: current(null),
  };
  const slices = segments.map((segment): Slice => ({
    segment: segment.name,
    reference: part(segment.reference, 'reference'),
    inTime: inTime(segment.reference),
    current: current(segment.current),
  }));
  const pace = windowed === null ? ownPaceOf(referenceMs, input.currentMs) : null;
  const own = windowed?.reference ?? pace?.reference ?? null;
  const referenceWindows =
    own === null ? [] : own.windows.map(({ startMs }, i) => ({ startMs, rows: own.rows[i]! }));
  return {
    windows,
    slices: [whole, ...slices],
    referenceWindows: windowsThatTell(referenceWindows),
    sizeMs: windowed?.sizeMs ?? pace?.sizeMs ?? 0,
    began: pace?.began ?? null,
    timeZone: windowed?.timeZone ?? 'UTC',
    season: cutSeason(windowed, segments),
    areInSeries: windowed !== null && windowed.areInSeries,
  };
}

/** Of very many columns so many cells of a side are looked at together (64 MB, and several times that is made of them) … */
const MOST_SAMPLED_CELLS = 8_000_000;
/** … but never fewer rows: there are enough of them for every test of a single column. */
const FEWEST_SAMPLED_ROWS = 2_000;

/** 20,000 rows up to 400 columns, then fewer, so that memory does not grow with the columns. */
export function sampledRows(features: number): number {
  return Math.max(FEWEST_SAMPLED_ROWS, Math.floor(MOST_SAMPLED_CELLS / Math.max(1, features)));
}

/**
 * Which rows stand for a window, chosen as the service chooses them: labelled ones first, since they decide about the
 * relation; where there are too few the others; and beside them the smallest keys of all, labelled or not.
 */
function sampleOfWindow(
  rows: RowNumbers,
  { keys: { current: keys }, labelled, features }: CutInput,
  most: number,
): Int32Array {
  if (labelled === null || (rows?.length ?? keys.length) <= most) return chooseRowsByKey(keys, rows, most);
  const all = rows ?? Int32Array.from(keys, (_, row) => row);
  const those = (label: 0 | 1): Int32Array => all.filter((row) => labelled[row] === label);
  const known = chooseRowsByKey(keys, those(1), most);
  const others = chooseRowsByKey(keys, those(0), most - known.length);
  const beside = chooseRowsByKey(keys, all, sampleCapacity(features));
  return Int32Array.from(new Set([...known, ...others, ...beside]));
}

/** For all threads one. */
function shared(rows: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(rows.byteLength));
  copy.set(rows);
  return copy;
}

function cutSeason(windowed: CutInput['windowed'], segments: readonly SegmentRows[]): SeasonCut | null {
  if (windowed === null || windowed.season === null) return null;
  const { season, reference } = windowed;
  if (reference === null) return { ...season, windows: [], rows: [[], ...segments.map(() => [])] };
  const rows = [reference.rows, ...segments.map((segment) => splitByWindow(segment.reference, reference))];
  return { ...season, windows: reference.windows, rows };
}

/** Some rows by window; those without a time are in none. */
export function splitByWindow(rows: Int32Array, { windowOf, windows }: TimedRows): Int32Array[] {
  const own = rows.map((row) => windowOf[row] ?? -1);
  return groupRows(own, windows.length).map((places) => places.map((place) => rows[place] ?? 0));
}

export function beganAt({ startMs, together }: Window, { timeZone }: Pick<Cut, 'timeZone'>): BeganAt {
  return { windows: together ?? [{ startMs, rows: 1 }], timeZone };
}

/** Windows put together, by their places; a window may be in several. Rows are then of no one window. */
export function joinWindows(
  { windows, rows, untimed }: TimedRows,
  joined: readonly (readonly number[])[],
): TimedRows {
  return {
    windows: joined.map((places) => ({
      startMs: windows[places[0]!]!.startMs,
      endMs: windows[places.at(-1)!]!.endMs,
      together: places.map((at) => ({ startMs: windows[at]!.startMs, rows: rows[at]!.length })),
    })),
    rows: joined.map((places) => {
      const all = new Int32Array(
        new SharedArrayBuffer(4 * places.reduce((sum, at) => sum + rows[at]!.length, 0)),
      );
      let filled = 0;
      for (const at of places) {
        all.set(rows[at]!, filled);
        filled += rows[at]!.length;
      }
      return all.sort();
    }),
    windowOf: new Int32Array(),
    untimed,
  };
}
