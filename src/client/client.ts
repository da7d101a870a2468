// Whoever compiles for an older target has no Symbol.asyncDispose otherwise.
/// <reference lib="esnext.disposable" preserve="true" />
import { type LoggedLabel, type LoggedPrediction, labelEvent, predictionEvent } from './client-events.ts';
import { type EventCounts, EventQueue, type OnDrop } from './event-queue.ts';
import { instant } from './event-values.ts';
import { type HoldoutDraw, inHoldout } from './holdout.ts';
import { httpCarrier } from './http-carrier.ts';
import { kafkaCarrier } from './kafka-carrier.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { type RemoteService, serviceAt } from './service.ts';
import {
  expectShiftWords,
  isShiftAnswer,
  newestOfEach,
  nothingKnown,
  type VerdictAnswer,
  whenNewestCame,
} from './verdict-filter.ts';

export interface ClientOptions {
  /** Of a service, such as `http://localhost:8080`. */
  readonly url?: string;
  /** With the scope `ingest` to log, `read` to read. Default: `SHIFTWATCH_TOKEN`. */
  readonly token?: string;
  /** Settings of kafkajs, to log through Kafka. */
  readonly kafka?: KafkaSettings;
  readonly predictionsTopic?: string;
  readonly labelsTopic?: string;
  /** Events of a batch at most (500), bytes of them (1,000,000), and how long one waits for others (200). */
  readonly batchSize?: number;
  readonly batchBytes?: number;
  readonly lingerMs?: number;
  /** Held at most (64,000,000); what does not fit is dropped and counted. */
  readonly maxQueueBytes?: number;
  /** What one request may take (10,000). */
  readonly timeoutMs?: number;
  /** Called with an event that is lost, and why. */
  readonly onDrop?: OnDrop;
}

/** A period of a list. */
export interface ListQuery {
  readonly model?: string;
  readonly from?: Date | string | number;
  readonly to?: Date | string | number;
  readonly [parameter: string]: Date | string | number | boolean | undefined;
}

/** What `failOnShift` throws: the verdicts that were found. */
export class ShiftFound extends Error {
  readonly verdicts: readonly VerdictAnswer[];

  constructor(message: string, verdicts: readonly VerdictAnswer[]) {
    super(message);
    this.name = 'ShiftFound';
    this.verdicts = verdicts;
  }
}

const AT_EXIT_MS = 2_000;
const PAGE = 500;

/**
 * Logs predictions and labels without ever waiting for the network, and reads what shiftwatch says of them.
 *
 * For example: `new Client('http://localhost:8080').logPrediction({ model: 'm', prediction: 1 })`
 *
 * @param service its address, or all settings in one
 *
 * @throws TypeError from `logPrediction` and `logLabel`, naming the field, where something cannot be an event; never
 *   for what the network does
 */
export class Client {
  readonly #queue: EventQueue;
  readonly #service: RemoteService | null;
  readonly #atExit: () => void;

