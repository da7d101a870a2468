import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Features, FeatureValue } from '../core/events/events.ts';
import type { FlatLayout, FlatRow } from '../core/events/flat-row.ts';
import {
  ChunkColumn,
  type EncodedColumn,
  FIRST_ROWS,
  type HeldTexts,
  openColumn,
  type ValueAt,
} from './chunk-column.ts';
import { FlatChunkColumn } from './flat-chunk-column.ts';

/** Far above what a checkpoint writes; a chunk that claims more is corrupt. */
const MAX_CHUNK_BYTES = 512 * 1024 * 1024;
const VERSION = 2;
/** A block of the reader has no more. */
const PENDING_ROWS = 256;

/** Of columns of numbers level 3, the default, leaves one per cent less and takes two thirds more time. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

interface ChunkHeader {
  readonly rows: number;
  readonly columns: readonly ({ readonly name: string } & Omit<EncodedColumn, 'data'> & { bytes: number })[];
}

/**
 * The full feature values of many predictions as compressed columns, so that names are stored once and like stands
 * beside like. Layout: version, length of the header, header as JSON, the columns' bytes; all of it in zstd.
 */
export class FeatureChunkBuilder {
  readonly #columns = new Map<string, ChunkColumn>();
  /** The columns of a layout in its order: rows of one shape need no look-up by name. */
  readonly #layouts = new WeakMap<FlatLayout, readonly FlatChunkColumn[]>();
  #rows = 0;
  /** Rows of a block that are still to be taken. */
  #block: FlatRow | null = null;
  readonly #pending = new Uint16Array(PENDING_ROWS);
  #pendingRows = 0;
  readonly #texts: HeldTexts = { length: 0 };
  #sealed: Uint8Array | null = null;

  get rows(): number {
    return this.#rows;
  }

