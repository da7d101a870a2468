import type { LogEventType, SourcePosition } from '../core/events.ts';
import type { RawRecord, RecordBatch } from '../core/log-source.ts';
import { deadLetter } from '../decode/dead-letter.ts';
import { createDecoder, type Decoder } from '../decode/decoder.ts';
import type { DecodeLimits } from '../decode/limits.ts';
import type { CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import { NoticeCounts } from '../window/notices.ts';
import { FlatIntake } from './flat-intake.ts';
import { admit, type DecodedRecord, type IntakeContext } from './intake.ts';

/**
 * Takes the records of one kind of log into checkpoint buffers, in their order: by the fast way where a message has a
 * shape seen lately, by the ordinary one where it has not. Which of the two took a record never shows in what is stored.
 */
export class RecordIntake {
  readonly #context: IntakeContext;
  readonly #eventType: LogEventType | null;
  readonly #flat: FlatIntake;
  readonly #decode: Decoder;
  #tolerated = false;
  /** Of the buffer that records are being taken into. */
  #notices = new NoticeCounts();

  constructor(context: IntakeContext, limits: DecodeLimits, eventType: LogEventType | null) {
    this.#context = context;
    this.#eventType = eventType;
    this.#flat = new FlatIntake(context, limits);
    this.#decode = createDecoder(limits, {
      typeFromTopic: eventType ?? undefined,
      onTolerated: (kind, count) => {
        this.#tolerated = true;
        this.#notices.add(kind, count);
      },
      onEpochUnit: (unit) => this.#notices.addEpoch(unit),
    });
  }

  /** Rows that were read the fast way so far. */
  get fastRows(): number {
    return this.#flat.rows;
  }

  async take(
    log: Pick<RecordBatch, 'source' | 'partition'>,
    records: readonly RawRecord[],
    buffer: CheckpointBuffer,
  ): Promise<void> {
    try {
      await this.#takeAll(log, records, buffer);
    } finally {
      this.#flat.flush();
    }
  }

  async #takeAll(
    { source, partition }: Pick<RecordBatch, 'source' | 'partition'>,
    records: readonly RawRecord[],
    buffer: CheckpointBuffer,
  ): Promise<void> {
    let ordinary: DecodedRecord[] = [];
    let record = records[0];
    const position = (): SourcePosition => ({ source, partition, offset: record?.offset ?? 0n });
    for (let i = 0; record !== undefined; record = records[i]) {
      const row = record.unreadable === undefined ? this.#flat.read(record.value, record.timestampMs) : null;
      const way = row === null ? 'ordinary' : this.#flat.wayOf(row);
      if (row !== null && way !== 'ordinary') {
        // A row lives until the next message is read, and others may be read meanwhile.
        if (way !== 'fast') {
          await way;
          continue;
        }
        if (ordinary.length > 0) {
          // Of a repeated id the first wins, whichever way it takes.
          await admit(ordinary, buffer, this.#context);
          ordinary = [];
          continue;
        }
        if (this.#flat.count(row, buffer, position)) {
          i += 1;
          continue;
        }
      }
      // A shape that is known already need not be learned.
      ordinary.push(this.#decodeRecord(record, position(), row === null, buffer));
      i += 1;
    }
    if (ordinary.length > 0) await admit(ordinary, buffer, this.#context);
  }

  /** One record as `decode` and the dead letters need it; a whole unreadable batch stands for one record. */
  #decodeRecord(
    record: RawRecord,
    position: SourcePosition,
    learns: boolean,
    buffer: CheckpointBuffer,
  ): DecodedRecord {
    const bytes = record.value ?? new Uint8Array();
    const type = this.#eventType ?? 'unknown';
    if (record.unreadable !== undefined) {
      const { reason, detail } = record.unreadable;
      return {
        result: { ok: false, error: deadLetter(position, reason, detail, bytes) },
        type,
        position,
        bytes,
      };
    }
    this.#tolerated = false;
    this.#notices = buffer.notices;
    const result = this.#decode(record.value, position, record.timestampMs);
    if (learns && result.ok && record.value !== null && !this.#tolerated) {
      this.#flat.learn(record.value, result.value);
    }
    return { result, type: result.ok ? result.value.type : type, position, bytes };
  }
}