  constructor(service: string | ClientOptions, others: Omit<ClientOptions, 'url'> = {}) {
    const options = typeof service === 'string' ? { ...others, url: service } : service;
    const { url, kafka, token = process.env['SHIFTWATCH_TOKEN'], timeoutMs = 10_000, onDrop } = options;
    if (url === undefined && kafka === undefined) {
      throw new TypeError('Client needs the url of a service, or kafka: { brokers: […] }');
    }
    const limits = {
      batchSize: atLeastOne(options, 'batchSize', 500),
      batchBytes: atLeastOne(options, 'batchBytes', 1_000_000),
      lingerMs: Math.max(0, options.lingerMs ?? 200),
      maxQueueBytes: atLeastOne(options, 'maxQueueBytes', 64_000_000),
    };
    this.#service = url === undefined ? null : serviceAt(url, token, timeoutMs);
    const { predictionsTopic = 'ml.predictions', labelsTopic = 'ml.labels' } = options;
    const carrier =
      kafka === undefined && this.#service !== null
        ? httpCarrier(this.#service)
        : kafkaCarrier(kafka ?? { brokers: [] }, { prediction: predictionsTopic, label: labelsTopic });
    this.#queue = new EventQueue(limits, carrier, (event, reason) => {
      try {
        onDrop?.(event, reason);
      } catch (error) {
        // Somebody else's code must not stop what sends.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    });
    this.#atExit = () => void this.#queue.close(AT_EXIT_MS);
    process.once('beforeExit', this.#atExit);
  }

  /** Logs what a model said, and returns the prediction's id at once: its label is logged by it. */
  logPrediction(logged: LoggedPrediction): string {
    const event = predictionEvent(logged);
    this.#queue.put(event);
    return event.prediction_id;
  }

  /** Logs what turned out to be true of a prediction, whenever it is known. */
  logLabel(logged: LoggedLabel): void {
    this.#queue.put(labelEvent(logged));
  }

  /** Whether an id is of the hold-out; see `inHoldout`. */
  inHoldout(id: string | number | bigint, drawn: HoldoutDraw = {}): boolean {
    return inHoldout(id, drawn);
  }

  /** `logged`, and what became of it; the others add up to it. */
  counts(): EventCounts {
    return this.#queue.counts();
  }

  /** Why events were dropped or refused, and how many. */
  reasons(): Record<string, number> {
    return this.#queue.reasons();
  }

  /** Sends what waits; whether everything that was logged since the last flush is delivered. */
  async flush({ timeoutMs = Infinity }: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    const isEmpty = await this.#queue.flush(timeoutMs);
    const { dropped, refused } = this.counts();
    const isWhole = isEmpty && dropped + refused === this.#lostBefore;
    this.#lostBefore = dropped + refused;
    return isWhole;
  }
  #lostBefore = 0;

  /** Sends what waits, for so long at most; the rest is counted as dropped, and so is what comes later. */
  async close({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    process.removeListener('beforeExit', this.#atExit);
    await this.#queue.close(timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Verdicts, newest first, of all pages. */
  async verdicts(query: ListQuery = {}): Promise<VerdictAnswer[]> {
    return await this.#list<VerdictAnswer>('/api/v1/verdicts', query);
  }

  /** What was measured of each feature and window. */
  async measurements(query: ListQuery): Promise<Record<string, unknown>[]> {
    return await this.#list('/api/v1/measurements', query);
  }

  /**
   * For schedulers and CI: throws where a verdict that stands says that something shifted.
   *
   * @param asked `since`: windows that begin then or later; without it the newest window that closed and the newest one
   *   with labels, of each version, segment and size. `on`: the verdicts that count; `any` are all shifts and faults, and
   *   `undetermined` may be added
   * @returns verdicts among those that could not tell, or one without version and window where none was given: they are
   *   no all-clear
   * @throws ShiftFound with the verdicts; ApiError where the service refuses, is not there or knows no such model: no
   *   answer is no all-clear
   */
  async failOnShift(asked: {
    readonly model: string;
    readonly since?: Date | string | number;
    readonly on?: readonly string[];
  }): Promise<VerdictAnswer[]> {
    const { model, since, on = ['any'] } = asked;
    expectShiftWords(on);
    const rows =
      since === undefined ? await this.#newest(model) : await this.verdicts({ model, from: since });
    // A name that is misspelt is no all-clear, nor is silence.
    if (rows.length === 0) await this.#expectModel(model);
    const judged = since === undefined ? newestOfEach(rows) : rows;
    const looked = judged.length === 0 ? [nothingKnown(model)] : judged;
    const found = looked.filter(
      ({ verdict, types, expected }) => (expected ?? null) === null && isShiftAnswer(verdict, types, on),
    );
    const [first] = found;
    if (first === undefined) return looked.filter(({ verdict }) => verdict === 'undetermined');
    const when = first.start === '' ? '' : ` since ${first.start}`;
    throw new ShiftFound(`${model}: ${first.verdict}${when}: ${first.summary}`, found);
  }

  async #newest(model: string): Promise<VerdictAnswer[]> {
    const rows: VerdictAnswer[] = [];
    // By themselves: labels come later, so that what they say may lie far behind what closed since.
    for (const series of ['closed', 'matured']) {
      rows.push(...(await this.#list('/api/v1/verdicts', { model, series }, whenNewestCame())));
    }
    return rows;
  }

  async #expectModel(model: string): Promise<void> {
    const answer = await this.#service?.ask('GET', `/api/v1/models/${encodeURIComponent(model)}`);
    if (answer !== undefined) this.#service?.json(answer);
  }

  async #list<Row>(
    path: string,
    { from, to, ...query }: ListQuery,
    isEnough: (row: Row) => boolean = () => false,
  ): Promise<Row[]> {
    if (this.#service === null)
      throw new TypeError('to read, Client needs the url of a service beside kafka');
    const asked = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) asked.set(name, value instanceof Date ? value.toISOString() : String(value));
    }
    if (from !== undefined) asked.set('from', instant(from));
    if (to !== undefined) asked.set('to', instant(to));
    const rows: Row[] = [];
    for (;;) {
      const page = this.#service.json(await this.#service.ask('GET', `${path}?${asked.toString()}`)) as {
        readonly items: Row[];
        readonly next_cursor: string | null;
      };
      for (const row of page.items) {
        rows.push(row);
        if (isEnough(row)) return rows;
      }
      if (page.next_cursor === null) return rows;
      asked.set('cursor', page.next_cursor);
    }
  }
}

function atLeastOne(
  options: ClientOptions,
  name: 'batchSize' | 'batchBytes' | 'maxQueueBytes',
  normal: number,
): number {
  const value = options[name] ?? normal;
  if (value >= 1) return value;
  throw new TypeError(`${name}: ${value} is below 1`);
}