  /** What it takes of memory, about, in values of eight bytes: a column has room for every row, named or not. */
  get cells(): number {
    if (this.#sealed !== null) return this.#sealed.length / 8;
    return this.#columns.size * Math.max(this.#rows, FIRST_ROWS) + this.#texts.length / 8;
  }

  /** No more rows: what is held is compressed now, and takes little more than that. */
  seal(): void {
    this.#sealed = this.encode();
    for (const column of this.#columns.values()) column.letGo();
    this.#columns.clear();
  }

  add(features: Features): void {
    this.flush();
    for (const [name, value] of features) this.#column(name).set(this.#rows, value);
    this.#rows += 1;
  }

  /**
   * The features of a flat row: what `add` does with the event it stands for. They are taken column by column in `flush`,
   * which must come before another block of rows is read.
   */
  addFlat(row: FlatRow): void {
    if (this.#block !== null && this.#block.layout !== row.layout) this.flush();
    this.#block = row;
    this.#pending[this.#pendingRows] = row.at;
    this.#pendingRows += 1;
    this.#rows += 1;
    if (this.#pendingRows === this.#pending.length) this.flush();
  }

  /** Takes what `addFlat` has noted. */
  flush(): void {
    const block = this.#block;
    if (block === null) return;
    const rows = this.#pending.subarray(0, this.#pendingRows);
    const from = this.#rows - this.#pendingRows;
    for (const column of this.#columnsOf(block.layout)) column.take(block, rows, from);
    this.#block = null;
    this.#pendingRows = 0;
  }

  #columnsOf(layout: FlatLayout): readonly FlatChunkColumn[] {
    let columns = this.#layouts.get(layout);
    if (columns === undefined) {
      columns = layout.features.map((column) => new FlatChunkColumn(column, this.#column(column.name)));
      this.#layouts.set(layout, columns);
    }
    return columns;
  }

  #column(name: string): ChunkColumn {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new ChunkColumn(this.#texts);
      this.#columns.set(name, column);
    }
    return column;
  }

  encode(): Uint8Array {
    if (this.#sealed !== null) return this.#sealed;
    this.flush();
    const encoded = [...this.#columns].map(([name, column]) => ({ name, ...column.encode(this.#rows) }));
    const header: ChunkHeader = {
      rows: this.#rows,
      columns: encoded.map(({ data, ...column }) => ({ ...column, bytes: data.length })),
    };
    return packChunk(
      header,
      encoded.map(({ data }) => data),
    );
  }
}

/** All rows of a chunk by index; absent features are missing from the map. */
export function decodeFeatureChunk(data: Uint8Array): Features[] {
  const chunk = openChunk(data);
  return Array.from({ length: chunk.rows }, (_, row) => featuresOf(chunk, row));
}

/** Some rows of a chunk by index: of the thousands in it a sample wants a few, and a row is a hundred times its bytes. */
export function decodeFeatureRows(data: Uint8Array, wanted: Iterable<number>): Map<number, Features> {
  const chunk = openChunk(data);
  return new Map(
    [...wanted].flatMap((row) => (row < chunk.rows ? [[row, featuresOf(chunk, row)] as const] : [])),
  );
}

function featuresOf({ columns }: OpenChunk, row: number): Features {
  const features = new Map<string, FeatureValue>();
  for (const [name, at] of columns) {
    const value = at(row);
    if (value !== undefined) features.set(name, value);
  }
  return features;
}

/** A row's features by name, read where they lie: twenty thousand rows of fifty take no object a value. */
export type NamedFeatures = Pick<Features, 'get'>;

/** Answers undefined for rows that the chunk does not have. */
export function rowsOfChunk(data: Uint8Array): (row: number) => NamedFeatures | undefined {
  const { rows, columns } = openChunk(data);
  return (row) => (row < rows ? { get: (name) => columns.get(name)?.(row) } : undefined);
}

/** A chunk, and which of its rows are wanted. */
export interface WantedRows {
  readonly data: Uint8Array;
  readonly rows: readonly number[];
}

/** The wanted rows of some chunks as one chunk, in the order of the chunks and of their lists. */
export function repackRows(chunks: readonly WantedRows[]): Uint8Array {
  const builder = new FeatureChunkBuilder();
  for (const { data, rows } of chunks) {
    const found = decodeFeatureRows(data, rows);
    for (const row of rows) builder.add(found.get(row) ?? new Map());
  }
  return builder.encode();
}

/** A chunk without one of its columns; null: it does not have it. Values of the others stay the bytes they are. */
export function chunkWithout(data: Uint8Array, name: string): Uint8Array | null {
  const { header, bytes, headerEnd } = unpackChunk(data);
  if (!header.columns.some((column) => column.name === name)) return null;
  const kept: Buffer[] = [];
  let at = headerEnd;
  for (const column of header.columns) {
    if (column.name !== name) kept.push(bytes.subarray(at, at + column.bytes));
    at += column.bytes;
  }
  return packChunk({ ...header, columns: header.columns.filter((column) => column.name !== name) }, kept);
}

interface OpenChunk {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ValueAt>;
}

function unpackChunk(data: Uint8Array): { header: ChunkHeader; bytes: Buffer; headerEnd: number } {
  const bytes = zstdDecompressSync(data, { maxOutputLength: MAX_CHUNK_BYTES });
  if (bytes[0] !== VERSION) throw new RangeError(`a chunk of version ${bytes[0]}, not ${VERSION}`);
  const headerEnd = 5 + bytes.readUInt32LE(1);
  return { header: JSON.parse(bytes.toString('utf8', 5, headerEnd)) as ChunkHeader, bytes, headerEnd };
}

function packChunk(header: ChunkHeader, columns: readonly Uint8Array[]): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(5);
  start.writeUInt8(VERSION, 0);
  start.writeUInt32LE(text.length, 1);
  return zstdCompressSync(Buffer.concat([start, text, ...columns]), FASTEST);
}

function openChunk(data: Uint8Array): OpenChunk {
  const { header, bytes, headerEnd } = unpackChunk(data);
  const columns = new Map<string, ValueAt>();
  let at = headerEnd;
  for (const { name, bytes: length, ...column } of header.columns) {
    if (at + length > bytes.length) throw new RangeError('a chunk ends before its columns do');
    columns.set(name, openColumn({ ...column, data: bytes.subarray(at, at + length) }));
    at += length;
  }
  return { rows: header.rows, columns };
}
