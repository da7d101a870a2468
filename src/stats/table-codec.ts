import type { CategoricalColumn, Column, NumericColumn, Table } from '../core/table.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

const FORMAT_VERSION = 1;

/**
 * A table as bytes, column by column, without loss: each column in the narrowest form that gives back every value
 * bit for bit. Twenty thousand rows of twenty ordinary columns are about a megabyte.
 */
export function encodeTable(table: Table): Uint8Array {
  const writer = new ByteWriter();
  writer.unsigned(FORMAT_VERSION);
  writer.unsigned(table.rows);
  writer.unsigned(table.features.length);
  for (const column of table.features) writeColumn(writer, column);
  for (const column of [table.prediction, table.score, table.label]) {
    writer.unsigned(column === null ? 0 : 1);
    if (column !== null) writeColumn(writer, column);
  }
  writer.unsigned(table.timestampMs === null ? 0 : 1);
  if (table.timestampMs !== null) writeNumbers(writer, table.timestampMs);
  writer.unsigned(table.predictionId === null ? 0 : 1);
  for (const id of table.predictionId ?? []) {
    writer.unsigned(id === null ? 0 : 1);
    if (id !== null) writer.string(id);
  }
  return writer.finish();
}

/** Throws on bytes of another format, or damage. */
export function decodeTable(bytes: Uint8Array): Table {
  const reader = new ByteReader(bytes);
  const version = reader.unsigned();
  if (version !== FORMAT_VERSION) throw new Error(`table format ${version} is not known`);
  const rows = reader.unsigned();
  const features = Array.from({ length: reader.unsigned() }, () => readColumn(reader, rows));
  const optional = (): Column | null => (reader.unsigned() === 1 ? readColumn(reader, rows) : null);
  const prediction = optional();
  const score = optional();
  const label = optional();
  if (score !== null && score.kind !== 'numeric') throw new Error('stored scores are not numbers');
  const timestampMs = reader.unsigned() === 1 ? readNumbers(reader, rows) : null;
  const predictionId =
    reader.unsigned() === 1
      ? Array.from({ length: rows }, () => (reader.unsigned() === 1 ? reader.string() : null))
      : null;
  if (!reader.done) throw new Error('table has bytes left over');
  return { rows, features, prediction, score, label, timestampMs, predictionId };
}

const KINDS = ['numeric', 'categorical', 'boolean'] as const;

function writeColumn(writer: ByteWriter, column: Column): void {
  writer.unsigned(KINDS.indexOf(column.kind));
  writer.string(column.name);
  writer.unsigned(column.invalid);
  if (column.kind === 'numeric') {
    writeNumbers(writer, column.values);
    return;
  }
  writer.unsigned(column.levels.length);
  for (const level of column.levels) writer.string(level);
  writeWhole(
    writer,
    column.codes.map((code) => code + 1),
  );
}

function readColumn(reader: ByteReader, rows: number): NumericColumn | CategoricalColumn {
  const kind = KINDS[reader.unsigned()];
  if (kind === undefined) throw new Error('table holds a column of an unknown kind');
  const name = reader.string();
  const invalid = reader.unsigned();
  if (kind === 'numeric') return { kind, name, invalid, values: readNumbers(reader, rows) };
  const levels = Array.from({ length: reader.unsigned() }, () => reader.string());
  const codes = Int32Array.from(readWhole(reader, rows), (code) => code - 1);
  return { kind, name, invalid, levels, codes };
}

/** How numbers are stored: 0 as doubles, 1 as singles, 2 + d as whole numbers of 10^−d; NaN by a bitmap before. */
const AS_DOUBLES = 0;
const AS_SINGLES = 1;
const AS_DECIMALS = 2;
const MOST_DECIMALS = 6;

