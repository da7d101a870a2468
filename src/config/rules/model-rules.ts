/** What ties the keys of one model together. */
import { DAY_MS } from '../../core/clock.ts';
import { LONGEST_SEASON_WINDOW_MS } from '../../core/model.ts';
import { nearest } from '../../core/nearest.ts';
import { durationMs, durationText } from '../duration.ts';
import type { Finding, PathPart } from '../problem.ts';
import { privacyFindings } from './privacy-rules.ts';
import { repeated } from './repeated.ts';
import { runsInBusiestWeek } from '../schema/cron.ts';
import { PERFORMANCE_METRICS } from '../schema/model.ts';
import type { ModelEntry } from '../schema/root.ts';

type Path = readonly PathPart[];

export function modelFindings(model: ModelEntry, path: Path): Finding[] {
  return [
    ...positiveClassFitsTask(model, path),
    ...model.windows.flatMap((window, index) => windowFindings(window, [...path, 'windows', index])),
    ...sizesOnce(model, path),
    ...segmentsOnce(model, path),
    ...namesWithoutColon(model, path),
    ...labelsMatureInTime(model, path),
    ...seasonHasWindows(model, path),
    ...settingsHaveEffect(model, [...path, 'features']),
    ...privacyFindings(model, path),
    ...retrainFindings(model, [...path, 'retrain']),
  ];
}

function positiveClassFitsTask(model: ModelEntry, path: Path): Finding[] {
  if (model.positive_class === undefined || model.task === 'classification') return [];
  const message = 'only a classification has classes; remove it, or set task: classification';
  return [{ path: [...path, 'positive_class'], message, atKey: true }];
}

function windowFindings(window: ModelEntry['windows'][number], path: Path): Finding[] {
  const sizeMs = durationMs(window.size);
  const graceMs = durationMs(window.grace);
  const findings: Finding[] = [];
  // Windows begin at the same times every day, so that Mondays can be compared with Mondays.
  if (DAY_MS % sizeMs !== 0 && sizeMs % DAY_MS !== 0) {
    const message = 'must divide a day (such as 10m, 15m, 1h, 6h) or be whole days (1d, 7d)';
    findings.push({ path: [...path, 'size'], message, suggestion: durationText(nearestSizeMs(sizeMs)) });
  }
  if (graceMs > sizeMs) {
    const message = `must not be longer than the window (${window.size})`;
    findings.push({ path: [...path, 'grace'], message });
  }
  if (durationMs(window.accept_late) < graceMs) {
    const message = `must not be shorter than grace (${window.grace})`;
    findings.push({ path: [...path, 'accept_late'], message });
  }
  return findings;
}

const USUAL_SIZES = [
  '1s',
  '5s',
  '10s',
  '30s',
  '1m',
  '5m',
  '10m',
  '15m',
  '20m',
  '30m',
  '1h',
  '2h',
  '3h',
  '4h',
  '6h',
  '8h',
  '12h',
];

function nearestSizeMs(sizeMs: number): number {
  if (sizeMs > DAY_MS) return Math.round(sizeMs / DAY_MS) * DAY_MS;
  const sizesMs = [...USUAL_SIZES.map(durationMs), DAY_MS];
  return sizesMs.reduce((best, size) => (Math.abs(size - sizeMs) < Math.abs(best - sizeMs) ? size : best));
}

function sizesOnce(model: ModelEntry, path: Path): Finding[] {
  const places = model.windows.map(({ size, rows }, index) => ({
    // A series of windows goes by its length, or by its number of rows whatever they are made of.
    value: rows === undefined ? durationText(durationMs(size)) : `${rows} rows`,
    path: [...path, 'windows', index, rows === undefined ? 'size' : 'rows'],
  }));
  return repeated(places, (size, first) => `a window of ${size} is already configured at ${first}`);
}

function segmentsOnce(model: ModelEntry, path: Path): Finding[] {
  return (['segments', 'groups'] as const).flatMap((key) => {
    const places = model[key].map((value, index) => ({ value, path: [...path, key, index] }));
    return repeated(places, (value, first) => `${value} is already listed at ${first}`);
  });
}

/** A window's parts that are no segments have names that begin with a colon. */
function namesWithoutColon({ segments }: ModelEntry, path: Path): Finding[] {
  return segments.flatMap((name, index) =>
    name.startsWith(':')
      ? [{ path: [...path, 'segments', index], message: 'must not begin with a colon' }]
      : [],
  );
}

function labelsMatureInTime({ labels }: ModelEntry, path: Path): Finding[] {
  if (durationMs(labels.mature_after) <= durationMs(labels.horizon)) return [];
  const message = `must not be longer than horizon (${labels.horizon}): no label is joined after that`;
  return [{ path: [...path, 'labels', 'mature_after'], message }];
}

/** What is said of a column that is in no flag changes nothing, and who says it expects something. */
function settingsHaveEffect({ features }: ModelEntry, path: Path): Finding[] {
  return Object.entries(features).flatMap(([name, { kind, ignore, ...said }]) => {
    const aside =
      ignore === true
        ? 'an ignored column'
        : kind === 'identifier' || kind === 'calendar'
          ? `a column of kind ${kind}`
          : null;
    return Object.entries(said).flatMap(([key, value]): Finding[] => {
      if (value === undefined) return [];
      const at = { path: [...path, name, key], atKey: true };
      if (aside !== null) return [{ ...at, message: `changes nothing: ${aside} is in no flag` }];
      if (key === 'direction' && value !== 'both' && kind === 'categorical')
        return [{ ...at, message: 'categories have no order: only numbers and booleans go up or down' }];
      return [];
    });
  });
}

/** A season is only asked for where some window can have one. */
function seasonHasWindows({ seasonal, windows }: ModelEntry, path: Path): Finding[] {
  if (seasonal === undefined || windows.some((window) => isOfSeason(seasonal, window))) return [];
  const longest = durationText(LONGEST_SEASON_WINDOW_MS[seasonal]);
  const message = `needs windows of a fixed size of at most ${longest}`;
  return [{ path: [...path, 'seasonal'], message }];
}

function isOfSeason(
  seasonal: NonNullable<ModelEntry['seasonal']>,
  { rows, size }: ModelEntry['windows'][number],
): boolean {
  return rows === undefined && durationMs(size) <= LONGEST_SEASON_WINDOW_MS[seasonal];
}

function retrainFindings({ retrain, task }: ModelEntry, path: Path): Finding[] {
  if (retrain === undefined) return [];
  const { schedule, performance, drift } = retrain.triggers;
  if (schedule === undefined && performance === undefined && drift.length === 0) {
    const message = 'nothing here would ever ask for retraining: set schedule, performance or drift';
    return [{ path: [...path, 'triggers'], message }];
  }
  const cap = retrain.max_per_week;
  const wanted = schedule === undefined ? 0 : runsInBusiestWeek(schedule);
  if (cap !== undefined && wanted > cap) {
    const message = `the schedule comes due up to ${wanted} times in seven days: allow as many, or ask less often`;
    return [{ path: [...path, 'max_per_week'], message }];
  }
  const places = drift.map((value, index) => ({ value, path: [...path, 'triggers', 'drift', index] }));
  const findings = repeated(places, (value, first) => `${value} is already listed at ${first}`);
  const fitting: readonly string[] = PERFORMANCE_METRICS[task];
  if (performance !== undefined && !fitting.includes(performance.metric)) {
    findings.push({
      path: [...path, 'triggers', 'performance', 'metric'],
      message: `does not fit task ${task}, which has ${fitting.join(', ')}`,
      suggestion: nearest(performance.metric, fitting),
    });
  }
  return findings;
}
