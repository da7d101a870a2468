import type { ParquetColumn, ParquetType } from '../../ingest/table/formats/parquet-file.ts';
import { LABELLED_COLUMNS, labelledCells, type Plain, TIME_COLUMNS } from '../../labels/labelled-text.ts';
import type { LabelledRow } from '../../labels/labelled-row.ts';

/** Rows on their way into a Parquet file: lines of JSON, and what each column turned out to hold. */
export class ParquetLines {
  /** By name, in the order in which they were met. */
  private readonly seen = new Map<string, Seen>(LABELLED_COLUMNS.map((name, at) => [name, unseen(name, at)]));

  line(row: LabelledRow): string {
    const cells = labelledCells(row).map(([name, value]) => [this.keyOf(name, value), value] as const);
    return `${JSON.stringify(Object.fromEntries(cells))}\n`;
  }

  columns(): ParquetColumn[] {
    return [...this.seen].map(([name, { key, type }]) => ({ key, name, type: type ?? 'VARCHAR' }));
  }

  private keyOf(name: string, value: Plain): string {
    const column = this.seen.get(name) ?? unseen(name, this.seen.size);
    this.seen.set(name, column);
    if (value !== null && column.type !== 'TIMESTAMPTZ') column.type = both(column.type, typeOf(value));
    return column.key;
  }
}

interface Seen {
  readonly key: string;
  /** Null: nothing but nulls so far. */
  type: ParquetType | null;
}

const unseen = (name: string, at: number): Seen => ({
  key: `c${at}`,
  type: TIME_COLUMNS.has(name) ? 'TIMESTAMPTZ' : null,
});

function typeOf(value: string | number | boolean): ParquetType {
  if (typeof value === 'string') return 'VARCHAR';
  if (typeof value === 'boolean') return 'BOOLEAN';
  return Number.isSafeInteger(value) ? 'BIGINT' : 'DOUBLE';
}

/** A column has one type: of values of several kinds it is JSON, in which each keeps its own. */
function both(one: ParquetType | null, other: ParquetType): ParquetType {
  if (one === null || one === other) return other;
  const areNumbers = [one, other].every((type) => type === 'BIGINT' || type === 'DOUBLE');
  return areNumbers ? 'DOUBLE' : 'JSON';
}
