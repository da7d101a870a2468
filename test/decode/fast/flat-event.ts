import type {
  FeaturesEvent,
  FeatureValue,
  LogEvent,
  PredictionEvent,
  SourcePosition,
} from '../../../src/core/events/events.ts';
import type { FlatColumn, FlatRow } from '../../../src/core/events/flat-row.ts';
import {
  CELL_ABSENT,
  CELL_NUMBER,
  CELL_TEXT,
  CELL_TRUE,
  cellKind,
  cellNumber,
  cellText,
  cellValue,
} from '../../../src/core/events/flat-row.ts';
import { flatLabel } from '../../../src/decode/fast/flat-label.ts';
import { idHash, toBigint } from '../../../src/core/ids/id-hash.ts';

/** The same for rows of all types. Null: it is a label that may have to be refused. */
export function flatLogEvent(row: FlatRow, bytes: Uint8Array, position: SourcePosition): LogEvent | null {
  return row.layout.type === 'label' ? flatLabel(row, position) : flatEvent(row, bytes, position);
}

/** The event that the ordinary decoder would have made of the message a row was read from, to the last detail. */
export function flatEvent(
  row: FlatRow,
  bytes: Uint8Array,
  position: SourcePosition,
): PredictionEvent | FeaturesEvent {
  const { layout } = row;
  const common = {
    position,
    model: layout.model,
    timestampMs: row.timestampMs,
    predictionId: row.hasId ? idOf(row, bytes) : null,
    modelVersion: layout.modelVersion,
    features: namedValues(row, layout.features),
    tags: namedValues(row, layout.tags),
  };
  if (layout.type === 'features') return { type: 'features', ...common };
  return {
    type: 'prediction',
    ...common,
    prediction: outcome(row, layout.prediction),
    score: scoreOf(row),
    probabilities: probabilities(row),
    latencyMs: measure(row, layout.latencyMs),
    cost: measure(row, layout.cost),
    energyJ: measure(row, layout.energyJ),
    holdout: layout.holdout !== null && cellKind(row, layout.holdout) === CELL_TRUE,
    error: errorOf(row),
  };
}

function namedValues(row: FlatRow, columns: readonly FlatColumn[]): Map<string, FeatureValue> {
  const values = new Map<string, FeatureValue>();
  for (const column of columns) {
    const kind = cellKind(row, column);
    if (kind !== CELL_ABSENT) values.set(column.name, cellValue(row, column, kind));
  }
  return values;
}

function outcome(row: FlatRow, column: FlatColumn | null): string | number | null {
  if (column === null) return null;
  const value = cellValue(row, column);
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'symbol' ? null : value;
}

/** Of an id a row keeps the hash alone. */
function idOf({ idHigh, idLow }: FlatRow, bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const id = (JSON.parse(text) as { prediction_id: string }).prediction_id;
  if (idHash(id) !== toBigint(idHigh, idLow)) throw new Error(`${id} has another hash`);
  return id;
}

function scoreOf(row: FlatRow): number | null {
  const { score } = row.layout;
  return score !== null && cellKind(row, score) === CELL_NUMBER ? cellNumber(row, score) : null;
}

function errorOf(row: FlatRow): string | null {
  const column = row.layout.error;
  if (column === null || cellKind(row, column) !== CELL_TEXT) return null;
  const text = cellText(row, column);
  return text === '' ? null : text;
}

function probabilities(row: FlatRow): Map<string, number> | null {
  const result = new Map<string, number>();
  for (const column of row.layout.probabilities) {
    if (cellKind(row, column) === CELL_NUMBER) result.set(column.name, cellNumber(row, column));
  }
  return result.size === 0 ? null : result;
}

function measure(row: FlatRow, column: FlatColumn | null): number | null {
  if (column === null || cellKind(row, column) !== CELL_NUMBER) return null;
  const value = cellNumber(row, column);
  return Number.isFinite(value) ? value : null;
}
