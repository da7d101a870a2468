/** What a thread does with one feature: read it on both sides, compare every slice of it, keep a sample, let it go. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { takeColumn } from '../../stats/table/sample-rows.ts';
import { assess } from '../../compare/assess.ts';
import { compareColumns } from '../../compare/compare-columns.ts';
import { measureProfile, measuredCounts } from '../../compare/measures/measure-profile.ts';
import type { CompareOptions } from '../../compare/options.ts';
import { inCycle } from '../../compare/overdispersion.ts';
import type { HealthyWindow, WindowCounts } from '../../compare/overdispersion.ts';
import { findToolPreset } from '../../compare/presets/find-preset.ts';
import type { ToolPreset, ReferenceChunks } from '../../compare/presets/preset.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import type { Column, ColumnHabits } from '../../core/table.ts';
import { columnHabits } from '../../stats/habits/column-habits.ts';
import type { ColumnReader, ColumnSource, SourcedColumn } from '../../ingest/table/column-source.ts';
import { hasRow } from '../../ingest/table/row-set.ts';
import { createFeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { FeatureReference } from '../../stats/profile/feature-reference.ts';
import type { NumberPool } from '../../stats/table/number-pool.ts';
import { countColumn } from '../../stats/table/table-profile.ts';
import { describeColumn } from '../../stats/table/table-reference.ts';
import { columnSeason } from './column-season.ts';
import type { ColumnSeason } from './column-season.ts';
import { beganAt } from './cut.ts';
import type { Cut, CutPart, RowNumbers, Slice } from './cut.ts';
import type { Window } from './timed-rows.ts';
import { keepSamples } from './kept-samples.ts';
import type { KeptSamples } from './kept-samples.ts';

/** The same for every feature. */
export interface ColumnPlan {
  readonly cut: Cut;
  readonly options: CompareOptions;
  /** `<tool>` or `<tool>:<method>`. */
  readonly preset: string | null;
  /** How a tool cuts the reference that learns its thresholds from it; null: as it does by itself. */
  readonly referenceChunks: ReferenceChunks | null;
  /** Where samples are kept until they are judged. */
  readonly samplesFolder: string;
}

export interface SourcePair {
  readonly reference: ColumnSource;
  /** Null: the current file does not have it. */
  readonly current: ColumnSource | null;
}

/** By slice; on the current side by window, too. */
export interface ComparedColumn {
  readonly comparisons: readonly (readonly FeatureComparison[])[];
  readonly samples: KeptSamples;
  /** By slice; null: rows of the reference have no times. */
  readonly habits: readonly (ColumnHabits | null)[];
  readonly season: ColumnSeason | null;
  /** Of all rows, with windows: what healthy windows of the reference counted, in order of time. */
  readonly healthy: readonly HealthyWindow[];
}

/** Both sides of a feature. */
export interface ReadColumns {
  readonly before: SourcedColumn;
  readonly now: SourcedColumn | null;
}

/** Answers when the database is at work on both sides; what is answered waits for them. */
export async function beginPair(
  { reference, current }: SourcePair,
  reader: ColumnReader,
): Promise<{ finish(): Promise<ReadColumns> }> {
  const [before, now = null] = await reader.begin(current === null ? [reference] : [reference, current]);
  return {
    finish: async () => ({ before: await before!.finish(), now: now && (await now.finish()) }),
  };
}

/** In one go: nothing is waited for. The cells are in any order afterwards. */
export function compareColumn(
  { before, now }: ReadColumns,
  plan: ColumnPlan,
  pool: NumberPool,
): ComparedColumn {
  const preset = plan.preset === null ? null : findToolPreset(plan.preset);
  const { slices } = plan.cut;
  const path = join(plan.samplesFolder, randomUUID());
  const samples = keepSamples(path, plan.cut, before.column, now?.column ?? null);
  const habits = slices.map(({ inTime }) => inTime && columnHabits(before.column, inTime));
  const season = columnSeason(
    { before: (rows) => rowsOf(before, rows), now: now && ((rows) => rowsOf(now, rows)) },
    plan.cut,
  );
  const healthy = healthyCounts(before, plan.cut);
  // All rows come last: they are sorted where they lie, so nothing else can be had of them afterwards.
  const comparisons = slices
    .toReversed()
    .map((slice) => compareSlice({ before, now, preset, pool, healthy }, slice, plan))
    .toReversed();
  return { comparisons, samples, habits, season, healthy };
}

