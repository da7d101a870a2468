import type { Environment } from '../compare/python.ts';

/** What Python readers do with each event beside `json.loads`. */
export interface PythonWork {
  readonly work: 'json' | 'whylogs' | 'whylogs-rows' | 'river';
  readonly environment: Environment;
  /** Values that are read at most: where an event takes much, the rest of the topic is left. */
  readonly mostValues: number;
}

export interface Variant {
  readonly name: string;
  readonly python?: PythonWork;
}

// One that is not cut by the wheels of the other: whylogs knows no NumPy 2, and River no other.
const RIVER: Environment = { environment: 'stream-river', packages: ['confluent-kafka', 'river'] };
const WHYLOGS: Environment = {
  environment: 'stream-whylogs',
  packages: ['confluent-kafka', 'whylogs', 'numpy<2', 'pandas<3'],
};

export const VARIANTS: Readonly<Record<string, Variant>> = {
  a: { name: 'kafkajs, count only' },
  b: { name: 'kafkajs + JSON.parse' },
  c: { name: 'shiftwatch, not storing predictions' },
  d: { name: 'shiftwatch, storing all predictions' },
  e: {
    name: 'confluent-kafka + json',
    python: { work: 'json', environment: RIVER, mostValues: Infinity },
  },
  f: {
    name: 'confluent-kafka + json + whylogs, a frame a poll',
    python: { work: 'whylogs', environment: WHYLOGS, mostValues: 20e6 },
  },
  g: {
    name: 'confluent-kafka + json + River ADWIN on each number',
    python: { work: 'river', environment: RIVER, mostValues: 40e6 },
  },
  h: {
    name: 'confluent-kafka + json + whylogs, an event at a time',
    python: { work: 'whylogs-rows', environment: WHYLOGS, mostValues: 2e6 },
  },
};
