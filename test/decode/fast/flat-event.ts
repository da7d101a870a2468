import type {
  FeaturesEvent,
  FeatureValue,
  PredictionEvent,
  SourcePosition,
} from '../../../src/core/events/events.ts';
import type { FlatColumn, FlatRow } from '../../../src/core/events/flat-row.ts';
import { CELL_NUMBER, CELL_TEXT, CELL_TRUE, cellText, cellValue } from '../../../src/core/events/flat-row.ts';
import { ShapeReader } from '../../../src/decode/fast/shape-reader.ts';

/** The event that the ordinary decoder would have made of the message a row was read from, to the last detail. */
export function flatEvent(row: FlatRow, position: SourcePosition): PredictionEvent | FeaturesEvent {
  if (!(row instanceof ShapeReader)) throw new Error('no row of a reader');
  const { layout } = row;
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
  const { envelope } = row.shape;
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
