/** From two opened files to their compared columns. */
import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import type { CompareOptions } from '../../compare/options.ts';
import { chunksByNumber } from '../../compare/presets/reference-chunks.ts';
import type { ReferenceChunks } from '../../compare/presets/preset.ts';
import { UserError } from '../../core/errors.ts';
import { collectGarbage } from '../../core/memory/collect-garbage.ts';
import type { Progress } from '../../core/progress.ts';
import { columnReader } from '../../ingest/table/column-source.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import type { SourcePair } from './column.ts';
import type { Comparer } from './comparer.ts';
import { cutRows, joinWindows } from './cut.ts';
import type { Cut, CutInput } from './cut.ts';
import type { CompareFilesOptions } from './compared-files.ts';
import type { Judged } from './judged.ts';
import { expectSomethingInCommon, lostColumns } from './lost-columns.ts';
import { expectRoomForSeasons, expectRoomForWindows } from './room.ts';
import { groupedFeatures, segmentRows } from './segments.ts';
import type { GroupedFeature } from './segments.ts';
import { compareAllColumns, startComparers } from './threads.ts';
import { timeRows } from './timed-rows.ts';
import { unsaidOutputs } from './unsaid-outputs.ts';

export interface MeasureOptions extends CompareFilesOptions {
  readonly samplesFolder: string;
  /** Windows to put together, by their places; absent: each is by itself. */
  readonly joined?: readonly (readonly number[])[];
}

export interface MeasuredFiles extends Judged {
  /** Rows of the current file that belong to no window. */
  readonly untimed: number;
  readonly notes: readonly string[];
}

/** Measures one feature after the other. Closes the current file. */
export async function measureColumns(
  reference: OpenTable,
  current: OpenTable,
  options: MeasureOptions,
  progress: Progress,
): Promise<MeasuredFiles> {
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
