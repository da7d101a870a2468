import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import { collectGarbage } from '../../core/memory/collect-garbage.ts';
import { temporaryFolder } from '../../core/process/temporary-folder.ts';
import { movedIn, movedInMost } from '../../judge/moved-in-most.ts';
import type { CompareOptions } from '../../compare/options.ts';
import { findToolPreset } from '../../compare/presets/find-preset.ts';
import { chunksByNumber } from '../../compare/presets/reference-chunks.ts';
import type { ReferenceChunks } from '../../compare/presets/preset.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import type { CalendarEvent } from '../../core/alerts/mute-schedule.ts';
import type { FeatureSettings } from '../../core/columns/feature-settings.ts';
import { UserError } from '../../core/errors.ts';
import type { FileComparison } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { besideIncidents, describeTimePattern } from '../../diagnose/pattern/time-pattern.ts';
import { columnReader } from '../../ingest/table/column-source.ts';
import { allWithoutRareLevels } from '../../judge/privacy/rare-levels.ts';
import type { Database } from '../../ingest/table/database.ts';
import { expectSaidColumns, readAsSaid } from '../../ingest/table/said-columns.ts';
import { openTable } from '../../ingest/table/open-table.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import { cutRows, joinWindows } from './cut.ts';
import { timeRows } from './timed-rows.ts';
import type { Cut, CutInput, SeasonChoice } from './cut.ts';
import { judgeAll } from './judge.ts';
import type { JudgedFiles } from './judge.ts';
import type { Judged } from './judged.ts';
import { addPresetSummaries } from './preset.ts';
import { groupedFeatures, segmentRows } from './segments.ts';
import type { GroupedFeature } from './segments.ts';
import { compareAllColumns, startComparers } from './threads.ts';
import type { Comparer } from './comparer.ts';
import type { SourcePair } from './column.ts';
import { rowsOfIncidents, toldIncidents } from './told-incidents.ts';
import type { ToldIncident } from './told-incidents.ts';
import type { Progress } from '../../core/progress.ts';
import { expectSomethingInCommon, lostColumns, optionalIn } from './lost-columns.ts';
import { expectRoomForSeasons, expectRoomForWindows } from './room.ts';
import { unsaidOutputs } from './unsaid-outputs.ts';

export interface CompareFilesOptions {
  /** How both files are read. */
  readonly read: ReadTableOptions;
  readonly segments: readonly string[];
  /** What people say of single columns of the reference. Absent: nothing. */
  readonly features?: FeatureSettings;
  /** Fewer rows (labels) than this are not judged. Absent: the defaults. */
  readonly minRows?: number;
  readonly minLabelled?: number;
  /** Fewer rows of either file: no level or segment of them is named. Absent: all are. */
  readonly minCount?: number;
  /** Features whose values are groups to be treated fairly. */
  readonly groups: readonly string[];
  /** Null: the current file is compared as a whole. */
  readonly windowMs: number | null;
  /** With windows: they are compared with earlier ones of the same season, too. */
  readonly season: SeasonChoice | null;
  /** What is known of dates and hours. Absent: nothing. */
  readonly calendar?: readonly CalendarEvent[];
  /** By whose clock windows are of an hour: IANA name. Absent: UTC. */
  readonly timeZone?: string;
  /** `<tool>` or `<tool>:<method>`. */
  readonly preset: string | null;
  readonly multivariate: boolean;
  /** Null: one, and more where there is much to do. */
  readonly threads: number | null;
}

export interface ComparedFiles {
  readonly comparison: FileComparison | WindowedComparison;
  /** What was decided on the way and could surprise. */
  readonly notes: readonly string[];
  /** Columns the reference has and the current file has not; labels are not expected. */
  readonly lost: readonly string[];
}

/**
 * Reads the second file the way the first was understood, measures one feature after the other, and names what kind of
 * shift it is. Memory: prediction, score, label and times; in each thread one feature of both files; a sample of the rows.
 */
export async function compareFiles(
  referencePath: string,
  currentPath: string,
  options: CompareFilesOptions,
  progress: Progress,
): Promise<ComparedFiles> {
  // First of all: a misspelt name should not be found out after minutes of work.
  const preset = options.preset === null ? null : findToolPreset(options.preset);
  const open: Open = async (path, how, shared) => {
    const name = basename(path);
    const onProgress: ReadTableOptions['onProgress'] = ({ phase, fraction }) =>
      progress.show(phase === 'looking' ? `looking at ${name}` : `reading ${name}`, fraction);
    return await openTable(path, { ...how, onProgress }, shared);
  };
  const folder = temporaryFolder('shiftwatch-samples-');
  const samplesFolder = folder.path;
  try {
    const work = await readAndMeasure(
      referencePath,
      currentPath,
      { ...options, samplesFolder },
      open,
      progress,
    );
    // The files are closed by now: their memory is free for the samples.
    collectGarbage();
    await setImmediate();
    progress.show('naming the kind of shift', null);
    const judged = judgeAll(work, (done, all) => progress.show(`judged ${done} of ${all}`, done / all));
    const rows = rowsOfIncidents(judged.incidents, judged.comparisons);
    const whole = {
      ...options,
      samplesFolder,
      joined: rows.map(({ places }) => places),
      segments: [],
      groups: [],
      preset: null,
      season: null,
    };
    const together =
      rows.length === 0
        ? []
        : judgeAll(
            await readAndMeasure(referencePath, currentPath, whole, open, progress),
            () => {},
            (at) => movedInMost(rows[at]!.places.map((place) => movedIn(judged.comparisons[place]!))),
          ).comparisons;
    const comparison = collected(judged, toldIncidents(rows, together, judged.comparisons), work, progress);
    return {
      comparison: preset === null ? comparison : addPresetSummaries(comparison, preset),
      notes: work.notes,
      lost: work.lost,
    };
  } finally {
    await folder.remove();
    progress.end();
  }
}

