import { basename } from 'node:path';
import { sampleRows } from '../baseline/sample-rows.ts';
import { compareTables } from '../compare/compare-tables.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../compare/options.ts';
import { UserError } from '../core/errors.ts';
import type { Comparison } from '../core/findings.ts';
import { applyFaults } from '../diagnose/apply-faults.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { readTable } from '../ingest/table/read-table.ts';
import type { ReadTable, ReadTableOptions } from '../ingest/table/read-table.ts';
import type { Io } from './io.ts';
import { progressBar } from './progress-bar.ts';

export interface ComparedFiles {
  readonly comparison: Comparison;
  /** What was decided while reading and could surprise. */
  readonly notes: readonly string[];
}

/** Reads the second file the way the first was understood, measures, and names what kind of shift it is. */
export async function compareFiles(
  referencePath: string,
  currentPath: string,
  options: ReadTableOptions,
  io: Pick<Io, 'isTerminal' | 'say' | 'clock'>,
): Promise<ComparedFiles> {
  const read = async (path: string, how: ReadTableOptions): Promise<ReadTable> => {
    const bar = progressBar(basename(path), io);
    const onProgress: ReadTableOptions['onProgress'] = ({ rows, fraction }) => bar.show(rows, fraction);
    return await readTable(path, { ...how, onProgress }).finally(bar.end);
  };
  const reference = await read(referencePath, options);
  const current = await read(currentPath, { columns: options.columns ?? {}, like: reference.shape });
  expectSomethingInCommon(reference, current, referencePath, currentPath);
  const notes = [...about(referencePath, reference), ...about(currentPath, current)];
  return { comparison: judge(reference, current), notes };
}

function judge(reference: ReadTable, current: ReadTable): Comparison {
  const { task, positiveClass } = reference.shape;
  const compared = compareTables(reference.table, current.table, { task, positiveClass });
  const { minRows, minLabelled } = DEFAULT_COMPARE_OPTIONS;
  const diagnosis = diagnose({
    task,
    positiveClass,
    compared,
    reference: sampleRows(reference.table),
    current: sampleRows(current.table),
    options: { minRows, minLabelled, hasBaseline: true, labelsTested: true },
  });
  return { ...compared, features: applyFaults(compared.features, diagnosis.faults), diagnosis };
}

function expectSomethingInCommon(
  reference: ReadTable,
  current: ReadTable,
  referencePath: string,
  currentPath: string,
): void {
  const { features, ...model } = reference.table;
  const shared =
    current.table.features.length > 0 ||
    (['prediction', 'score', 'label'] as const).some(
      (name) => model[name] !== null && current.table[name] !== null,
    );
  if (shared) return;
  const theirs = features.map(({ name }) => name).join(', ');
  throw new UserError(`${referencePath} and ${currentPath} have no columns in common`, {
    fix: theirs === '' ? `${referencePath} has no features.` : `The reference has ${theirs}.`,
  });
}

function about(path: string, { notes }: ReadTable): string[] {
  return notes.map((note) => `${path}: ${note}`);
}
