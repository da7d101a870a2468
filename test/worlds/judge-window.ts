import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { FileComparison } from '../../src/core/findings.ts';
import type { Task } from '../../src/core/model.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { compareColumn } from '../../src/files/compare/column.ts';
import type { ComparedColumn } from '../../src/files/compare/column.ts';
import { cutRows } from '../../src/files/compare/cut.ts';
import type { Cut, CutInput, CutPart } from '../../src/files/compare/cut.ts';
import { timeRows } from '../../src/files/compare/timed-rows.ts';
import type { Window } from '../../src/files/compare/timed-rows.ts';
import { judgeAll } from '../../src/files/compare/judge.ts';
import type { SourcedColumn } from '../../src/ingest/table/column-source.ts';
import { EMPTY_ROWS } from '../../src/ingest/table/row-set.ts';
import { createRandom } from '../../src/stats/random.ts';
import { NumberPool } from '../../src/stats/table/number-pool.ts';

export interface JudgedTables {
  readonly reference: Table;
  readonly current: Table;
}

export interface JudgedModel {
  readonly task: Task;
  readonly positiveClass: string | null;
  /** What all columns show together leads to no verdict and takes the longest. */
  readonly together?: boolean;
  /** Windows follow each other: each is looked at with those before it. */
  readonly areInSeries?: boolean;
}

/** What `compare` says of two files, of the same rows in memory. */
export async function judgeWindow(tables: JudgedTables, model: JudgedModel): Promise<FileComparison> {
  const [{ comparison } = { comparison: null }] = await judgeWindows(tables, model, null);
  if (comparison === null) throw new Error('nothing was judged');
  return comparison;
}

export interface JudgedWindow {
  /** Null: all rows. */
  readonly window: Window | null;
  readonly comparison: FileComparison;
}

/**
 * What `compare --window` says: everything behind the reading of files is its own code.
 *
 * @param sizeMs of the windows; null: all rows are one
 */
export async function judgeWindows(
  { reference, current }: JudgedTables,
  { task, positiveClass, together = false, areInSeries = false }: JudgedModel,
  sizeMs: number | null,
): Promise<JudgedWindow[]> {
  const cut = cutWithKept(reference, {
    rows: { reference: reference.rows, current: current.rows },
    keys: { reference: keysOf(reference.rows, 1), current: keysOf(current.rows, 2) },
    labelled: labelledRows(current),
    features: reference.features.length,
    referenceMs: reference.timestampMs,
    currentMs: current.timestampMs,
    segments: [],
    windowed: sizeMs === null ? null : { ...windowed(reference, current, sizeMs), areInSeries },
  });
  // Samples are read from there while it is judged.
  const samplesFolder = await mkdtemp(join(tmpdir(), 'shiftwatch-world-'));
  const columns = comparedColumns(reference, current, cut, samplesFolder);
  const judged = judgeAll(
    {
      cut,
      columns,
      outputs: { reference: outputsOf(reference), current: outputsOf(current) },
      groups: [],
      times: { reference: reference.timestampMs, current: current.timestampMs },
      shape: { task, positiveClass },
      options: DEFAULT_COMPARE_OPTIONS,
      multivariate: together,
      calendar: [],
      lost: reference.features
        .map(({ name }) => name)
        .filter((name) => current.features.every((other) => other.name !== name)),
    },
    () => undefined,
  );
  const windows = Array.from(judged.comparisons, (comparison, at) => ({
    window: cut.windows?.[at] ?? null,
    comparison,
  }));
  await rm(samplesFolder, { recursive: true });
  return windows;
}

const keptParts = new WeakMap<Table, CutPart>();

/** Of a reference that is compared again and again the part is the same object: what is learned from its sample is kept with it. */
function cutWithKept(reference: Table, input: CutInput): Cut {
  const cut = cutRows(input);
  const [whole] = cut.slices;
  if (whole === undefined || input.windowed !== null) return cut;
  const kept = keptParts.get(reference);
  if (kept === undefined) keptParts.set(reference, whole.reference);
  return { ...cut, slices: [{ ...whole, reference: kept ?? whole.reference }] };
}

function windowed(reference: Table, current: Table, sizeMs: number): NonNullable<CutInput['windowed']> {
  if (current.timestampMs === null) throw new Error('rows without times are in no windows');
  return {
    sizeMs,
    current: timeRows('the current rows', current.timestampMs, sizeMs),
    reference: reference.timestampMs && timeRows('the reference', reference.timestampMs, sizeMs),
    season: null,
    timeZone: 'UTC',
    areInSeries: false,
  };
}

function comparedColumns(
  reference: Table,
  current: Table,
  cut: Cut,
  samplesFolder: string,
): ComparedColumn[] {
  const plan = { cut, options: DEFAULT_COMPARE_OPTIONS, preset: null, referenceChunks: null, samplesFolder };
  const pool = new NumberPool();
  const columns: ComparedColumn[] = [];
  for (const feature of reference.features) {
    const other = current.features.find(({ name }) => name === feature.name) ?? null;
    const pair = { before: copyOf(feature), now: other && copyOf(other) };
    columns.push(compareColumn(pair, plan, pool));
  }
  return columns;
}

function labelledRows({ label, rows }: Table): Uint8Array | null {
  if (label === null) return null;
  const isKnown = (row: number): boolean =>
    label.kind === 'numeric' ? !Number.isNaN(label.values[row]!) : label.codes[row]! >= 0;
  return Uint8Array.from({ length: rows }, (_, row) => (isKnown(row) ? 1 : 0));
}

/** Names of rows as ids would give them: any numbers below 2^53, by which samples are taken. */
function keysOf(rows: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => Math.floor(random() * 2 ** 53));
}

/** A column that was never in a file. A copy: what is compared may be sorted where it lies. */
function copyOf(column: Column): SourcedColumn {
  const copy: Column =
    column.kind === 'numeric'
      ? { ...column, values: column.values.slice() }
      : { ...column, codes: column.codes.slice() };
  return { column: copy, invalidRows: EMPTY_ROWS };
}

function outputsOf(table: Table): Table {
  return { ...table, features: [] };
}
