import type {
  FeaturesEvent,
  FeatureValue,
  PredictionEvent,
  SourcePosition,
} from '../../core/events/events.ts';
import { INVALID_VALUE } from '../../core/events/events.ts';
import type { FlatColumn, FlatRow } from '../../core/events/flat-row.ts';
import { CELL_FALSE, CELL_NUMBER, CELL_TEXT, CELL_TRUE, cellText } from '../../core/events/flat-row.ts';
import type { Shape } from './shape.ts';

/** The event that the ordinary decoder would have made of the message a row was read from, to the last detail. */
export function flatEvent(
  row: FlatRow,
  shape: Shape,
  position: SourcePosition,
): PredictionEvent | FeaturesEvent {
  const { layout } = shape;
  const id = row.predictionId;
  const common = {
    position,
    model: layout.model,
    timestampMs: row.timestampMs,
    predictionId:
      id === null ? null : Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1'),
    modelVersion: layout.modelVersion,
    features: namedValues(row, layout.features),
    tags: namedValues(row, layout.tags),
  };
  if (layout.type === 'features') return { type: 'features', ...common };
  const { envelope } = shape;
  return {
    type: 'prediction',
    ...common,
    prediction: outcome(row, layout.prediction),
    score: scoreOf(row),
    probabilities: probabilities(row),
    latencyMs: measure(row, envelope.latencyMs),
    cost: measure(row, envelope.cost),
    energyJ: measure(row, envelope.energyJ),
    holdout: envelope.holdout >= 0 && row.kinds[envelope.holdout] === CELL_TRUE,
    error: errorOf(row),
  };
}

function namedValues(row: FlatRow, columns: readonly FlatColumn[]): Map<string, FeatureValue> {
  const values = new Map<string, FeatureValue>();
  for (const column of columns) values.set(column.name, cellValue(row, column));
  return values;
}

/** A feature or tag as an ordinary event holds it. */
export function cellValue(row: FlatRow, column: FlatColumn): FeatureValue {
  if (column.cell < 0) return INVALID_VALUE;
  switch (row.kinds[column.cell]) {
    case CELL_NUMBER:
      return row.numbers[column.cell] ?? 0;
    case CELL_TEXT:
      return cellText(row, column);
    case CELL_TRUE:
      return true;
    case CELL_FALSE:
      return false;
    default:
      return null;
  }
}

function outcome(row: FlatRow, column: FlatColumn | null): string | number | null {
  if (column === null) return null;
  const value = cellValue(row, column);
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'symbol' ? null : value;
}

function scoreOf(row: FlatRow): number | null {
  const cell = row.layout.score?.cell ?? -1;
  return cell >= 0 && row.kinds[cell] === CELL_NUMBER ? (row.numbers[cell] ?? 0) : null;
}

function errorOf(row: FlatRow): string | null {
  const column = row.layout.error;
  if (column === null || row.kinds[column.cell] !== CELL_TEXT) return null;
  const text = cellText(row, column);
  return text === '' ? null : text;
}

function probabilities(row: FlatRow): Map<string, number> | null {
  const result = new Map<string, number>();
  for (const { name, cell } of row.layout.probabilities) {
    if (row.kinds[cell] === CELL_NUMBER) result.set(name, row.numbers[cell] ?? 0);
  }
  return result.size === 0 ? null : result;
}

function measure(row: FlatRow, slot: number): number | null {
  if (slot < 0 || row.kinds[slot] !== CELL_NUMBER) return null;
  const value = row.numbers[slot] ?? 0;
  return Number.isFinite(value) ? value : null;
}
