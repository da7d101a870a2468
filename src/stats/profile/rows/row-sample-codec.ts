import type { FeatureValue, RowProbabilities } from '../../../core/events/events.ts';
import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { ReferenceProfile } from '../feature-reference.ts';
import { FORGOTTEN_COLUMN, slotsOf } from '../forgotten-columns.ts';
import { readNumbers, writeNumbers } from '../../packed-numbers.ts';
import { readCells, readMarks, readTexts, writeCells, writeMarks, writeTexts } from './packed-cells.ts';
import type { Cell } from './packed-cells.ts';
import type { SampledLabel, SampledPrediction, SampledRow } from './row-sample.ts';
import { lesserHash, MOST_SAMPLED_CLASSES, MOST_SEGMENTS, RowSample, SAMPLE_ROWS } from './row-sample.ts';

/** 1 had neither times nor probabilities. */
const FORMAT_VERSION = 2;
const HASH_BYTES = 8;
/** Which pieces of a row there are. */
const HAS_VALUES = 1;
const HAS_PREDICTION = 2;
const HAS_LABEL = 4;

/**
 * A row sample as bytes, column by column, without loss; the same sample always the same bytes. Feature names are not in
 * it: the baseline has them, and a mark over them makes sure that it is the same baseline.
 */
export function encodeRowSample(sample: RowSample): Uint8Array {
  const { rows, cutoff } = sample;
  const list = rows.map(([, row]) => row);
  const writer = new ByteWriter();
  writer.unsigned(FORMAT_VERSION);
  writer.unsigned(namesMark(sample.reference));
  writer.unsigned(sample.capacity);
  writer.unsigned(cutoff === null ? 0 : 1);
  if (cutoff !== null) writer.bits64(cutoff);
  writer.unsigned(rows.length);
  for (const [hash] of rows) writer.bits64(hash);
  writeMarks(writer, Int32Array.from(list, piecesOf));
  const values = list.flatMap((row) => (row.values === null ? [] : [row.values]));
  let feature = 0;
  for (const slot of slotsOf(sample.reference)) {
    const at = slot === 'kept' ? feature++ : -1;
    writeCells(
      writer,
      values.map((cells) => cells[at]),
    );
  }
  writePredictions(
    writer,
    list.flatMap((row) => row.predicted ?? []),
  );
  writeLabels(
    writer,
    list.flatMap((row) => row.labelled ?? []),
  );
  return writer.finish();
}

/**
 * Throws on bytes of another format, another baseline, or damage.
 *
 * @param below rows from this hash on are not wanted by who asks; the sample then says that it left them out
 */
export function decodeRowSample(
  bytes: Uint8Array,
  reference: ReferenceProfile,
  below: bigint | null = null,
): RowSample {
  const reader = new ByteReader(bytes);
  const version = reader.unsigned();
  if (version !== FORMAT_VERSION && version !== 1)
    throw new Error(`row sample format ${version} is not known`);
  const mark = reader.unsigned();
  const slots = slotsOf(reference);
  // The mark of one with forgotten columns says so and no more: it would be of names that nobody knows any more.
  const isOther = mark !== FORGOTTEN_COLUMN && reference.slots === undefined && mark !== namesMark(reference);
  if (isOther) throw new Error('stored rows belong to another baseline');
  const capacity = Math.min(SAMPLE_ROWS, reader.unsigned());
  const cutoff = lesserHash(reader.unsigned() === 1 ? reader.bits64() : null, below);
  const sample = new RowSample(reference, { capacity, cutoff });
  const rows = reader.count(HASH_BYTES);
  if (rows > capacity) throw new RangeError(`${rows} rows are more than a sample keeps`);
  const hashes = Array.from({ length: rows }, () => reader.bits64());
  const pieces = readMarks(reader, rows);
  const having = (piece: number): number => pieces.filter((mark) => (mark & piece) !== 0).length;
  const columns = slots.flatMap((slot) => {
    const cells = readCells(reader, having(HAS_VALUES));
    return slot === 'kept' ? [cells] : [];
  });
  const predictions = readPredictions(reader, having(HAS_PREDICTION), version);
  const labels = readLabels(reader, having(HAS_LABEL));
  if (!reader.done) throw new Error('row sample has bytes left over');
  const next = { values: 0, predicted: 0, labelled: 0 };
  for (const [i, hash] of hashes.entries()) {
    // They are stored in order.
    if (!sample.wants(hash)) break;
    const mark = pieces[i] ?? 0;
    sample.put(hash, {
      values: (mark & HAS_VALUES) === 0 ? null : rowValues(columns, next.values++),
      predicted: (mark & HAS_PREDICTION) === 0 ? null : (predictions[next.predicted++] ?? null),
      labelled: (mark & HAS_LABEL) === 0 ? null : (labels[next.labelled++] ?? null),
    });
  }
  return sample;
}

function rowValues(columns: readonly (readonly Cell[])[], row: number): (FeatureValue | undefined)[] {
  return columns.map((cells) => cells[row]);
}

function piecesOf(row: SampledRow): number {
  return (
    (row.values === null ? 0 : HAS_VALUES) |
    (row.predicted === null ? 0 : HAS_PREDICTION) |
    (row.labelled === null ? 0 : HAS_LABEL)
  );
}

function writePredictions(writer: ByteWriter, predictions: readonly SampledPrediction[]): void {
  writeCells(
    writer,
    predictions.map(({ prediction }) => prediction),
  );
  writeCells(
    writer,
    predictions.map(({ score }) => score),
  );
  writeMarks(
    writer,
    Int32Array.from(predictions, ({ segments }) => segments.length),
  );
  writeTexts(
    writer,
    predictions.flatMap(({ segments }) => segments),
  );
  writeTimes(
    writer,
    predictions.map(({ atMs }) => atMs),
  );
  writeProbabilities(
    writer,
    predictions.map(({ probabilities }) => probabilities),
  );
}

