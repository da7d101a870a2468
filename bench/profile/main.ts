/**
 * What profiles and row samples cost: `node --expose-gc --max-semi-space-size=128 bench/profile/main.ts`.
 *
 * Bytes stored per feature, bytes held in memory, bytes a row sample takes, and bytes allocated per event on the way from
 * a message to its counts.
 */
import { cpus } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { idHash } from '../../src/core/ids/id-hash.ts';
import { createDecoder, type Decoder } from '../../src/decode/decoder.ts';
import { FlatReader } from '../../src/decode/fast/flat-reader.ts';
import { ensureKernel } from '../../src/kernel/load-kernel.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { ByteWriter } from '../../src/stats/bytes.ts';
import { createRandom } from '../../src/stats/random.ts';
import { categoricalReference } from '../../src/stats/profile/categorical-reference.ts';
import { coarsenNumeric, coarsenReference } from '../../src/stats/profile/coarsen.ts';
import { createFeatureProfile } from '../../src/stats/profile/feature-profile.ts';
import type { FeatureReference } from '../../src/stats/profile/feature-reference.ts';
import { FlatCounting } from '../../src/stats/profile/flat/flat-counting.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { numericReference } from '../../src/stats/profile/numeric-reference.ts';
import { decodeRowSample, encodeRowSample } from '../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample, sampleCapacity } from '../../src/stats/profile/rows/row-sample.ts';
import { predictionMessages, trainingReference } from '../parse/messages.ts';

const TRAINING_ROWS = 50_000;
const WINDOW_GRID_POINTS = 512;
const SEGMENT_GRID_POINTS = 64;
const ROW_COUNTS = [0, 1_000, 100_000];
const RECORD_MS = Date.UTC(2026, 5, 1);
const POSITION = { source: 'bench', partition: 0, offset: 0n };
const noRows = { rows: TRAINING_ROWS, missing: 0, invalid: 0, infinite: 0 };

const random = createRandom(1);
const bell = (): number => random() + random() + random() - 1.5;
const age = (): number => Math.round(40 + 15 * bell());
const channel = (): string => `channel ${Math.floor(random() ** 2 * 6)}`;
const town = (): string => `town ${Math.floor(random() ** 3 * 5_000)}`;
const user = (): string => `user-${Math.floor(random() * 1e9)}`;

function sizes(): void {
  const sorted = (draw: () => number): Float64Array =>
    Float64Array.from({ length: TRAINING_ROWS }, draw).sort();
  const levels = (draw: () => string): [string, number][] =>
    Array.from({ length: TRAINING_ROWS }, () => [draw(), 1]);
  const amount = numericReference('amount', sorted(bell), noRows);
  const years = numericReference('age', sorted(age), noRows);
  const cases: { name: string; reference: FeatureReference; draw: () => number | string }[] = [
    { name: 'numeric, 4,096 points', reference: amount, draw: bell },
    {
      name: `numeric, ${WINDOW_GRID_POINTS} points`,
      reference: coarsenNumeric(amount, WINDOW_GRID_POINTS),
      draw: bell,
    },
    {
      name: `numeric, ${SEGMENT_GRID_POINTS} points`,
      reference: coarsenNumeric(amount, SEGMENT_GRID_POINTS),
      draw: bell,
    },
    { name: `whole numbers, ${years.grid.length} points`, reference: years, draw: age },
    {
      name: 'categorical, 6 levels',
      reference: categoricalReference('c', 'categorical', levels(channel), noRows),
      draw: channel,
    },
    {
      name: 'categorical, 1,000 levels',
      reference: categoricalReference('t', 'categorical', levels(town), noRows),
      draw: town,
    },
    {
      name: 'categorical, ids',
      reference: categoricalReference('u', 'categorical', levels(user), noRows),
      draw: user,
    },
  ];
  console.log(
    `\nstored bytes a feature       ${ROW_COUNTS.map((rows) => `${rows} rows`.padStart(14)).join('')}   in memory`,
  );
  for (const { name, reference, draw } of cases) {
    const stored = ROW_COUNTS.map((rows) => storedBytes(reference, draw, rows));
    console.log(
      `  ${name.padEnd(27)}${stored.map((bytes) => String(bytes).padStart(14)).join('')}${String(arrayBytes(reference)).padStart(12)}`,
    );
  }
}

function storedBytes(reference: FeatureReference, draw: () => number | string, rows: number): number {
  const profile = createFeatureProfile(reference);
  for (let i = 0; i < rows; i++) profile.add(draw(), 1);
  const writer = new ByteWriter();
  profile.encode(writer);
  return writer.finish().length;
}

/** Counts and sums; names of new levels come on top, at most 256 of at most 200 letters. */
function arrayBytes(reference: FeatureReference): number {
  const profile = createFeatureProfile(reference);
  if (profile.kind !== 'numeric') return profile.counts.byteLength;
  return profile.equal.byteLength + profile.between.byteLength + 2 * profile.betweenSums.high.byteLength;
}

