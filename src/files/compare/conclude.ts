/** From compared columns to what is said of two files. */
import type { FileComparison } from '../../core/findings.ts';
import type { Progress } from '../../core/progress.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { findToolPreset } from '../../compare/presets/find-preset.ts';
import { besideIncidents, describeTimePattern } from '../../diagnose/pattern/time-pattern.ts';
import { movedIn, movedInMost } from '../../judge/moved-in-most.ts';
import { allWithoutRareLevels } from '../../judge/privacy/rare-levels.ts';
import type { ComparedFiles } from './compared-files.ts';
import { judgeAll } from './judge.ts';
import type { JudgedFiles } from './judge.ts';
import type { MeasureOptions, MeasuredFiles } from './measure.ts';
import { addPresetSummaries } from './preset.ts';
import { rowsOfIncidents, toldIncidents } from './told-incidents.ts';
import type { ToldIncident } from './told-incidents.ts';

/** Names the kind of shift, window by window; what belongs together is measured once more, and judged as one. */
export async function conclude(
  work: MeasuredFiles,
  options: MeasureOptions,
  {
    measureAll,
    progress,
  }: { readonly measureAll: (how: MeasureOptions) => Promise<MeasuredFiles>; readonly progress: Progress },
): Promise<ComparedFiles> {
  progress.show('naming the kind of shift', null);
  const judged = judgeAll(work, (done, all) => progress.show(`judged ${done} of ${all}`, done / all));
  const rows = rowsOfIncidents(judged.incidents, judged.comparisons);
  const whole = {
    ...options,
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
          await measureAll(whole),
          () => {},
          (at) => movedInMost(rows[at]!.places.map((place) => movedIn(judged.comparisons[place]!))),
        ).comparisons;
  const comparison = collected(judged, toldIncidents(rows, together, judged.comparisons), work, progress);
  return {
    comparison:
      options.preset === null ? comparison : addPresetSummaries(comparison, findToolPreset(options.preset)),
    notes: work.notes,
    lost: work.lost,
  };
}

function collected(
  { columns, comparisons }: Pick<JudgedFiles, 'columns' | 'comparisons'>,
  incidents: readonly ToldIncident[],
  { cut: { windows }, untimed }: MeasuredFiles,
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
