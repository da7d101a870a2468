import { INVALID_VALUE, type Features, type RowProbabilities } from '../core/events/events.ts';
import { booleanLevel, classLabel } from '../core/columns/class-label.ts';
import type { CategoricalColumn, Column, FeatureKind, NumericColumn, Table } from '../core/table.ts';
import type { Task } from '../core/model.ts';
import { probabilityColumns } from './kept-probabilities.ts';

export interface SampleRow {
  readonly features: Pick<Features, 'get'>;
  readonly prediction: string | number | null;
  readonly score: number | null;
  /** Of several classes; of two the score says all. */
  readonly probabilities: RowProbabilities | null;
  readonly label: string | number | null;
  /** Nobody acted on it. */
  readonly holdout: boolean;
  /** NaN where it was not kept. */
  readonly timestampMs: number;
}

export interface ColumnSpec {
  readonly name: string;
  readonly kind: FeatureKind;
}

/** Sampled rows as columns of the baseline's kinds. What does not fit a kind is missing there, and counted. */
export function sampleTable(rows: readonly SampleRow[], features: readonly ColumnSpec[], task: Task): Table {
  const outcomeKind: FeatureKind = task === 'classification' ? 'categorical' : 'numeric';
  const hasLabels = rows.some((row) => row.label !== null);
  const probabilities = task === 'classification' ? probabilityColumns(rows) : null;
  return {
    rows: rows.length,
    features: features.map(({ name, kind }) =>
      column(
        name,
        kind,
        rows.map((row) => row.features.get(name) ?? null),
      ),
    ),
    prediction: column(
      'prediction',
      outcomeKind,
      rows.map((row) => row.prediction),
    ),
    score: numericColumn(
      'score',
      rows.map((row) => row.score),
    ),
    label: hasLabels
      ? column(
          'label',
          outcomeKind,
          rows.map((row) => row.label),
        )
      : null,
    ...(probabilities !== null && { probabilities }),
    holdout: Uint8Array.from(rows, (row) => (row.holdout ? 1 : 0)),
    timestampMs: Float64Array.from(rows, (row) => row.timestampMs),
    predictionId: null,
  };
}

type Cell = string | number | boolean | null | typeof INVALID_VALUE;

function column(name: string, kind: FeatureKind, cells: readonly Cell[]): Column {
  return kind === 'numeric' ? numericColumn(name, cells) : categoricalColumn(name, kind, cells);
}

function numericColumn(name: string, cells: readonly Cell[]): NumericColumn {
  let invalid = 0;
  // Where the baseline has 1 and 0, some producers write true and false.
  const isFlag = cells.every(
    (cell) => typeof cell !== 'number' || cell === 0 || cell === 1 || Number.isNaN(cell),
  );
  const values = new Float64Array(cells.length);
  for (let row = 0; row < values.length; row++) {
    const cell = cells[row]!;
    if (typeof cell === 'number') values[row] = cell;
    else if (isFlag && typeof cell === 'boolean') values[row] = cell ? 1 : 0;
    else {
      if (cell !== null && cell !== '') invalid += 1;
      values[row] = Number.NaN;
    }
  }
  return { name, kind: 'numeric', values, invalid };
}

function categoricalColumn(
  name: string,
  kind: 'categorical' | 'boolean',
  cells: readonly Cell[],
): CategoricalColumn {
  let invalid = 0;
  const index = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    if (cell === null || cell === '' || (typeof cell === 'number' && Number.isNaN(cell))) return -1;
    if (cell === INVALID_VALUE) {
      invalid += 1;
      return -1;
    }
    const level = (kind === 'boolean' ? booleanLevel(cell) : null) ?? classLabel(cell);
    const known = index.get(level);
    if (known !== undefined) return known;
    index.set(level, index.size);
    return index.size - 1;
  });
  return { name, kind, codes, levels: [...index.keys()], invalid };
}