interface MeasureOptions extends CompareFilesOptions {
  readonly samplesFolder: string;
  /** Windows to put together, by their places; absent: each is by itself. */
  readonly joined?: readonly (readonly number[])[];
}

interface Measured extends Judged {
  /** Rows of the current file that belong to no window. */
  readonly untimed: number;
  readonly notes: readonly string[];
}

type Open = (path: string, how: ReadTableOptions, shared?: Database) => Promise<OpenTable>;

async function readAndMeasure(
  referencePath: string,
  currentPath: string,
  options: MeasureOptions,
  open: Open,
  progress: Progress,
): Promise<Measured> {
  const names = options.read.columns ?? {};
  const settings = options.features ?? NO_SETTINGS;
  const read = readAsSaid(options.read, settings);
  const reference = await open(referencePath, { ...read, optional: optionalIn(null, names) });
  try {
    expectSaidColumns(reference.path, settings, reference.shape);
    const how = {
      columns: names,
      optional: optionalIn(reference.columns, names),
      like: reference.shape,
      ...(options.read.decimal !== undefined && { decimal: options.read.decimal }),
      ...(options.read.encoding !== undefined && { encoding: options.read.encoding }),
    };
    const current = await open(currentPath, how, reference.database);
    return await measured(reference, current, options, progress);
  } finally {
    await reference.close();
  }
}

/** Closes the current file. */
async function measured(
  reference: OpenTable,
  current: OpenTable,
  options: MeasureOptions,
  progress: Progress,
): Promise<Measured> {
  const reader = columnReader(reference.folder, reference.database);
  let comparers: readonly Comparer[] = [];
  try {
    expectSomethingInCommon(reference, current);
    const pairs = pairsOf(reference, current);
    comparers = startComparers({
      columns: pairs.length,
      cells: (reference.rows + current.rows) * pairs.length,
      threads: options.threads,
    });
    const times = { reference: await reference.timestampMs(), current: await current.timestampMs() };
    const { cut, groups, untimed, notes } = await planCut(
      { table: reference, timestampMs: times.reference },
      { table: current, timestampMs: times.current },
      options,
      reader,
    );
    // Two numbers a row, and what the database answered so far, are of no use any more.
    collectGarbage();
    const compareOptions = compareOptionsOf(options);
    const columns = await compareAllColumns({
      pairs,
      plan: {
        cut,
        options: compareOptions,
        preset: options.preset,
        referenceChunks: await chunksInTime(reference, options.preset),
        samplesFolder: options.samplesFolder,
      },
      comparers,
      path: `${reference.path} or ${current.path}`,
      reader,
      onDone: (done) => progress.show(`compared ${done} of ${pairs.length} columns`, done / pairs.length),
    });
    const lost = lostColumns(reference, current);
    return {
      cut,
      columns,
      untimed,
      outputs: { reference: reference.outputs, current: current.outputs },
      groups,
      times,
      shape: reference.shape,
      options: compareOptions,
      multivariate: options.multivariate,
      calendar: options.calendar ?? [],
      notes: [
        ...about(reference),
        ...unsaidOutputs(reference, options.read),
        ...about(current),
        ...lost.notes,
        ...notes,
      ],
      lost: lost.names,
    };
  } finally {
    await Promise.all(comparers.map(async (comparer) => await comparer.close()));
    reader.close();
    await current.close();
  }
}

/** What was not said is as by default. */
function compareOptionsOf({ features, minRows, minLabelled, minCount }: MeasureOptions): CompareOptions {
  const asked = Object.entries({ features, minRows, minLabelled, minCount });
  return {
    ...DEFAULT_COMPARE_OPTIONS,
    ...Object.fromEntries(asked.filter(([, value]) => value !== undefined)),
  };
}

/** Every feature of the reference, beside what the current file has of that name. */
function pairsOf(reference: OpenTable, current: OpenTable): SourcePair[] {
  return [...reference.features].map(([name, source]) => ({
    reference: source,
    current: current.features.get(name) ?? null,
  }));
}

