/** Windows beside those of the same season in the past, as the service does it, out of two files. */
import { takeRows } from '../../stats/table/sample-rows.ts';
import type { Comparison } from '../../core/findings.ts';
import type { CompareOptions } from '../../compare/options.ts';
import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { judgeBesideSeason } from '../../compare/beside-season.ts';
import { ByteReader } from '../../stats/bytes.ts';
import { combineProfiles, decodeFeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { InputProfile } from '../../stats/profile/input-profile.ts';
import { countColumn } from '../../stats/table/table-profile.ts';
import { buildReference } from '../../stats/table/table-reference.ts';
import { isInSeason, seasonRanges } from '../../window/season-ranges.ts';
import type { ColumnSeason } from './column-season.ts';
import type { Cut, RowNumbers, SeasonCut } from './cut.ts';
import type { Window } from './timed-rows.ts';

export interface SeasonInput {
  readonly cut: Cut;
  readonly columns: readonly { readonly season: ColumnSeason | null }[];
  /** Prediction and score of all rows. */
  readonly outputs: { readonly reference: Table; readonly current: Table };
  readonly shape: { readonly task: Task; readonly positiveClass: string | null };
  readonly options: Pick<CompareOptions, 'minRows' | 'minLabelled' | 'features'>;
}

export interface WindowPlace {
  readonly slice: number;
  readonly window: number;
}

interface PastWindow {
  readonly side: 'before' | 'now';
  readonly window: number;
}

/** Windows must be judged in order of time, the whole one before its segments. */
export class SeasonJudge {
  private readonly input: SeasonInput;
  private readonly season: SeasonCut;
  private readonly windows: readonly Window[];
  private readonly baseline: ReferenceProfile;
  /** Windows of the current file with a fault, or unlike their own season: a change that stays is no season. */
  private readonly unusual = new Set<number>();

  /** Null: nobody asked for seasons. */
  static of(input: SeasonInput): SeasonJudge | null {
    const { season, windows } = input.cut;
    return season === null || windows === null ? null : new SeasonJudge(input, season, windows);
  }

  private constructor(input: SeasonInput, season: SeasonCut, windows: readonly Window[]) {
    this.input = input;
    this.season = season;
    this.windows = windows;
    const { reference } = input.outputs;
    const outputs = buildReference({ ...reference, features: [], label: null }, input.shape);
    this.baseline = {
      ...outputs,
      features: input.columns.map(({ season: column }) => seasonOf(column).reference),
      performance: null,
      operation: null,
    };
  }

  judge(comparison: Comparison, place: WindowPlace): Comparison {
    const { diagnosis, ...compared } = comparison;
    const past = this.pastOf(place.window);
    const profile = new InputProfile(this.baseline, this.baseline.task);
    for (const { side, window } of past) profile.merge(this.profileOf(side, { ...place, window }));
    const judged = judgeBesideSeason(
      { compared, diagnosis },
      this.profileOf('now', place),
      { by: this.season.by, windows: past.length, profile },
      this.baseline,
      this.input.options,
    );
    const { seasonal, types } = judged.diagnosis;
    const isUnusual = types.includes('data_fault') || seasonal?.reason === 'differs_from_season';
    if (place.slice === 0 && isUnusual) this.unusual.add(place.window);
    return { ...judged.compared, diagnosis: judged.diagnosis };
  }

  private pastOf(window: number): PastWindow[] {
    const { by, timeZone, windows: before } = this.season;
    const { startMs, endMs } = this.windows[window] ?? { startMs: 0, endMs: 0 };
    const ranges = seasonRanges(startMs, endMs - startMs, by, timeZone);
    const found = (side: PastWindow['side'], windows: readonly Window[]): PastWindow[] =>
      windows.flatMap((other, at) =>
        other.startMs < startMs && isInSeason(ranges, other.startMs) ? [{ side, window: at }] : [],
      );
    return [
      ...found('before', before),
      ...found('now', this.windows).filter((other) => !this.unusual.has(other.window)),
    ];
  }

  private profileOf(side: PastWindow['side'], { slice, window }: WindowPlace): InputProfile {
    const { cut, columns, outputs } = this.input;
    const part = cut.slices[slice]?.current[window];
    const beforeRows = this.season.rows[slice]?.[window];
    const rows: RowNumbers = side === 'before' ? (beforeRows ?? null) : (part?.rows ?? null);
    const count = side === 'before' ? (beforeRows?.length ?? 0) : (part?.count ?? 0);
    const profile = new InputProfile(this.baseline, this.baseline.task);
    profile.rows = count;
    profile.featureRows = count;
    for (const [at, target] of profile.features.entries()) {
      const bytes = seasonOf(columns[at]?.season)[side][slice]?.[window];
      if (bytes === undefined) throw new Error('a window of a season was not counted');
      combineProfiles(target, decodeFeatureProfile(new ByteReader(bytes), target.reference), 1);
    }
    const table = side === 'before' ? outputs.reference : outputs.current;
    const own = rows === null ? table : takeRows(outputsOnly(table), rows);
    countColumn(profile.prediction, own.prediction, count);
    countColumn(profile.score, own.score, count);
    return profile;
  }
}

function outputsOnly({ rows, prediction, score }: Table): Table {
  return { rows, features: [], prediction, score, label: null, timestampMs: null, predictionId: null };
}

function seasonOf(column: ColumnSeason | null | undefined): ColumnSeason {
  if (column === null || column === undefined) throw new Error('a column was compared without its season');
  return column;
}