function rowSamples(): void {
  console.log('\nrow samples                        rows      bytes   bytes a value   encode ms   decode ms');
  for (const features of [20, 100, 500]) {
    const reference = trainingReference(2_000, features);
    const sample = new RowSample(reference);
    const decode = createDecoder(DEFAULT_DECODE_LIMITS);
    for (const message of predictionMessages(2 * sampleCapacity(features), features)) {
      const result = decode(message, POSITION, RECORD_MS);
      if (!result.ok || result.value.type !== 'prediction')
        throw new Error('a message of this benchmark does not decode');
      const { predictionId, prediction, score, features: values, timestampMs: atMs } = result.value;
      sample.addPrediction(idHash(predictionId ?? ''), values, {
        prediction,
        score,
        segments: ['region=eu'],
        atMs,
        probabilities: null,
      });
    }
    const rows = sample.rows.length;
    const from = performance.now();
    const bytes = encodeRowSample(sample);
    const encoded = performance.now();
    decodeRowSample(bytes, reference);
    const decoded = performance.now();
    const each = (bytes.length / rows / features).toFixed(1);
    console.log(
      `  ${String(features).padStart(3)} features ${String(rows).padStart(25)}${String(bytes.length).padStart(11)}${each.padStart(16)}` +
        `${(encoded - from).toFixed(0).padStart(12)}${(decoded - encoded).toFixed(0).padStart(12)}`,
    );
  }
}

/** A reader that knows the shape of these messages. */
async function readerOf(messages: readonly Buffer[], decode: Decoder) {
  const state = await ensureKernel();
  if (state.kernel === null) throw new Error(state.reason);
  const reader = new FlatReader(state.kernel, DEFAULT_DECODE_LIMITS);
  const records = messages.map((value) => ({ value, timestampMs: RECORD_MS }));
  const first = messages[0] ?? Buffer.alloc(0);
  const learned = decode(first, POSITION, RECORD_MS);
  if (!learned.ok) throw new Error(learned.error.detail);
  reader.learn(first, learned.value);
  const row = reader.read(records, 0);
  if (row === null) throw new Error('the shape of the messages was not learned');
  return { kernel: state.kernel, reader, records, row };
}

/** Heap growth over many events in which no collection ran, divided by their number. */
async function allocations(): Promise<void> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('start with --expose-gc --max-semi-space-size=128');
  const collectedAtMs: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) collectedAtMs.push(startTime);
  });
  observer.observe({ entryTypes: ['gc'] });

  const features = 20;
  const messages = predictionMessages(5_000, features);
  const reference = coarsenReference(trainingReference(5_000, features), WINDOW_GRID_POINTS);
  const decode = createDecoder(DEFAULT_DECODE_LIMITS);
  const { kernel, reader, records, row } = await readerOf(messages, decode);
  const profile = new InputProfile(reference, 'classification');
  const counting = new FlatCounting(kernel, row.layout, profile);
  const events = messages.flatMap((message) => {
    const result = decode(message, POSITION, RECORD_MS);
    return result.ok && result.value.type === 'prediction' ? [result.value] : [];
  });
  const window = [profile];

  const ways: { name: string; run: () => void }[] = [
    {
      name: 'JSON.parse',
      run: () => messages.forEach((message) => void JSON.parse(message.toString('utf8'))),
    },
    {
      name: 'decoder → event',
      run: () => messages.forEach((message) => void decode(message, POSITION, RECORD_MS)),
    },
    { name: 'event → counts', run: () => events.forEach((event) => profile.add(event, 1)) },
    {
      name: 'kernel → row',
      run: () => records.forEach((_, i) => void reader.read(records, i)),
    },
    {
      name: 'kernel → row → counts',
      run: () =>
        records.forEach((_, i) => {
          if (!reader.holds(records, i)) counting.flush();
          const found = reader.read(records, i);
          if (found !== null) counting.take(found, window, 1);
        }),
    },
  ];
  console.log('\nheap bytes allocated an event (20 features)');
  for (const { name, run } of ways) {
    // Compiled code is what runs in production.
    for (let warmUp = 0; warmUp < 30; warmUp++) run();
    let fewest = Infinity;
    for (let attempt = 0; attempt < 5; attempt++) {
      collect();
      const from = performance.now();
      const before = process.memoryUsage().heapUsed;
      run();
      const grown = process.memoryUsage().heapUsed - before;
      const to = performance.now();
      // The observer hears of a collection some time after it.
      await sleep(20);
      if (!collectedAtMs.some((at) => at >= from && at <= to))
        fewest = Math.min(fewest, grown / messages.length);
    }
    console.log(
      `  ${name.padEnd(26)}${Number.isFinite(fewest) ? fewest.toFixed(1).padStart(10) : ' a collection ran each time'}`,
    );
  }
  observer.disconnect();
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
sizes();
rowSamples();
await allocations();
