import type { LogEventType, SourcePosition } from '../../core/events/events.ts';
import type { RawRecord, RecordBatch, RecordList } from '../../core/events/log-source.ts';
import type { DecoderEars } from '../../decode/decoder.ts';
import { letterOfRecord, type RecordDecoder } from '../../decode/record-decoder.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { NoticeCounts } from '../../window/checkpoint/notices.ts';
import { admit, type IntakeContext } from './intake.ts';
import { type DecodedRecord, refusalOf } from './plan-records.ts';

/** Events of so many, or so many messages, are taken in together. */
const LOOK_EVERY = 256;

const NO_BYTES = new Uint8Array();

/** Takes records of a format whose messages may hold several events, or none. */
export class FormatIntake {
  readonly #context: IntakeContext;
  readonly #decoder: RecordDecoder;
  readonly #eventType: LogEventType | null;

  constructor(context: IntakeContext, decoder: RecordDecoder, eventType: LogEventType | null) {
    this.#context = context;
    this.#decoder = decoder;
    this.#eventType = eventType;
  }

  /**
   * Rejects when a schema cannot be asked for: an outage, and the buffer has not been touched.
   *
   * @returns how many of the records were taken: fewer than all of them when the buffer is full
   */
  async take(
    { source, partition }: Pick<RecordBatch, 'source' | 'partition'>,
    list: RecordList,
    buffer: CheckpointBuffer,
  ): Promise<number> {
    const records = [...list];
    await this.#decoder.prepare(records);
    let taken = 0;
    let pending: Message[] = [];
    let events = 0;
    for (const record of records) {
      const message = this.#decode(record, { source, partition, offset: record.offset });
      pending.push(message);
      events += message.rows.length;
      if (events < LOOK_EVERY && pending.length < LOOK_EVERY) continue;
      const admitted = await this.#admit(pending, buffer);
      taken += admitted;
      if (admitted < pending.length || buffer.isFull) return taken;
      pending = [];
      events = 0;
    }
    return taken + (await this.#admit(pending, buffer));
  }

  #decode(record: RawRecord, position: SourcePosition): Message {
    const notices = new NoticeCounts();
    const type = this.#eventType ?? 'unknown';
    const rows = decodeRows(record, position, type, this.#decoder, this.#context, earsOf(notices));
    return { rows, notices };
  }

  /** @returns how many of the messages had room */
  async #admit(messages: readonly Message[], buffer: CheckpointBuffer): Promise<number> {
    const admitted = await admit(
      messages.flatMap(({ rows }) => rows),
      buffer,
      this.#context,
    );
    let taken = 0;
    let left = admitted.length;
    for (const { rows, notices } of messages) {
      if (rows.length > left) break;
      left -= rows.length;
      taken += 1;
      buffer.notices.addAll(notices);
      if (rows.length === 0) passOver(this.#eventType ?? 'unknown', buffer);
    }
    return taken;
  }
}

/** What one record says: the events of a message, or none. */
interface Message {
  readonly rows: readonly DecodedRecord[];
  readonly notices: NoticeCounts;
}

/** Counts what decoding notices. */
export function earsOf(notices: NoticeCounts): DecoderEars {
  return {
    onTolerated: (kind, count) => notices.add(kind, count),
    onEpochUnit: (unit) => notices.addEpoch(unit),
  };
}

/** A record of the format that says nothing about a prediction is read, and goes nowhere. */
export function passOver(type: string, buffer: CheckpointBuffer): void {
  buffer.countRead(type);
  buffer.count(type, 'ignored');
  buffer.events += 1;
}

/**
 * The events of one record, whole or not at all: a row that its model would refuse makes one dead letter of the record,
 * so that a replay finds all of it, and a message of ten thousand rows does not leave ten thousand copies of itself.
 */
export function decodeRows(
  record: RawRecord,
  position: SourcePosition,
  type: string,
  decoder: RecordDecoder,
  { catalog }: Pick<IntakeContext, 'catalog'>,
  ears?: DecoderEars,
): DecodedRecord[] {
  const bytes = record.value ?? NO_BYTES;
  const recordMs = record.timestampMs;
  const refused = (error: ReturnType<typeof letterOfRecord>, as: string): DecodedRecord[] => [
    { result: { ok: false, error }, type: as, position, bytes, recordMs, isOfFormat: true },
  ];
  if (record.unreadable !== undefined) {
    const { reason, detail } = record.unreadable;
    return refused(letterOfRecord(position, reason, detail, record, null), type);
  }
  const events = decoder.decode(record, position, ears);
  if (!events.ok) return refused(events.error, type);
  for (const event of events.value) {
    const refusal = refusalOf(event, catalog.model(event.model));
    if (refusal === null) continue;
    const { reason, detail } = refusal;
    return refused(letterOfRecord(position, reason, detail, record, event.model), event.type);
  }
  return events.value.map((event, row) => ({
    result: { ok: true, value: event },
    type: event.type,
    position,
    bytes: row === 0 ? bytes : NO_BYTES,
    recordMs,
    isOfFormat: true,
  }));
}
