import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { ScoreCells } from '../../performance/score-cells.ts';
import type { LossSums } from '../../performance/score-losses.ts';
import { MAX_CONFUSION_CLASSES } from './confusion.ts';
import type { ClassificationCounts, PerformanceCounts, RegressionCounts } from '../feature-reference.ts';

/** How the baseline's own performance is stored, as a part of the baseline's bytes. */
export function writePerformance(writer: ByteWriter, performance: PerformanceCounts): void {
  writer.unsigned(performance.task === 'classification' ? 0 : 1);
  writer.unsigned(performance.n);
  if (performance.task === 'classification') writeClassification(writer, performance);
  else writeRegression(writer, performance);
}

export function readPerformance(reader: ByteReader): PerformanceCounts {
  const classification = reader.unsigned() === 0;
  const n = reader.unsigned();
  return classification ? readClassification(reader, n) : readRegression(reader, n);
}

function writeRegression(writer: ByteWriter, counts: RegressionCounts): void {
  for (const sum of [counts.sumError, counts.sumAbsolute, counts.sumSquared, counts.sumFourth])
    writer.float(sum);
  optional(writer, counts.labels, (labels) => {
    for (const sum of [
      labels.sum,
      labels.sumSquared,
      labels.sumCubed,
      labels.sumFourth,
      labels.sumErrorLabel,
      labels.sumErrorLabelSquared,
    ])
      writer.float(sum);
  });
  optional(writer, counts.percentage, (losses) => writeLosses(writer, losses));
}

function readRegression(reader: ByteReader, n: number): RegressionCounts {
  return {
    task: 'regression',
    n,
    sumError: reader.float(),
    sumAbsolute: reader.float(),
    sumSquared: reader.float(),
    sumFourth: reader.float(),
    labels: ifPresent(reader, () => ({
      sum: reader.float(),
      sumSquared: reader.float(),
      sumCubed: reader.float(),
      sumFourth: reader.float(),
      sumErrorLabel: reader.float(),
      sumErrorLabelSquared: reader.float(),
    })),
    percentage: ifPresent(reader, () => readLosses(reader)),
  };
}

function writeClassification(writer: ByteWriter, counts: ClassificationCounts): void {
  writer.unsigned(counts.correct);
  writer.unsigned(counts.classes.length);
  for (const name of counts.classes) writer.string(name);
  writer.sparse(counts.confusion.flat());
  optional(writer, counts.brier, (losses) => writeLosses(writer, losses));
  optional(writer, counts.logLoss, (losses) => writeLosses(writer, losses));
  optional(writer, counts.cells, (cells) => writeCells(writer, cells));
  const byClass = counts.cellsByClass ?? new Map<string, ScoreCells>();
  writer.unsigned(byClass.size);
  for (const [name, cells] of byClass) {
    writer.string(name);
    writeCells(writer, cells);
  }
}

function readClassification(reader: ByteReader, n: number): ClassificationCounts {
  const correct = reader.unsigned();
  const classes = Array.from({ length: reader.count(1) }, () => reader.string());
  if (classes.length > MAX_CONFUSION_CLASSES) throw new RangeError('more classes than have a place');
  const side = classes.length + 1;
  const flat = new Float64Array(side * side);
  reader.sparse(flat);
  const counts = {
    task: 'classification',
    n,
    correct,
    classes,
    confusion: Array.from({ length: side }, (_, i) => [...flat.subarray(i * side, (i + 1) * side)]),
    brier: ifPresent(reader, () => readLosses(reader)),
    logLoss: ifPresent(reader, () => readLosses(reader)),
    cells: ifPresent(reader, () => readCells(reader)),
  } as const;
  const byClass = Array.from(
    { length: reader.count(2) },
    () => [reader.string(), readCells(reader)] as const,
  );
  return { ...counts, cellsByClass: byClass.length === 0 ? null : new Map(byClass) };
}

function writeLosses(writer: ByteWriter, { n, sum, sumOfSquares }: LossSums): void {
  writer.unsigned(n);
  writer.float(sum);
  writer.float(sumOfSquares);
}

function readLosses(reader: ByteReader): LossSums {
  return { n: reader.unsigned(), sum: reader.float(), sumOfSquares: reader.float() };
}

/** A cell of one score needs no second end and no sum. */
function writeCells(writer: ByteWriter, cells: ScoreCells): void {
  writer.unsigned(cells.low.length);
  for (const [i, low] of cells.low.entries()) {
    const high = cells.high[i] ?? low;
    writer.unsigned(low === high ? 0 : 1);
    writer.float(low);
    writer.unsigned(cells.negatives[i] ?? 0);
    writer.unsigned(cells.positives[i] ?? 0);
    if (low === high) continue;
    writer.float(high);
    writer.float(cells.sums[i] ?? 0);
  }
}

const FEWEST_CELL_BYTES = 11;

function readCells(reader: ByteReader): ScoreCells {
  const size = reader.count(FEWEST_CELL_BYTES);
  const column = (): Float64Array => new Float64Array(size);
  const cells = {
    low: column(),
    high: column(),
    negatives: column(),
    positives: column(),
    sums: column(),
  };
  let below = -Infinity;
  for (let i = 0; i < size; i++) {
    const isStretch = reader.unsigned() === 1;
    const low = reader.float();
    const n = reader.unsigned();
    const p = reader.unsigned();
    const high = isStretch ? reader.float() : low;
    if (!(low >= below && high >= low)) throw new RangeError('scores do not rise');
    cells.low[i] = low;
    cells.high[i] = high;
    cells.negatives[i] = n;
    cells.positives[i] = p;
    cells.sums[i] = isStretch ? reader.float() : low * (n + p);
    below = high;
  }
  return cells;
}

export function optional<T>(writer: ByteWriter, value: T | null, write: (value: T) => void): void {
  writer.unsigned(value === null ? 0 : 1);
  if (value !== null) write(value);
}

export function ifPresent<T>(reader: ByteReader, read: () => T): T | null {
  return reader.unsigned() === 1 ? read() : null;
}