function writeNumbers(writer: ByteWriter, values: Float64Array): void {
  const missing = values.some((x) => Number.isNaN(x));
  writer.unsigned(missing ? 1 : 0);
  if (missing) writer.raw(bitmap(values));
  const present = missing ? values.filter((x) => !Number.isNaN(x)) : values;
  writer.unsigned(present.length);
  const decimals = exactDecimals(present);
  if (decimals !== null) {
    const scale = 10 ** decimals;
    writer.unsigned(AS_DECIMALS + decimals);
    writeWhole(
      writer,
      Int32Array.from(present, (x) => Math.round(x * scale)),
    );
  } else if (present.every((x) => Object.is(Math.fround(x), x))) {
    writer.unsigned(AS_SINGLES);
    writer.raw(littleEndian(present, 4));
  } else {
    writer.unsigned(AS_DOUBLES);
    writer.raw(littleEndian(present, 8));
  }
}

function readNumbers(reader: ByteReader, rows: number): Float64Array {
  const missing = reader.unsigned() === 1 ? reader.raw(Math.ceil(rows / 8)).slice() : null;
  const count = reader.unsigned();
  const form = reader.unsigned();
  const present = readPresent(reader, count, form);
  if (missing === null) return present;
  let next = 0;
  return Float64Array.from({ length: rows }, (_, i) =>
    ((missing[i >> 3] ?? 0) >> (i & 7)) & 1 ? Number.NaN : (present[next++] ?? Number.NaN),
  );
}

function readPresent(reader: ByteReader, count: number, form: number): Float64Array {
  if (form >= AS_DECIMALS) {
    const scale = 10 ** (form - AS_DECIMALS);
    return Float64Array.from(readWhole(reader, count), (x) => x / scale);
  }
  const width = form === AS_SINGLES ? 4 : 8;
  const bytes = reader.raw(count * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: count }, (_, i) =>
    width === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true),
  );
}

/** The fewest decimals in which every value is exactly a 32-bit whole number of units; null when there are none. */
function exactDecimals(values: Float64Array): number | null {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const scale = 10 ** decimals;
    const fits = values.every((x) => {
      const whole = Math.round(x * scale);
      // −0 and whatever does not come back bit for bit are left to the wider forms.
      return Math.abs(whole) < 2 ** 31 && whole / scale === x && !Object.is(x, -0);
    });
    if (fits) return decimals;
  }
  return null;
}

/** Whole numbers as their distance from the smallest, in one, two or four bytes each. */
function writeWhole(writer: ByteWriter, values: Int32Array): void {
  let smallest = 0;
  let largest = 0;
  for (const [i, value] of values.entries()) {
    smallest = i === 0 ? value : Math.min(smallest, value);
    largest = i === 0 ? value : Math.max(largest, value);
  }
  const span = largest - smallest;
  const width = span < 2 ** 8 ? 1 : span < 2 ** 16 ? 2 : 4;
  writer.signed(smallest);
  writer.unsigned(width);
  const bytes = new Uint8Array(values.length * width);
  for (const [i, value] of values.entries()) {
    for (let k = 0; k < width; k++)
      bytes[i * width + k] = Math.floor((value - smallest) / 2 ** (8 * k)) % 256;
  }
  writer.raw(bytes);
}

function readWhole(reader: ByteReader, count: number): Float64Array {
  const smallest = reader.signed();
  const width = reader.unsigned();
  const bytes = reader.raw(count * width);
  return Float64Array.from({ length: count }, (_, i) => {
    let distance = 0;
    for (let k = width - 1; k >= 0; k--) distance = distance * 256 + (bytes[i * width + k] ?? 0);
    return smallest + distance;
  });
}

function bitmap(values: Float64Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [i, x] of values.entries()) {
    if (Number.isNaN(x)) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return bits;
}

function littleEndian(values: Float64Array, width: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (const [i, x] of values.entries()) {
    if (width === 4) view.setFloat32(i * 4, x, true);
    else view.setFloat64(i * 8, x, true);
  }
  return bytes;
}
