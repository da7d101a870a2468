import { ByteReader, ByteWriter } from '../bytes.ts';
import { OperationalProfile } from './operational-profile.ts';
import { slotsOf } from './forgotten-columns.ts';
import type {
  CategoricalReference,
  ColumnSlot,
  FeatureReference,
  NumericReference,
  ReferenceProfile,
} from './feature-reference.ts';
import { ifPresent, optional, readPerformance, writePerformance } from './outcomes/performance-codec.ts';

/** 1 had no counts of score by label. A baseline of it is refused; it must be made again from its file. */
const FORMAT_VERSION = 2;
const FEWEST_FEATURE_BYTES = 6;

/** The baseline as bytes: versioned, the same profile always the same bytes. A grid of whole numbers is stored by difference. */
export function encodeReference(reference: ReferenceProfile): Uint8Array {
  const writer = new ByteWriter();
  writer.unsigned(FORMAT_VERSION);
  writer.unsigned(reference.task === 'classification' ? 0 : 1);
  optional(writer, reference.positiveClass, (value) => writer.string(value));
  writer.unsigned(reference.rows);
  const slots = slotsOf(reference);
  writer.unsigned(slots.length);
  const features = reference.features.values();
  for (const slot of slots) {
    const feature = slot === 'kept' ? features.next().value : undefined;
    if (feature !== undefined) writeFeature(writer, feature);
    else writeForgotten(writer, slot);
  }
  for (const outcome of [reference.prediction, reference.score, reference.label]) {
    optional(writer, outcome, (value) => writeFeature(writer, value));
  }
  optional(writer, reference.performance, (value) => writePerformance(writer, value));
  optional(writer, reference.operation ?? null, (value) => value.encode(writer));
  return writer.finish();
}

/** Throws on bytes of another format, or damage. */
export function decodeReference(bytes: Uint8Array): ReferenceProfile {
  const reader = new ByteReader(bytes);
  const version = reader.unsigned();
  if (version !== FORMAT_VERSION) throw new Error(`baseline format ${version} is not known`);
  const head = {
    task: reader.unsigned() === 0 ? ('classification' as const) : ('regression' as const),
    positiveClass: ifPresent(reader, () => reader.string()),
    rows: reader.unsigned(),
  };
  const columns = Array.from({ length: reader.count(FEWEST_FEATURE_BYTES) }, () => readColumn(reader));
  const features = columns.filter((column) => typeof column !== 'string');
  const reference: ReferenceProfile = {
    ...head,
    features,
    ...(features.length < columns.length && {
      slots: columns.map((column): ColumnSlot => (typeof column === 'string' ? column : 'kept')),
    }),
    prediction: ifPresent(reader, () => readOutcome(reader)),
    score: ifPresent(reader, () => readOutcome(reader)),
    label: ifPresent(reader, () => readOutcome(reader)),
    performance: ifPresent(reader, () => readPerformance(reader)),
    operation: ifPresent(reader, () => OperationalProfile.decode(reader)),
  };
  if (!reader.done) throw new Error('baseline has bytes left over');
  return reference;
}

const KINDS = ['numeric', 'categorical', 'boolean'] as const;
/** After the kinds: columns that are forgotten. */
const FORGOTTEN = ['numeric', 'levels'] as const;

function writeForgotten(writer: ByteWriter, slot: ColumnSlot): void {
  writer.unsigned(KINDS.length + (slot === 'numeric' ? 0 : 1));
  // As long as the shortest column, which is what a reader counts by.
  for (let i = 1; i < FEWEST_FEATURE_BYTES; i++) writer.unsigned(0);
}

function readColumn(reader: ByteReader): FeatureReference | Exclude<ColumnSlot, 'kept'> {
  const at = reader.unsigned();
  const kind = KINDS[at];
  if (kind !== undefined) return readFeature(reader, kind);
  const slot = FORGOTTEN[at - KINDS.length];
  if (slot === undefined) throw new Error('baseline holds a feature of an unknown kind');
  reader.raw(FEWEST_FEATURE_BYTES - 1);
  return slot;
}

