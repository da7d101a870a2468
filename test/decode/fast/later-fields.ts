import { type FlatRow, cellValue } from '../../../src/core/events/flat-row.ts';
import { type RowFieldName, rowFields } from '../../../src/core/events/row-fields.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { storableUpTo } from '../../../src/decode/text.ts';

const EVENT_FIELDS: ReadonlySet<RowFieldName> = new Set([
  'predictionId',
  'timestamp',
  'prediction',
  'score',
  'holdout',
  'error',
  'latencyMs',
  'cost',
  'energyJ',
  'label',
  'source',
  'final',
]);

type Values = Record<string, unknown>;

/** The fields that events do not have yet: scalars as a row holds them. */
export function laterFieldsOf(row: FlatRow): Values {
  return Object.fromEntries(
    later(row).map(([name]) => {
      const column = row.layout[name];
      return [name, column === null ? null : cellValue(row, column)];
    }),
  );
}

/** The same as `JSON.parse` finds them. */
export function laterFieldsIn(row: FlatRow, bytes: Uint8Array): Values {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return Object.fromEntries(later(row).map(([name, { path }]) => [name, scalarAt(JSON.parse(text), path)]));
}

const later = (row: FlatRow) => rowFields(row.layout.type).filter(([name]) => !EVENT_FIELDS.has(name));

function scalarAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = (value as Values)[key];
  }
  if (typeof value === 'string') return storableUpTo(value, DEFAULT_DECODE_LIMITS.maxTextLength);
  return typeof value === 'object' ? null : (value ?? null);
}
