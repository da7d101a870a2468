import { basename } from 'node:path';
import { UsageError, UserError } from '../../core/errors.ts';
import { createDetector } from '../../stats/detectors/create-detector.ts';
import { detectOverSeries } from '../../stats/detectors/detect-over-series.ts';
import type { SeriesDetection } from '../../stats/detectors/detect-over-series.ts';
import type { Detector } from '../../stats/detectors/detector.ts';
import { rowSeries } from './rows.ts';
import type { RowsRequest } from './rows.ts';
import { after } from './series.ts';
import type { DetectSeries } from './series.ts';
import { readState, writeState } from './state.ts';
import type { SavedDetection } from './state.ts';
import { windowSeries } from './windows.ts';
import type { WindowsRequest } from './windows.ts';
import type { Progress } from '../../core/progress.ts';

export interface DetectRequest {
  readonly rows: RowsRequest | null;
  readonly windows: WindowsRequest | null;
  /** Null: the default of the series. */
  readonly detector: string | null;
  readonly options: ReadonlyMap<string, number>;
  readonly stateFile: string | null;
}

export interface Detected {
  readonly series: DetectSeries;
  readonly detector: Detector;
  /** Values the detector had seen before this run. */
  readonly seenBefore: number;
  readonly detection: SeriesDetection;
  readonly notes: readonly string[];
}

/**
 * A window's figure has a scale of its own and windows are few: twenty teach its level and spread, and the sum of
 * the excess over half a deviation is watched. How often that is wrong is measured in docs/records/detectors.md.
 */
const FOR_WINDOWS = {
  detector: 'cusum',
  options: { standardize: 20, running_mean: 0, min_values: 1, delta: 0.5, threshold: 10, two_sided: 1 },
} as const;
const FOR_ROWS = { detector: 'adwin', options: {} } as const;

/** Reads the series, goes on from the saved state if there is one, and saves it again. */
export async function detectFile(request: DetectRequest, progress: Progress): Promise<Detected> {
  const saved = request.stateFile === null ? null : await readState(request.stateFile);
  if (saved !== null) expectSameDetector(request, saved);
  // Before anything is read: a misspelt name should not be found out after minutes.
  const detector = saved?.detector ?? newDetector(request);
  const whole = await readSeries(request, progress);
  if (saved !== null) expectSameSeries(saved, whole, request.stateFile ?? '');
  const series = after(whole, saved?.lastTimeMs ?? null);
  const seenBefore = detector.seen;
  const detection = detectOverSeries(series.values, detector);
  expectUsable(series, detector, detection);
  if (request.stateFile !== null) {
    const newestMs = series.isByTime ? series.timeMs?.at(-1) : undefined;
    const lastTimeMs = newestMs ?? saved?.lastTimeMs ?? null;
    await writeState(request.stateFile, { series: series.name, lastTimeMs, detector });
  }
  return {
    series,
    detector,
    seenBefore,
    detection,
    notes: [...series.notes, ...notesOn(series, detector, detection)],
  };
}

async function readSeries({ rows, windows }: DetectRequest, progress: Progress): Promise<DetectSeries> {
  if (windows !== null) return await windowSeries(windows);
  if (rows === null) throw new Error('nothing to read');
  const name = basename(rows.file);
  return await rowSeries(rows, ({ rows: read, fraction }) =>
    progress.show(`reading ${name}: ${read.toLocaleString('en')} rows`, fraction),
  ).finally(() => progress.end());
}

function newDetector(request: DetectRequest): Detector {
  const preset = request.windows === null ? FOR_ROWS : FOR_WINDOWS;
  const name = request.detector ?? preset.detector;
  const options = { ...(name === preset.detector && preset.options), ...Object.fromEntries(request.options) };
  const created = createDetector(name, options);
  if (created.ok) return created.value;
  throw new UsageError(created.error.detail, {
    fix: '`shiftwatch detect --list` shows all detectors and their options.',
  });
}

function expectSameDetector({ detector, options, stateFile }: DetectRequest, saved: SavedDetection): void {
  const { definition, options: kept } = saved.detector;
  const other = [...options].find(([name, value]) => kept[name] !== value);
  if ((detector === null || detector === definition.name) && other === undefined) return;
  const found =
    other === undefined ? definition.name : `${definition.name} with ${other[0]}=${String(kept[other[0]])}`;
  throw new UserError(`the state in ${stateFile ?? ''} is of ${found}`, {
    fix: 'Leave --detector and --option out to go on, or name another state file.',
  });
}

function expectSameSeries(saved: SavedDetection, series: DetectSeries, file: string): void {
  if (saved.series === series.name) return;
  throw new UserError(`the state in ${file} is of ${saved.series}, not of ${series.name}`, {
    fix: 'Every series needs a state file of its own.',
  });
}

/** Nothing but gaps, or mostly what the detector does not read, is a mistake and not a quiet stream. */
function expectUsable(series: DetectSeries, { definition }: Detector, { skipped }: SeriesDetection): void {
  const total = series.values.length;
  const unfit = skipped - missingIn(series);
  if (total === 0 || (skipped < total && 2 * unfit <= total)) return;
  const reads = { number: 'numbers', unit: 'numbers from 0 to 1', binary: '0 and 1 only' }[definition.takes];
  const has = unfit === 0 ? 'has no values' : `has ${unfit} other values among ${total}`;
  throw new UserError(`${definition.name} reads ${reads}, and ${series.name} ${has}`, {
    fix:
      definition.takes === 'number'
        ? 'Name another column.'
        : 'Choose a detector of any numbers, such as adwin.',
  });
}

function missingIn({ values }: DetectSeries): number {
  return values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
}

function notesOn(series: DetectSeries, detector: Detector, { skipped }: SeriesDetection): string[] {
  const notes: string[] = [];
  const missing = missingIn(series);
  if (missing > 0) {
    const why = series.unit === 'window' ? ', or too few rows to judge it' : '';
    notes.push(`${missing} of ${series.values.length} ${series.unit}s have no ${series.name}${why}`);
  }
  const unfit = skipped - missing;
  if (unfit > 0)
    notes.push(`${unfit} values are not what ${detector.definition.name} reads, and were left out`);
  const learnFrom = detector.options['standardize'] ?? 0;
  if (series.unit === 'window' && learnFrom === 0 && detector.definition.takes === 'number') {
    notes.push(
      `${detector.definition.name} reads ${series.name} as it is; --option standardize=20 puts it on a scale`,
    );
  }
  if (learnFrom > 0 && detector.seen - detector.skipped <= learnFrom) {
    notes.push(`the first ${learnFrom} values only teach the usual level; there is nothing to judge yet`);
  }
  return notes;
}