function collected(
  { columns, comparisons }: Pick<JudgedFiles, 'columns' | 'comparisons'>,
  incidents: readonly ToldIncident[],
  { cut: { windows }, untimed }: Measured,
  progress: Progress,
): FileComparison | WindowedComparison {
  if (windows === null) return { columns, ...allWithoutRareLevels(comparisons[0]!) };
  progress.show('looking at all windows in order of time', null);
  const changes = incidents
    .map(({ span: { since, told: at, last }, diagnosis }) => ({
      since: new Date(windows[since]!.startMs).toISOString(),
      until: last === null ? null : new Date(windows[last]!.endMs).toISOString(),
      told_at: new Date(windows[at]!.endMs).toISOString(),
      windows: (last ?? windows.length - 1) - since + 1,
      diagnosis,
    }))
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  const pattern = describeTimePattern(comparisons.map((compared, at) => ({ ...windows[at]!, compared })));
  return {
    columns,
    windows: comparisons.map((comparison, at) => ({
      start: new Date(windows[at]!.startMs).toISOString(),
      end: new Date(windows[at]!.endMs).toISOString(),
      ...allWithoutRareLevels(comparison),
    })),
    incidents: changes,
    ...(untimed > 0 && { rows_without_time: untimed }),
    time_pattern: besideIncidents(pattern, changes),
  };
}

interface TimedTable {
  readonly table: OpenTable;
  readonly timestampMs: Float64Array | null;
}

async function planCut(
  { table: reference, timestampMs: referenceMs }: TimedTable,
  { table: current, timestampMs }: TimedTable,
  { segments, groups, windowMs, season, timeZone = 'UTC', joined, minCount }: MeasureOptions,
  reader: ReturnType<typeof columnReader>,
): Promise<{ cut: Cut; groups: GroupedFeature[]; notes: string[]; untimed: number }> {
  const windowed =
    windowMs === null
      ? null
      : {
          ...timed(
            { table: reference, timestampMs: referenceMs },
            { table: current, timestampMs },
            { sizeMs: windowMs, joined },
          ),
          season,
          timeZone,
          areInSeries: joined === undefined,
        };
  const untimed = windowed?.current.untimed ?? 0;
  const cut = cutRows({
    rows: { reference: reference.rows, current: current.rows },
    keys: { reference: await reference.rowKeys(), current: await current.rowKeys() },
    labelled: labelledRows(current),
    features: reference.features.size,
    referenceMs,
    currentMs: timestampMs,
    segments: await segmentRows(reference, current, segments, reader, minCount),
    windowed,
  });
  expectRoomForWindows(cut, reference.features.size, current.path);
  expectRoomForSeasons(cut, reference.features.size);
  const notes =
    untimed === 0
      ? []
      : [`${untimed.toLocaleString('en')} rows of ${current.path} have no time and are in no window`];
  const grouped = await segmentRows(reference, current, groups, reader, minCount);
  const fairness = groups.length === 0 || reference.shape.positiveClass !== null;
  return {
    cut,
    groups: groupedFeatures(grouped, windowed?.current ?? null),
    notes: fairness ? notes : [...notes, 'nobody is selected without --positive-class: no rates of groups'],
    untimed,
  };
}

function labelledRows({ outputs: { label } }: OpenTable): Uint8Array | null {
  if (label === null) return null;
  return label.kind === 'numeric'
    ? Uint8Array.from(label.values, (value) => (Number.isNaN(value) ? 0 : 1))
    : Uint8Array.from(label.codes, (code) => (code < 0 ? 0 : 1));
}

function timed(
  { table: reference, timestampMs: before }: TimedTable,
  { table: current, timestampMs: now }: TimedTable,
  { sizeMs, joined }: { readonly sizeMs: number; readonly joined: MeasureOptions['joined'] },
): Omit<NonNullable<CutInput['windowed']>, 'season' | 'timeZone' | 'areInSeries'> {
  if (now === null) {
    throw new UserError(`${current.path} has no column timestamp to cut it by`, {
      fix: 'Name the column with times: --timestamp COLUMN.',
    });
  }
  const hasTimes = before?.some((at) => Number.isFinite(at)) ?? false;
  const each = timeRows(current.path, now, sizeMs);
  return {
    sizeMs,
    current: joined === undefined ? each : joinWindows(each, joined),
    reference: before === null || !hasTimes ? null : timeRows(reference.path, before, sizeMs),
  };
}

/** A tool that learns its thresholds from chunks of the reference takes them in order of time. */
async function chunksInTime(reference: OpenTable, preset: string | null): Promise<ReferenceChunks | null> {
  if (preset === null || !preset.startsWith('nannyml')) return null;
  const times = await reference.timestampMs();
  return times === null ? null : chunksByNumber(reference.rows, times);
}

function about({ path, notes }: OpenTable): string[] {
  return notes.map((note) => `${path}: ${note}`);
}
