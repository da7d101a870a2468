/** A table that was read → what was noticed of it, column by column. */
import { NO_SETTINGS } from '../core/columns/feature-settings.ts';
import type { CategoricalColumn, Column, Table } from '../core/table.ts';
import type { ReadTable } from '../ingest/table/read-table.ts';
import { calendarName, countsOf, rolesOfColumns } from '../judge/column-roles.ts';
import { chooseWindow, falseAlarmsPerWeek } from './choose-window.ts';
import type { Noticed, NoticedColumn, NoticedRole, NoticedSource, SegmentCandidate } from './noticed.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

const RARE = 0.01;
const MOST_SEGMENTS = 8;
/** `min_rows` of the configuration, by default: with fewer a window is not judged. */
const ENOUGH_TO_JUDGE = 200;

export interface NoticeInput {
  readonly read: ReadTable;
  readonly source: NoticedSource;
  readonly model: string;
  /** Names of the columns of the file, by role, where they are not what the table calls them. */
  readonly named: Readonly<Record<string, string | undefined>>;
  /** Columns of probabilities, and of how predictions were made. */
  readonly others: readonly NoticedColumn[];
  readonly modelVersions: readonly string[];
  readonly featuresFrom: Noticed['features_from'];
  readonly labelsWithinMs: number | null;
}

/** O(rows · columns). */
export function noticeTable(input: NoticeInput): Noticed {
  const { table, shape, notes } = input.read;
  const window = chooseWindow(table.timestampMs);
  const roles = rolesOfColumns({
    reference: table,
    rows: table.rows,
    settings: NO_SETTINGS,
    leftOut: shape.leftOutBecause,
  });
  const columnOf = new Map(table.features.map((column) => [column.name, column]));
  const features = roles.map(({ name, role, why }) => {
    const column = columnOf.get(name);
    const isComma = shape.decimalCommas?.has(name) ?? false;
    if (column === undefined) return unread(name, role, why);
    const named = role === 'feature' || role === 'constant' ? calendarName(column) : null;
    return described(column, table.rows, named === null ? role : 'calendar', named ?? why, isComma);
  });
  return {
    source: input.source,
    model: input.model,
    model_versions: input.modelVersions,
    task: shape.task,
    positive_class: shape.positiveClass,
    features_from: input.featuresFrom,
    rows: table.rows,
    columns: [...outputs(table, input.named), ...input.others, ...features],
    segments: segmentsOf(
      table,
      new Set(features.flatMap(({ name, role }) => (role === 'feature' ? [name] : []))),
      window.rows_per_window ?? window.rows ?? 0,
    ),
    window,
    false_alarms_per_week: falseAlarmsPerWeek(window, table.rows),
    labels_within_ms: input.labelsWithinMs,
    notes,
  };
}

export function unread(name: string, role: NoticedRole, why: string | null): NoticedColumn {
  const nothing = { kind: null, missing: null, distinct: null, decimal_comma: false, range: null };
  return { name, role, why, rare_levels: 0, ...nothing };
}

function described(
  column: Column,
  rows: number,
  role: NoticedRole,
  why: string | null,
  isComma: boolean,
): NoticedColumn {
  const { missing, distinct } = countsOf(column, rows);
  return {
    name: column.name,
    role,
    kind: column.kind,
    why,
    missing: missing / Math.max(1, rows),
    distinct,
    decimal_comma: isComma,
    rare_levels: column.kind === 'numeric' ? 0 : rareLevels(column, rows),
    range: column.kind === 'numeric' ? rangeOf(column.values) : null,
  };
}

function outputs(table: Table, named: NoticeInput['named']): NoticedColumn[] {
  const found: NoticedColumn[] = [];
  const add = (role: NoticedRole, column: Column | null): void => {
    if (column === null) return;
    found.push({ ...described(column, table.rows, role, null, false), name: named[role] ?? role });
  };
  if (table.predictionId !== null)
    found.push(unread(named['prediction_id'] ?? 'prediction_id', 'prediction_id', null));
  if (table.timestampMs !== null) found.push(unread(named['timestamp'] ?? 'timestamp', 'timestamp', null));
  add('prediction', table.prediction);
  if (table.score !== null && named['score'] !== undefined) add('score', table.score);
  add('label', table.label);
  if (table.holdout !== undefined) found.push(unread(named['holdout'] ?? 'holdout', 'holdout', null));
  return found;
}

function countLevels({ codes, levels }: CategoricalColumn): number[] {
  return [...levelCounts(codes, levels.length)].filter((count) => count > 0);
}

function rareLevels(column: CategoricalColumn, rows: number): number {
  return countLevels(column).filter((count) => count < RARE * rows).length;
}

function rangeOf(values: Float64Array): NoticedColumn['range'] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : null;
}

/** Columns of few levels, each of which has enough rows in a window to be judged by itself. */
function segmentsOf(table: Table, ordinary: ReadonlySet<string>, rowsPerWindow: number): SegmentCandidate[] {
  return table.features.flatMap((column) => {
    if (column.kind === 'numeric' || !ordinary.has(column.name)) return [];
    const counts = countLevels(column);
    if (counts.length < 2 || counts.length > MOST_SEGMENTS) return [];
    const fewest = Math.floor((Math.min(...counts) / table.rows) * rowsPerWindow);
    if (fewest < ENOUGH_TO_JUDGE) return [];
    return [{ name: column.name, levels: counts.length, fewest_rows: fewest }];
  });
}