/** What holds the cells of both sides. */
export function memoryOf({ before, now }: ReadColumns): ArrayBuffer[] {
  return [before, now].flatMap((sourced) => {
    if (sourced === null) return [];
    const { column } = sourced;
    const { buffer } = column.kind === 'numeric' ? column.values : column.codes;
    return buffer instanceof ArrayBuffer ? [buffer] : [];
  });
}

interface ReadPair {
  readonly before: SourcedColumn;
  readonly now: SourcedColumn | null;
  readonly preset: ToolPreset | null;
  readonly pool: NumberPool;
  readonly healthy: readonly HealthyWindow[];
}

function compareSlice(
  { before, now, preset, pool, healthy }: ReadPair,
  slice: Slice,
  plan: ColumnPlan,
): FeatureComparison[] {
  const reference = rowsOf(before, slice.reference.rows);
  const compare =
    plan.cut.windows === null
      ? (part: CutPart, current: Column | null): FeatureComparison =>
          compareColumns(
            reference,
            current,
            { reference: slice.reference.count, current: part.count },
            slice.segment === null ? inOwnPace(plan, before.column.name, healthy) : plan.options,
            { pool, overwrite: slice.segment === null },
          )
      : windowComparer(reference, slice, plan, slice.segment === null ? healthy : []);
  const chunks = slice.segment === null ? plan.referenceChunks : null;
  const context = chunks === null ? {} : { referenceChunks: chunks };
  return slice.current.map((part, at) => {
    const current = now === null ? null : rowsOf(now, part.rows);
    const other = preset === null || current === null ? null : preset.feature(reference, current, context);
    const comparison = compare(part, current, plan.cut.windows?.[at]);
    if (other !== null) comparison.preset = other;
    return comparison;
  });
}

function inOwnPace(
  { options, cut: { began } }: ColumnPlan,
  name: string,
  healthy: readonly HealthyWindow[],
): CompareOptions {
  if (began === null) return options;
  const referenceWindows = { features: new Map([[name, healthy]]), prediction: [], score: [], label: [] };
  return { ...options, began, referenceWindows };
}

/** Windows are counted on the reference's grid, as the service counts them: sorting it once serves them all. */
function windowComparer(
  reference: Column,
  slice: Slice,
  { options, cut }: ColumnPlan,
  healthy: readonly HealthyWindow[],
): (part: CutPart, current: Column | null, window: Window | undefined) => FeatureComparison {
  const described = describeColumn(reference, slice.reference.count);
  return (part, current, window) => {
    const profile = createFeatureProfile(described);
    countColumn(profile, current, part.count);
    const own = window === undefined ? options : { ...options, began: beganAt(window, cut) };
    return assess(measureProfile(profile), options.minRows, own, healthy);
  };
}

function healthyCounts(before: SourcedColumn, cut: Cut): readonly HealthyWindow[] {
  const [whole] = cut.slices;
  const { referenceWindows, sizeMs, timeZone } = cut;
  if (whole === undefined || referenceWindows.length === 0) return [];
  const described = describeColumn(rowsOf(before, whole.reference.rows), whole.reference.count);
  const counted = referenceWindows.map(({ rows }) =>
    windowCounts(described, rowsOf(before, rows), rows.length),
  );
  return inCycle(counted, { startsMs: referenceWindows.map(({ startMs }) => startMs), sizeMs, timeZone });
}

function windowCounts(reference: FeatureReference, column: Column, rows: number): WindowCounts {
  const profile = createFeatureProfile(reference);
  countColumn(profile, column, rows);
  return measuredCounts(profile);
}

/** Some rows of a column, with their own number of unreadable cells. */
function rowsOf({ column, invalidRows }: SourcedColumn, rows: RowNumbers): Column {
  if (rows === null) return column;
  const taken = takeColumn(column, rows);
  if (invalidRows.length === 0) return taken;
  let invalid = 0;
  for (const row of rows) if (hasRow(invalidRows, row)) invalid += 1;
  return { ...taken, invalid };
}
