/**
 * The sampled cells of one column, on disk until they are judged: every window has a sample of its own, whole enough
 * whatever the number of windows, and memory holds those of one window at a time.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Column, FeatureKind } from '../../core/table.ts';
import { takeColumn } from '../../stats/table/sample-rows.ts';
import type { Cut } from './cut.ts';

/** A column without its cells. */
interface Described {
  readonly name: string;
  readonly kind: FeatureKind;
  /** Of a category. */
  readonly levels: readonly string[];
}

/** Places are bytes from the beginning, by slice; on the current side by window, too. */
export interface KeptSamples {
  readonly path: string;
  readonly before: Described;
  /** Null: the current file does not have the column. */
  readonly now: Described | null;
  readonly places: readonly { readonly reference: number; readonly current: readonly number[] }[];
}

/** Writes the samples of a column, slice by slice, into a file that is not there yet. */
export function keepSamples(path: string, { slices }: Cut, before: Column, now: Column | null): KeptSamples {
  const file = openSync(path, 'wx');
  let end = 0;
  const keep = (column: Column | null, rows: Int32Array): number => {
    const at = end;
    if (column !== null) end += write(file, takeColumn(column, rows));
    return at;
  };
  try {
    return {
      path,
      before: described(before),
      now: now && described(now),
      places: slices.map(({ reference, current }) => ({
        reference: keep(before, reference.sample),
        current: current.map(({ sample }) => keep(now, sample)),
      })),
    };
  } finally {
    closeSync(file);
  }
}

/** Of the reference of a slice. */
export function keptReference({ path, before, places }: KeptSamples, slice: number, rows: number): Column {
  return read(path, before, places[slice]?.reference, rows);
}

/** Of a window of a slice; null where the current file does not have the column. */
export function keptWindow(
  { path, now, places }: KeptSamples,
  slice: number,
  window: number,
  rows: number,
): Column | null {
  return now && read(path, now, places[slice]?.current[window], rows);
}

function described(column: Column): Described {
  const { name, kind } = column;
  return { name, kind, levels: column.kind === 'numeric' ? [] : column.levels };
}

/** @returns how many bytes */
function write(file: number, column: Column): number {
  const cells = column.kind === 'numeric' ? column.values : column.codes;
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  return bytes.length;
}

function read(
  path: string,
  { name, kind, levels }: Described,
  place: number | undefined,
  rows: number,
): Column {
  if (place === undefined) throw new Error(`no sample of ${name} was kept`);
  const bytes = new Uint8Array((kind === 'numeric' ? 8 : 4) * rows);
  const file = openSync(path, 'r');
  try {
    for (let at = 0; at < bytes.length;) {
      const some = readSync(file, bytes, at, bytes.length - at, place + at);
      if (some === 0) throw new Error(`${path} is shorter than it was written`);
      at += some;
    }
  } finally {
    closeSync(file);
  }
  return kind === 'numeric'
    ? { name, kind, values: new Float64Array(bytes.buffer), invalid: 0 }
    : { name, kind, codes: new Int32Array(bytes.buffer), levels, invalid: 0 };
}
