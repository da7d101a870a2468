import { availableParallelism } from 'node:os';
import { unreadableFile } from '../../ingest/table/formats/unreadable-file.ts';
import type { ColumnReader } from '../../ingest/table/column-source.ts';
import { NumberPool } from '../../stats/table/number-pool.ts';
import { beginPair, compareColumn } from './column.ts';
import type { ColumnPlan, ComparedColumn, ReadColumns, SourcePair } from './column.ts';
import { Comparer } from './comparer.ts';

/**
 * From this many cells on another thread is worth what it costs: its start, code that is compiled once more (two seconds of a
 * processor), and 24 bytes for each row of the columns it works on. Below, one is done within seconds.
 */
const CELLS_WORTH_THREADS = 100_000_000;
/** One that reads keeps about so many busy. */
const MOST_BY_ITSELF = 4;

export interface ColumnsToCompare {
  readonly pairs: readonly SourcePair[];
  readonly plan: ColumnPlan;
  /** Empty: this thread compares. */
  readonly comparers: readonly Comparer[];
  /** Named when a column cannot be read. */
  readonly path: string;
  readonly reader: ColumnReader;
  onDone(columns: number): void;
}

/**
 * Threads beside this one, as many as pay. They may be started before there is anything to do: that takes them a while.
 *
 * @param threads this one included; null: the cores of the machine, up to four, where there is much to do
 */
export function startComparers({
  columns,
  cells,
  threads,
}: {
  readonly columns: number;
  /** Of both sides together. */
  readonly cells: number;
  readonly threads: number | null;
}): Comparer[] {
  const wanted =
    threads ?? (cells < CELLS_WORTH_THREADS ? 1 : Math.min(MOST_BY_ITSELF, availableParallelism()));
  return Array.from({ length: Math.min(wanted - 1, columns) }, () => new Comparer());
}

/** Compares every pair; the answers come in the order of the pairs. */
export async function compareAllColumns(work: ColumnsToCompare): Promise<ComparedColumn[]> {
  return work.comparers.length > 0 ? await inOtherThreads(work) : await inThisThread(work);
}

/** The database reads the next columns while this thread compares those it has read. */
async function inThisThread(work: ColumnsToCompare): Promise<ComparedColumn[]> {
  const pool = new NumberPool();
  const compared: ComparedColumn[] = [];
  for await (const columns of readAhead(work)) {
    compared.push(compareColumn(columns, work.plan, pool));
    release(columns, work.reader);
    work.onDone(compared.length);
  }
  return compared;
}

/** This thread reads: one pair waits here for a thread that has time, while the database is at work on the next. */
async function inOtherThreads(work: ColumnsToCompare): Promise<ComparedColumn[]> {
  const { plan, reader, comparers } = work;
  for (const comparer of comparers) comparer.begin(plan);
  // Of each thread what it is at, which answers the thread when that is done.
  const atWork = new Map(comparers.map((comparer) => [comparer, Promise.resolve(comparer)]));
  const compared: ComparedColumn[] = [];
  let next = 0;
  let done = 0;
  for await (const columns of readAhead(work)) {
    const free = await Promise.race(atWork.values());
    const place = next++;
    const comparing = free.compare(columns).then((answered) => {
      compared[place] = answered.found;
      release(answered.columns, reader);
      work.onDone((done += 1));
      return free;
    });
    // Whoever waits for it next is told of an error; until then nobody listens.
    comparing.catch(() => {});
    atWork.set(free, comparing);
  }
  await Promise.all(atWork.values());
  return compared;
}

/** Every pair in turn; the database is at work on the next one while one is looked at. */
async function* readAhead({ pairs, path, reader }: ColumnsToCompare): AsyncGenerator<ReadColumns> {
  const [first, ...others] = pairs;
  try {
    let begun = first && (await beginPair(first, reader));
    for (let at = 0; begun !== undefined; at += 1) {
      const read = await begun.finish();
      const next = others[at];
      begun = next && (await beginPair(next, reader));
      yield read;
    }
  } catch (error) {
    throw await unreadableFile(path, error);
  }
}

function release({ before, now }: ReadColumns, reader: ColumnReader): void {
  for (const column of [before, now]) if (column !== null) reader.release(column);
}
