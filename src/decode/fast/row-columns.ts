import type { LogEventType } from '../../core/events/events.ts';
import type { FlatColumn } from '../../core/events/flat-row.ts';
import { ROW_FIELDS, type RowField, type RowFieldName, rowFields } from '../../core/events/row-fields.ts';

/** The columns of the fields that events of a type have; null for the others. */
export function rowColumns(
  type: LogEventType,
  columnOf: (field: RowField, name: RowFieldName) => FlatColumn | null,
): Record<RowFieldName, FlatColumn | null> {
  const columns = Object.fromEntries(Object.keys(ROW_FIELDS).map((name) => [name, null])) as Record<
    RowFieldName,
    FlatColumn | null
  >;
  for (const [name, field] of rowFields(type)) columns[name] = columnOf(field, name);
  return columns;
}
