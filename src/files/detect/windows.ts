import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { byTime } from './series.ts';
import type { DetectSeries } from './series.ts';

export interface WindowsRequest {
  readonly file: string;
  /** A feature, or prediction, score, label; null: a figure of the performance. */
  readonly feature: string | null;
  readonly metric: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** One figure of each window, out of what `compare --window --json` prints. */
export async function windowSeries({ file, feature, metric }: WindowsRequest): Promise<DetectSeries> {
  const windows = await readWindows(file);
  const figures = windows.map((window) =>
    feature === null ? fieldsOf(window['performance']) : columnNamed(window, feature),
  );
  if (feature !== null && figures.every((found) => found === null))
    throw noSuchFeature(file, windows, feature);
  const values = Float64Array.from(windows, (window, index) => {
    const found = figures[index] ?? null;
    return found === null || hasTooFewRows(window, feature === null ? null : found)
      ? Number.NaN
      : figure(found, metric);
  });
  if (values.every((value) => Number.isNaN(value))) throw nothingToLookAt(file, figures, metric);
  return byTime({
    name: feature === null ? metric : `${metric} of ${feature}`,
    unit: 'window',
    values,
    positions: Float64Array.from(windows, (_, index) => index + 1),
    timeMs: Float64Array.from(windows, ({ start }) =>
      typeof start === 'string' ? Date.parse(start) : Number.NaN,
    ),
    isByTime: false,
    notes: [],
  });
}

async function readWindows(file: string): Promise<readonly Fields[]> {
  const cause = (error: unknown): { cause: unknown } => ({ cause: error });
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file} cannot be read`, cause(error));
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new UserError(`${file} is not JSON`, { ...cause(error), fix: FIX });
  }
  const windows = fieldsOf(parsed)?.['windows'];
  if (!Array.isArray(windows) || windows.length === 0)
    throw new UserError(`${file} has no windows`, { fix: FIX });
  return windows.map((window) => fieldsOf(window) ?? {});
}

const FIX =
  'With --feature or --performance it must be what `shiftwatch compare … --window 1d --json` printed.';

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function columnNamed(window: Fields, name: string): Fields | null {
  return columnsOf(window).find((column) => column['name'] === name) ?? null;
}

function columnsOf(window: Fields): Fields[] {
  const features = Array.isArray(window['features']) ? window['features'] : [];
  const all: unknown[] = [...features, window['prediction'], window['score'], window['label']];
  return all.map(fieldsOf).filter((column) => column !== null);
}

/** A window cut off at the end of the file is no evidence: what the comparison did not judge is a gap here. */
function hasTooFewRows(window: Fields, column: Fields | null): boolean {
  const judged = column ?? fieldsOf(window['label']);
  return (
    judged?.['status'] === 'insufficient' || fieldsOf(window['diagnosis'])?.['reason'] === 'too_few_rows'
  );
}

/** A number as it is, a test by its statistic, shares and performance by the current side. */
function figure(from: Fields, metric: string): number {
  const value = figuresIn(from).get(metric);
  const fields = fieldsOf(value);
  const number = fields === null ? value : (fields['statistic'] ?? fields['current']);
  return typeof number === 'number' ? number : Number.NaN;
}

function figuresIn(from: Fields): Map<string, unknown> {
  return new Map([...Object.entries(from), ...Object.entries(fieldsOf(from['metrics']) ?? {})]);
}

function noSuchFeature(file: string, windows: readonly Fields[], feature: string): UserError {
  const names = [...new Set(windows.flatMap((window) => columnsOf(window).map(({ name }) => String(name))))];
  return new UserError(`no window of ${file} has a column ${feature}`, { fix: hint(feature, names) });
}

function nothingToLookAt(file: string, figures: readonly (Fields | null)[], metric: string): UserError {
  const isThere = figures.some((found) => found !== null && !Number.isNaN(figure(found, metric)));
  if (!isThere) return noSuchMetric(file, figures, metric);
  return new UserError(`no window of ${file} has enough rows to judge ${metric}`, {
    fix: 'Compare with larger windows: `shiftwatch compare … --window 1w`.',
  });
}

function noSuchMetric(file: string, figures: readonly (Fields | null)[], metric: string): UserError {
  const names = new Set<string>();
  for (const from of figures) {
    if (from === null) continue;
    for (const name of figuresIn(from).keys()) if (!Number.isNaN(figure(from, name))) names.add(name);
  }
  return new UserError(`no window of ${file} has a figure ${metric}`, { fix: hint(metric, [...names]) });
}

function hint(wanted: string, names: readonly string[]): string {
  const near = nearest(wanted, names);
  if (near !== null) return `Did you mean ${near}?`;
  return names.length === 0 ? 'There is none at all.' : `There are ${names.slice(0, 30).join(', ')}.`;
}
