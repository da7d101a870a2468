import { classLabel } from '../../core/columns/class-label.ts';
import {
  INVALID_VALUE,
  LABEL_SOURCES,
  type LabelEvent,
  type LabelSource,
  type SourcePosition,
} from '../../core/events/events.ts';
import {
  CELL_ABSENT,
  CELL_FALSE,
  CELL_NULL,
  CELL_TEXT,
  cellKind,
  cellText,
  cellValue,
  type FlatRow,
} from '../../core/events/flat-row.ts';

/** The label that the ordinary decoder would have made of a row's message. Null: it may have to be refused. */
export function flatLabel(row: FlatRow, position: SourcePosition): LabelEvent | null {
  const { layout } = row;
  const label = labelOf(row);
  const labelSource = sourceOf(row);
  if (!row.hasId || label === null || labelSource === null) return null;
  return {
    type: 'label',
    position,
    model: layout.model,
    timestampMs: row.timestampMs,
    predictionId: row.idText(),
    label,
    labelSource,
    final: layout.final === null || cellKind(row, layout.final) !== CELL_FALSE,
  };
}

function labelOf(row: FlatRow): string | number | null {
  const { label } = row.layout;
  const value = label === null ? null : cellValue(row, label);
  if (value === INVALID_VALUE) return null;
  if (typeof value === 'boolean') return classLabel(value);
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

function sourceOf(row: FlatRow): LabelSource | null {
  const { source } = row.layout;
  const kind = source === null ? CELL_NULL : cellKind(row, source);
  if (source === null || kind === CELL_NULL || kind === CELL_ABSENT) return 'natural';
  const text = kind === CELL_TEXT ? cellText(row, source) : null;
  return LABEL_SOURCES.find((name) => name === text) ?? null;
}
