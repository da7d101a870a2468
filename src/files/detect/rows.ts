import { UserError } from '../../core/errors.ts';
import type { Column, Table } from '../../core/table.ts';
import { readTable } from '../../ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import { byTime } from './series.ts';
import type { DetectSeries } from './series.ts';

export interface RowsRequest {
  readonly file: string;
  /** Null: the error, from prediction and label. */
  readonly column: string | null;
  /** The column says whether a prediction was right: its opposite is the error. */
  readonly isCorrectness: boolean;
  readonly order: 'time' | 'file';
  readonly columns: NonNullable<ReadTableOptions['columns']>;
  readonly task: ReadTableOptions['task'];
  readonly writing: Pick<ReadTableOptions, 'encoding' | 'decimal'>;
}

const ERROR = 'error';
const OUTPUTS = ['prediction', 'score', 'label'] as const;

/** One column of a file of rows, or the error of each row. */
export async function rowSeries(
  request: RowsRequest,
  onProgress: NonNullable<ReadTableOptions['onProgress']>,
): Promise<DetectSeries> {
  const { file, columns, task, writing } = request;
  const { table, notes } = await readTable(file, {
    columns,
    ...writing,
    ...featuresToRead(request),
    ...(task !== undefined && { task }),
    onProgress,
  });
  const series: DetectSeries = {
    ...valuesOf(table, request),
    unit: 'row',
    positions: Float64Array.from({ length: table.rows }, (_, row) => row + 1),
    timeMs: table.timestampMs,
    isByTime: false,
    notes,
  };
  return request.order === 'time' ? byTime(series) : series;
}

/** Nothing that is not needed; all of it where only the file can tell what `error` is. */
function featuresToRead({ column, columns }: RowsRequest): Pick<ReadTableOptions, 'features'> {
  if (column === ERROR) return {};
  const isOutput = OUTPUTS.some((role) => column === (columns[role] ?? role));
  return { features: column === null || isOutput ? [] : [column] };
}

function valuesOf(table: Table, request: RowsRequest): Pick<DetectSeries, 'name' | 'values'> {
  const column = columnOf(table, request);
  if (column === null) return { name: ERROR, values: errorsOf(table, request.file) };
  const values = numbersOf(column, request.file);
  if (!request.isCorrectness) return { name: column.name, values };
  return { name: `${ERROR} (not ${column.name})`, values: values.map((value) => 1 - value) };
}

function columnOf(table: Table, { file, column, columns }: RowsRequest): Column | null {
  if (column === null) return null;
  const role = OUTPUTS.find((name) => column === (columns[name] ?? name));
  const feature = table.features.find(({ name }) => name === column);
  // In a file of predictions `error` says what went wrong; here it is whatever the file holds.
  const other = column === ERROR ? table.operation?.error : undefined;
  const found = role === undefined ? (feature ?? other) : table[role];
  if (found !== undefined && found !== null) return found;
  if (column === ERROR) return null;
  throw new UserError(`${file} has no numbers in a column ${column}`, {
    fix: 'Name a column of numbers, or of 0 and 1, with --column.',
  });
}

/** 0 or 1 per row in classification, the absolute error in regression; NaN where either side is missing. */
function errorsOf({ prediction, label }: Table, file: string): Float64Array {
  if (prediction === null || label === null) {
    throw new UserError(`${file} does not say what to look at`, {
      fix: 'Of rows name a --column, or give prediction and label (--prediction and --label rename them); of windows name a --feature or a --performance.',
    });
  }
  if (prediction.kind === 'numeric' && label.kind === 'numeric') {
    return prediction.values.map((value, row) => Math.abs(value - (label.values[row] ?? Number.NaN)));
  }
  if (prediction.kind === 'numeric' || label.kind === 'numeric') {
    throw new UserError(`${file} has numbers in one of prediction and label, and classes in the other`);
  }
  const sameLevel = label.levels.map((level) => prediction.levels.indexOf(level));
  return Float64Array.from(prediction.codes, (code, row) => {
    const labelled = label.codes[row] ?? -1;
    if (code < 0 || labelled < 0) return Number.NaN;
    return sameLevel[labelled] === code ? 0 : 1;
  });
}

/** A column of classes counts when they are numbers, or true and false. */
function numbersOf(column: Column, file: string): Float64Array {
  if (column.kind === 'numeric') return column.values;
  const numbers = column.levels.map((level) => {
    const number = level === 'true' ? 1 : level === 'false' ? 0 : Number(level === '' ? 'none' : level);
    if (Number.isFinite(number)) return number;
    throw new UserError(`column ${column.name} of ${file} holds text, such as ${JSON.stringify(level)}`, {
      fix: 'A detector reads numbers, or 0 and 1. For the errors of a classifier leave --column out.',
    });
  });
  return Float64Array.from(column.codes, (code) => numbers[code] ?? Number.NaN);
}
