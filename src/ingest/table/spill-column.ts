import { closeSync, openSync, writeSync } from 'node:fs';
import type { FeatureKind } from '../../core/table.ts';
import type { ColumnCollector, ColumnReading } from './column-collector.ts';
import type { SpilledColumn } from './column-source.ts';
import { EMPTY_ROWS, withRow } from './row-set.ts';
import type { RowSet } from './row-set.ts';
import type { AnyReading } from './table-columns.ts';

/** Cells held back before they are written: of one column, and of all columns of a file together. */
const MOST_BUFFERED_CELLS = 16 * 1024;
const BUFFERED_CELLS_OF_ALL = 4 * 1024 * 1024;
/** Rows of one chunk of the database. */
const LARGEST_CHUNK = 2048;

/**
 * Writes the cells of one column to a file as they come: memory does not grow with the rows.
 *
 * @param columns how many are written at once
 */
export function spillCollector(
  reading: AnyReading,
  path: string,
  columns: number,
): ColumnCollector<SpilledColumn> {
  const cells = Math.min(MOST_BUFFERED_CELLS, Math.ceil(BUFFERED_CELLS_OF_ALL / columns));
  return 'levels' in reading.reader
    ? spillOf(reading as Extract<AnyReading, ColumnReading<Int32Array, unknown>>, path, cells)
    : spillOf(reading as Extract<AnyReading, ColumnReading<Float64Array, unknown>>, path, cells);
}

interface Described {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly levels?: readonly string[];
}

function spillOf<A extends Float64Array | Int32Array>(
  reading: ColumnReading<A, Described>,
  path: string,
  cells: number,
): ColumnCollector<SpilledColumn> {
  const buffer = reading.array(cells + LARGEST_CHUNK);
  const file = openSync(path, 'wx');
  let held = 0;
  let invalid = 0;
  let invalidRows: RowSet = EMPTY_ROWS;
  const flush = (): void => {
    const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, held * buffer.BYTES_PER_ELEMENT);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    held = 0;
  };
  return {
    cell: reading.cell,
    holds: reading.holds,
    add(vector, offset, rows) {
      if (held + rows > buffer.length) flush();
      const base = offset - held;
      reading.reader.read(vector, rows, buffer, held, (row) => {
        invalid += 1;
        invalidRows = withRow(invalidRows, base + row);
      });
      held += rows;
    },
    finish() {
      flush();
      closeSync(file);
      const { name, kind, levels = [] } = reading.finish(reading.array(0), invalid);
      return { from: 'file', path, name, kind, levels, invalid, invalidRows };
    },
  };
}
