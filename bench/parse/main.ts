/**
 * How fast prediction messages become counts: `node bench/parse/main.ts [features ...]`.
 *
 * Messages in memory, one process; processor time (of all its threads, so with garbage collection), the best of several
 * rounds in which all ways take turns. The last way turns bytes into the counts of one window.
 */
import { cpus } from 'node:os';
import type { FlatLayout } from '../../src/core/events/flat-row.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { FlatReader } from '../../src/decode/fast/flat-reader.ts';
import { ensureKernel } from '../../src/kernel/load-kernel.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { coarsenReference } from '../../src/stats/profile/coarsen.ts';
import { FlatCounting } from '../../src/stats/profile/flat/flat-counting.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { changingMessages, predictionMessages, trainingReference } from './messages.ts';

const ROUNDS = 12;
const BYTES_PER_RUN = 12_000_000;
const WINDOW_GRID_POINTS = 512;
const TRAINING_ROWS = 5_000;
const RECORD_MS = Date.UTC(2026, 5, 1);
const NO_MESSAGE = Buffer.alloc(0);
const POSITION = { source: 'bench', partition: 0, offset: 0n };

const state = await ensureKernel();
if (state.kernel === null) throw new Error(state.reason);
const { kernel } = state;

interface Way {
  readonly name: string;
  readonly take: (message: Buffer, index: number) => void;
}

function ways(features: number, messages: readonly Buffer[]): Way[] {
  const reference = coarsenReference(trainingReference(TRAINING_ROWS, features), WINDOW_GRID_POINTS);
  const slow = createDecoder(DEFAULT_DECODE_LIMITS);
  const reader = new FlatReader(kernel, DEFAULT_DECODE_LIMITS);
  const profiles = {
    slow: new InputProfile(reference, 'classification'),
    flat: new InputProfile(reference, 'classification'),
  };
  const records = messages.map((value) => ({ value, timestampMs: RECORD_MS }));
  const countings = new Map<FlatLayout, FlatCounting>();
  const countingOf = (layout: FlatLayout): FlatCounting => {
    const counting = countings.get(layout) ?? new FlatCounting(kernel, layout, profiles.flat);
    countings.set(layout, counting);
    return counting;
  };
  const flush = (): void => {
    for (const counting of countings.values()) counting.flush();
  };
  const learn = (message: Buffer): void => {
    const event = slow(message, POSITION, RECORD_MS);
    if (!event.ok) throw new Error('the messages of this benchmark do not decode');
    flush();
    reader.learn(message, event.value);
    if (event.value.type === 'prediction') profiles.flat.add(event.value, 1);
  };
  const window = [profiles.flat];
  return [
    { name: 'JSON.parse', take: (message) => void JSON.parse(message.toString('utf8')) },
    { name: 'decoder → event', take: (message) => void slow(message, POSITION, RECORD_MS) },
    {
      name: 'kernel → row',
      take(message, index) {
        if (reader.read(records, index) === null) learn(message);
      },
    },
    {
      name: 'decoder → event → counts',
      take(message) {
        const result = slow(message, POSITION, RECORD_MS);
        if (result.ok && result.value.type === 'prediction') profiles.slow.add(result.value, 1);
      },
    },
    {
      name: 'kernel → row → counts',
      take(message, index) {
        if (!reader.holds(records, index)) flush();
        const row = reader.read(records, index);
        if (row === null) learn(message);
        else if (!countingOf(row.layout).take(row, window, 1)) throw new Error('the kernel lost a message');
      },
    },
  ];
}

function measure(all: readonly Way[], messages: readonly Buffer[]): Map<string, number> {
  const bestMs = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, take } of all) {
      const from = process.cpuUsage();
      for (let i = 0; i < messages.length; i++) take(messages[i] ?? NO_MESSAGE, i);
      const { user, system } = process.cpuUsage(from);
      bestMs.set(name, Math.min(bestMs.get(name) ?? Infinity, (user + system) / 1_000));
    }
  }
  return bestMs;
}

const sizes = process.argv.slice(2).map(Number);
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; thousand messages a second of processor time`,
);
for (const features of sizes.length > 0 ? sizes : [5, 20, 100, 500]) {
  const sample = predictionMessages(1, features)[0]?.length ?? 1;
  const count = Math.ceil(BYTES_PER_RUN / sample);
  report(`${features} features`, features, predictionMessages(count, features));
  report(`${features} features, shapes that change`, features, changingMessages(count, features));
}

function report(what: string, features: number, messages: readonly Buffer[]): void {
  const bytes = messages.reduce((sum, message) => sum + message.length, 0) / messages.length;
  const bestMs = measure(ways(features, messages), messages);
  const parseMs = bestMs.get('JSON.parse') ?? Number.NaN;
  console.log(`\n${what}, ${Math.round(bytes)} bytes`);
  for (const [name, ms] of bestMs) {
    const rate = (messages.length / ms).toFixed(1).padStart(8);
    console.log(`  ${name.padEnd(26)}${rate} k/s   ${(parseMs / ms).toFixed(2).padStart(5)} × JSON.parse`);
  }
}