function readOutcome(reader: ByteReader): FeatureReference {
  const kind = KINDS[reader.unsigned()];
  if (kind === undefined) throw new Error('baseline holds an outcome of an unknown kind');
  return readFeature(reader, kind);
}

function writeFeature(writer: ByteWriter, feature: FeatureReference): void {
  writer.unsigned(KINDS.indexOf(feature.kind));
  writer.string(feature.name);
  for (const count of [feature.rows, feature.missing, feature.invalid, feature.infinite])
    writer.unsigned(count);
  if (feature.kind === 'numeric') writeNumeric(writer, feature);
  else writeCategorical(writer, feature);
}

function readFeature(reader: ByteReader, kind: FeatureReference['kind']): FeatureReference {
  const head = {
    name: reader.string(),
    rows: reader.unsigned(),
    missing: reader.unsigned(),
    invalid: reader.unsigned(),
    infinite: reader.unsigned(),
  };
  return kind === 'numeric' ? readNumeric(reader, head) : readCategorical(reader, head, kind);
}

type Head = Pick<FeatureReference, 'name' | 'rows' | 'missing' | 'invalid' | 'infinite'>;

function writeNumeric(writer: ByteWriter, feature: NumericReference): void {
  writer.unsigned(feature.grid.length);
  const whole = feature.grid.every((x) => Number.isInteger(x) && Math.abs(x) < 2 ** 50);
  writer.unsigned(whole ? 1 : 0);
  let before = 0;
  for (const x of feature.grid) {
    if (whole) writer.signed(x - before);
    else writer.float(x);
    before = x;
  }
  for (const count of feature.equal) writer.unsigned(count);
  writer.sparse(feature.between);
  for (const [i, count] of feature.between.entries()) {
    if (count !== 0) writer.float(feature.betweenSums[i] ?? 0);
  }
  writer.unsigned(feature.edges.length);
  for (const edge of feature.edges) writer.unsigned(edge);
  writer.unsigned(feature.exact ? 1 : 0);
  writer.unsigned(feature.n);
  writer.float(feature.mean);
  writer.float(feature.m2);
}

function readNumeric(reader: ByteReader, head: Head): NumericReference {
  const size = reader.count(1);
  const whole = reader.unsigned() === 1;
  const grid = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    grid[i] = whole ? (grid[i - 1] ?? 0) + reader.signed() : reader.float();
    if (!((grid[i] ?? Number.NaN) > (grid[i - 1] ?? -Infinity))) throw new RangeError('a grid does not rise');
  }
  const equal = Float64Array.from({ length: size }, () => reader.unsigned());
  const between = new Float64Array(size + 1);
  reader.sparse(between);
  return {
    kind: 'numeric',
    ...head,
    grid,
    equal,
    between,
    betweenSums: between.map((count) => (count === 0 ? 0 : reader.float())),
    edges: Int32Array.from({ length: reader.count(1) }, () => gridPlace(reader, size)),
    exact: reader.unsigned() === 1,
    n: reader.unsigned(),
    mean: reader.float(),
    m2: reader.float(),
  };
}

function gridPlace(reader: ByteReader, size: number): number {
  const at = reader.unsigned();
  if (at >= size) throw new RangeError('a bin ends outside its grid');
  return at;
}

function writeCategorical(writer: ByteWriter, feature: CategoricalReference): void {
  writer.unsigned(feature.levels.length);
  for (const [i, level] of feature.levels.entries()) {
    writer.string(level);
    writer.unsigned(feature.counts[i] ?? 0);
  }
  writer.unsigned(feature.otherLevels);
  writer.unsigned(feature.otherCount);
}

function readCategorical(
  reader: ByteReader,
  head: Head,
  kind: CategoricalReference['kind'],
): CategoricalReference {
  const size = reader.count(2);
  const levels: string[] = [];
  const counts = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    levels.push(reader.string());
    counts[i] = reader.unsigned();
  }
  return { kind, ...head, levels, counts, otherLevels: reader.unsigned(), otherCount: reader.unsigned() };
}
