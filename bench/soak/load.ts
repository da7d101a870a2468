import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { createRandom } from '../../src/stats/random.ts';
import { createMessages } from '../ingest/messages.ts';

export interface LoadOptions {
  readonly brokers: string;
  readonly predictionTopic: string;
  readonly labelTopic: string;
  readonly features: number;
  readonly segments: number;
  readonly predictionsPerSecond: number;
  readonly labelsPerSecond: number;
  /** In every second span of this length the inputs lie elsewhere; 0 for never. */
  readonly shiftEveryMs: number;
}

/** What was sent and acknowledged, to be held against what was counted. */
export interface Sent {
  predictions: number;
  repeated: number;
  garbage: number;
  labels: number;
}

/** Labels are of predictions this many slices back, so that they come before, while and after their windows close. */
const SLICE_MS = 100;
/** A broker takes a megabyte at once. Behind, the next slice comes at once. */
const MOST_AT_ONCE = 1_000;
const REPEATED_IN = 500;
const GARBAGE_IN = 1_000;
/** Half a standard deviation, of one feature of ten: an incident opens, and is judged again with every window. */
const SHIFT = 25;
const SHIFTED = /1$/;
const LABEL_DELAYS_MS = [-200, 5_000, 60_000, 180_000];

/**
 * Writes predictions and labels at a steady rate, by the wall clock, until stopped: some predictions twice, some
 * garbage, some labels before their prediction.
 */
export class SteadyLoad {
  readonly sent: Sent = { predictions: 0, repeated: 0, garbage: 0, labels: 0 };
  readonly #options: LoadOptions;
  readonly #kafka: Kafka;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#kafka = new Kafka({
      clientId: 'soak',
      brokers: options.brokers.split(','),
      logLevel: logLevel.NOTHING,
    });
  }

  async start(): Promise<void> {
    const { predictionTopic, labelTopic } = this.#options;
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [predictionTopic, labelTopic].map((topic) => ({ topic, numPartitions: 4 })),
    });
    await admin.disconnect();
    this.#running = this.#send();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #send(): Promise<void> {
    const { features, segments, predictionsPerSecond, labelsPerSecond, predictionTopic, labelTopic } =
      this.#options;
    const { shiftEveryMs } = this.#options;
    const producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const message = createMessages({ features, segments }, 1);
    const random = createRandom(2);
    const sentAtMs: number[] = [];
    const begunMs = Date.now();
    let labelled = 0;
    while (!this.#stopped) {
      const elapsedMs = Date.now() - begunMs;
      const due = Math.floor((elapsedMs / 1_000) * predictionsPerSecond) - this.sent.predictions;
      const shifted = shiftEveryMs > 0 && Math.floor(elapsedMs / shiftEveryMs) % 2 === 1;
      const predictions = Array.from({ length: Math.min(due, MOST_AT_ONCE) }, () => {
        const index = this.sent.predictions++;
        sentAtMs.push(Date.now());
        const { features: values, ...rest } = message(index);
        return JSON.stringify({
          ...rest,
          features: shifted ? moved(values as object) : values,
          timestamp: Date.now(),
        });
      });
      const again = predictions.filter((_, i) => (this.sent.predictions + i) % REPEATED_IN === 0);
      const garbage = predictions.flatMap((_, i) =>
        (this.sent.predictions + i) % GARBAGE_IN === 0 ? ['{"type":"prediction"'] : [],
      );
      this.sent.repeated += again.length;
      this.sent.garbage += garbage.length;
      const labels: string[] = [];
      const labelsDue = Math.floor((elapsedMs / 1_000) * labelsPerSecond);
      while (this.sent.labels < labelsDue && labels.length < MOST_AT_ONCE) {
        const delayMs = LABEL_DELAYS_MS[Math.floor(random() * LABEL_DELAYS_MS.length)] ?? 0;
        const index = Math.floor(((elapsedMs - delayMs) / 1_000) * predictionsPerSecond);
        labelled += 1;
        this.sent.labels += 1;
        labels.push(
          JSON.stringify({
            type: 'label',
            model: 'credit-risk',
            prediction_id: `prediction-${String(Math.max(0, index)).padStart(12, '0')}`,
            label: labelled % 3 === 0 ? 'deny' : 'approve',
            timestamp: Date.now(),
          }),
        );
      }
      await Promise.all([
        producer.send({
          topic: predictionTopic,
          messages: [...predictions, ...again, ...garbage].map((value) => ({ key: keyOf(value), value })),
        }),
        producer.send({ topic: labelTopic, messages: labels.map((value) => ({ value })) }),
      ]);
      if (due <= MOST_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
    }
    await producer.disconnect();
  }
}

function moved(features: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(features).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'number' && SHIFTED.test(name) ? value + SHIFT : value,
    ]),
  );
}

/** A repeated prediction goes where the first one went. */
function keyOf(value: string): string {
  return /prediction-\d+/.exec(value)?.[0] ?? '';
}