/** As distances from the first, which fit four bytes within a window of three weeks. */
function writeTimes(writer: ByteWriter, times: readonly (number | null)[]): void {
  const first = times.reduce<number>((least, at) => Math.min(least, at ?? least), Infinity);
  writer.float(first);
  writeNumbers(
    writer,
    Float64Array.from(times, (at) => (at === null ? Number.NaN : at - first)),
  );
}

function readTimes(reader: ByteReader, count: number): (number | null)[] {
  const first = reader.float();
  return Array.from(readNumbers(reader, count), (since) => (Number.isNaN(since) ? null : first + since));
}

/** Lists of classes once, which row has which, and class by class the numbers of a list's rows. */
function writeProbabilities(writer: ByteWriter, rows: readonly (RowProbabilities | null)[]): void {
  const byClasses = Map.groupBy(
    rows.filter((row) => row !== null),
    ({ classes }) => JSON.stringify(classes),
  );
  const lists = [...byClasses.keys()];
  writer.unsigned(lists.length);
  writeMarks(
    writer,
    Int32Array.from(rows, (row) => (row === null ? 0 : lists.indexOf(JSON.stringify(row.classes)) + 1)),
  );
  for (const [list, ofList] of byClasses) {
    writer.string(list);
    for (const k of ofList[0]?.classes.keys() ?? []) {
      writeNumbers(
        writer,
        Float64Array.from(ofList, ({ values }) => values[k] ?? Number.NaN),
      );
    }
  }
}

function readProbabilities(reader: ByteReader, count: number): (RowProbabilities | null)[] {
  const lists = reader.count(1);
  const marks = readMarks(reader, count);
  const read = Array.from({ length: lists }, (_, list) => {
    const classes = classesIn(reader.string());
    const rows = marks.filter((mark) => mark === list + 1).length;
    return { classes, columns: classes.map(() => readNumbers(reader, rows)), next: 0 };
  });
  return Array.from(marks, (mark) => {
    if (mark === 0) return null;
    const list = read[mark - 1];
    if (list === undefined) throw new RangeError('probabilities of classes that are not listed');
    const at = list.next++;
    return { classes: list.classes, values: list.columns.map((column) => column[at] ?? Number.NaN) };
  });
}

function classesIn(list: string): string[] {
  const classes: unknown = JSON.parse(list);
  const isList = Array.isArray(classes) && classes.every((name) => typeof name === 'string');
  if (!isList || classes.length > MOST_SAMPLED_CLASSES) throw new RangeError('a list of classes is none');
  return classes;
}

function readPredictions(reader: ByteReader, count: number, version: number): SampledPrediction[] {
  const predictions = readCells(reader, count);
  const scores = readCells(reader, count);
  const sizes = readMarks(reader, count);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // Alike sizes take no bytes a row, so what they add up to must be bounded before it is believed.
  if (total > count * MOST_SEGMENTS) throw new RangeError('more segments than a row has');
  const segments = readTexts(reader, total);
  const times = version === 1 ? [] : readTimes(reader, count);
  const probabilities = version === 1 ? [] : readProbabilities(reader, count);
  let at = 0;
  return predictions.map((prediction, i) => {
    const from = at;
    at += sizes[i] ?? 0;
    return {
      prediction: outcome(prediction),
      score: numberOrNull(scores[i]),
      segments: segments.slice(from, at),
      atMs: times[i] ?? null,
      probabilities: probabilities[i] ?? null,
    };
  });
}

function writeLabels(writer: ByteWriter, labels: readonly SampledLabel[]): void {
  writeCells(
    writer,
    labels.map(({ label }) => label),
  );
  writeMarks(
    writer,
    Int32Array.from(labels, ({ rank }) => rank.sourceRank * 2 + (rank.final ? 1 : 0)),
  );
  writeCells(
    writer,
    labels.map(({ rank }) => rank.atMs),
  );
  for (const { rank } of labels) writer.string(rank.position);
}

function readLabels(reader: ByteReader, count: number): SampledLabel[] {
  const labels = readCells(reader, count);
  const ranks = readMarks(reader, count);
  const times = readCells(reader, count);
  return labels.map((label, i) => {
    const rank = ranks[i] ?? 0;
    return {
      label: outcome(label) ?? '',
      rank: {
        sourceRank: Math.floor(rank / 2),
        final: rank % 2 === 1,
        atMs: numberOrNull(times[i]) ?? 0,
        position: reader.string(),
      },
    };
  });
}

function outcome(cell: Cell): string | number | null {
  if (typeof cell === 'string' || typeof cell === 'number' || cell === null) return cell;
  throw new RangeError('a prediction or label that is neither text nor number');
}

function numberOrNull(cell: Cell): number | null {
  if (typeof cell === 'number' || cell === null) return cell;
  throw new RangeError('a number is something else');
}

const marks = new WeakMap<ReferenceProfile, number>();

/** 32 bits over the features' names, in order. */
function namesMark(reference: ReferenceProfile): number {
  if (reference.slots !== undefined) return FORGOTTEN_COLUMN;
  let mark = marks.get(reference);
  if (mark === undefined) {
    mark = 0x811c9dc5;
    for (const byte of Buffer.from(JSON.stringify(reference.features.map(({ name }) => name)))) {
      mark = Math.imul(mark ^ byte, 0x01000193);
    }
    mark >>>= 0;
    marks.set(reference, mark);
  }
  return mark;
}
