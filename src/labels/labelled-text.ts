import { type FeatureValue, INVALID_VALUE } from '../core/events/events.ts';
import type { LabelledRow } from './labelled-row.ts';

/** Columns before the features; the names that `compare` and `baseline create` take as such come first. */
export const LABELLED_COLUMNS = [
  'timestamp',
  'prediction',
  'score',
  'label',
  'label_source',
  'label_final',
  'label_timestamp',
  'holdout',
  'model_version',
] as const;
const TAKEN: ReadonlySet<string> = new Set([...LABELLED_COLUMNS, 'prediction_id']);
/** Among them, those that hold times as text. */
export const TIME_COLUMNS: ReadonlySet<string> = new Set(['timestamp', 'label_timestamp']);

const PREFIX = 'feature_';

/**
 * A feature that is called like a column of ours gets a name of its own; so does one that is called like that name, since
 * two columns of one name would be one.
 *
 * @example featureColumn('label') // 'feature_label'
 * @example featureColumn('feature_label') // 'feature_feature_label'
 */
export function featureColumn(name: string): string {
  let bare = name;
  while (bare.startsWith(PREFIX)) bare = bare.slice(PREFIX.length);
  return TAKEN.has(bare) ? `${PREFIX}${name}` : name;
}

/** The columns of one row, ours first. What could not be a value is null. */
export function labelledCells(row: LabelledRow): (readonly [name: string, value: Plain])[] {
  const features = [...row.features].map(([name, value]) => [featureColumn(name), plain(value)] as const);
  return [...head(row), ...features];
}

/** One row as one line of JSON, flat, so that every reader of tables takes it. */
export function labelledJson(row: LabelledRow): string {
  return `${JSON.stringify(Object.fromEntries(labelledCells(row)))}\n`;
}

/** The first line of a CSV file with these features. */
export function labelledCsvHeader(features: readonly string[]): string {
  return `${[...LABELLED_COLUMNS, ...features.map(featureColumn)].map(csvCell).join(',')}\n`;
}

export function labelledCsv(row: LabelledRow, features: readonly string[]): string {
  const cells = [
    ...head(row).map(([, value]) => value),
    ...features.map((name) => plain(row.features.get(name))),
  ];
  return `${cells.map(csvCell).join(',')}\n`;
}

export type Plain = string | number | boolean | null;

function head(row: LabelledRow): [(typeof LABELLED_COLUMNS)[number], Plain][] {
  const { label } = row;
  return [
    ['timestamp', new Date(row.eventMs).toISOString()],
    ['prediction', row.prediction],
    ['score', row.score],
    ['label', label?.value ?? null],
    ['label_source', label?.source ?? null],
    ['label_final', label?.final ?? null],
    ['label_timestamp', label === null ? null : new Date(label.atMs).toISOString()],
    ['holdout', row.holdout],
    ['model_version', row.modelVersion],
  ];
}

function plain(value: FeatureValue | undefined): Plain {
  if (value === undefined || value === INVALID_VALUE) return null;
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/** What a spreadsheet takes for a formula when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/;

/** A text that a spreadsheet would run gets an apostrophe in front, which spreadsheets do not show; numbers stay. */
function csvCell(value: Plain): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
