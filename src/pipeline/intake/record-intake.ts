import type { LogEventType, SourcePosition } from '../../core/events/events.ts';
import type { RawRecord, RecordBatch, RecordList } from '../../core/events/log-source.ts';
import { deadLetter } from '../../decode/dead-letter.ts';
import { createDecoder, type Decoder } from '../../decode/decoder.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { NoticeCounts } from '../../window/checkpoint/notices.ts';
import { FlatIntake } from './flat-intake.ts';
import { admit, type IntakeContext } from './intake.ts';
import type { DecodedRecord } from './plan-records.ts';

/** Whether a buffer is full of rows takes a moment to say. */
const LOOK_EVERY = 1_024;

/**
 * Takes the records of one kind of log into checkpoint buffers, in their order: by the fast way where a message has a
 * shape seen lately, by the ordinary one where it has not. Which of the two took a record never shows in what is stored.
 *
 * Records of the ordinary way are decoded one by one and put aside, because what they need of the store (windows,
 * columns, segments) is asked for many at once. So before a record is counted the fast way, what was put aside is
 * admitted: of a repeated id the first wins, and what comes first has the room first. After that wait the record is looked
 * at anew, since windows may be there, or room gone, that was not. The loop stays on one record for as long as something
 * had to be waited for, and goes on when it was counted or put aside. It ends early where the buffer has no room: the
 * records that were not taken come again with the next one.
 */
export class RecordIntake {
  readonly #context: IntakeContext;
  readonly #eventType: LogEventType | null;
  readonly #flat: FlatIntake;
  readonly #decode: Decoder;
  #tolerated = false;
  /** Of the record that is being decoded: it may not be taken. Null: nothing was noticed. */
  #notices: NoticeCounts | null = null;

  constructor(context: IntakeContext, limits: DecodeLimits, eventType: LogEventType | null) {
    this.#context = context;
    this.#eventType = eventType;
    this.#flat = new FlatIntake(context, limits);
    this.#decode = createDecoder(limits, {
      typeFromTopic: eventType ?? undefined,
      onTolerated: (kind, count) => {
        this.#tolerated = true;
        this.#noticed().add(kind, count);
      },
      onEpochUnit: (unit) => this.#noticed().addEpoch(unit),
    });
  }

  #noticed(): NoticeCounts {
    this.#notices ??= new NoticeCounts();
    return this.#notices;
  }

  /** Rows and labels that were read the fast way so far. */
  get fastRows(): number {
    return this.#flat.rows;
  }

  /** @returns how many of the records were taken: fewer than all of them when the buffer is full */
  async take(
    log: Pick<RecordBatch, 'source' | 'partition'>,
    records: RecordList,
    buffer: CheckpointBuffer,
  ): Promise<number> {
    buffer.asOf ??= this.#context.catalog.asOf;
    try {
      return await this.#takeAll(log, records, buffer);
    } finally {
      this.#flat.flush();
    }
  }

  async #takeAll(
    { source, partition }: Pick<RecordBatch, 'source' | 'partition'>,
    records: RecordList,
    buffer: CheckpointBuffer,
  ): Promise<number> {
    let admitted = 0;
    let looked = 0;
    let ordinary: DecodedRecord[] = [];
    /** What was put aside comes before the record at hand. False: not all of it had room, or there is none left. */
    const admitOrdinary = async (): Promise<boolean> => {
      const pending = ordinary;
      ordinary = [];
      this.#flat.flush();
      const taken = await admit(pending, buffer, this.#context);
      admitted += taken.length;
      return taken.length === pending.length && !buffer.hasNoCells;
    };
    let i = 0;
    const recordAt = (): RawRecord => {
      const record = records.at(i);
      if (record === undefined) throw new RangeError(`no record ${i} of ${records.length}`);
      return record;
    };
    const position = (): SourcePosition => {
      const offset = records.offsetAt?.(i) ?? recordAt().offset;
      return { source, partition, offset };
    };
    while (i < records.length) {
      if (i > 0 && i % LOOK_EVERY === 0 && i !== looked) {
        looked = i;
        if (!(await admitOrdinary()) || buffer.isFull) return admitted;
      }
      const row = this.#flat.read(records, i);
      const way = row === null ? 'ordinary' : this.#flat.wayOf(row, buffer);
      if (row !== null && way !== 'ordinary') {
        // Of a repeated id the first wins, whichever way it takes; and what comes first has the room first.
        if (ordinary.length > 0) {
          if (!(await admitOrdinary())) return admitted;
          continue;
        }
        if (way === 'full') return admitted;
        // A row lives until the next message is read, and others may be read meanwhile.
        if (way === 'look') {
          await this.#flat.look(row, buffer);
          continue;
        }
        if (this.#flat.count(row, buffer, position)) {
          admitted += 1;
          i += 1;
          if (buffer.hasNoCells) return admitted;
          continue;
        }
      }
      // A shape that is known already need not be learned.
      ordinary.push(this.#decodeRecord(recordAt(), position(), row === null));
      i += 1;
    }
    await admitOrdinary();
    return admitted;
  }

  /** One record as `decode` and the dead letters need it; a whole unreadable batch stands for one record. */
  #decodeRecord(record: RawRecord, position: SourcePosition, learns: boolean): DecodedRecord {
    const bytes = record.value ?? new Uint8Array();
    const type = this.#eventType ?? 'unknown';
    const recordMs = record.timestampMs;
    if (record.unreadable !== undefined) {
      const { reason, detail } = record.unreadable;
      return {
        result: { ok: false, error: deadLetter(position, reason, detail, bytes) },
        type,
        position,
        bytes,
        recordMs,
      };
    }
    this.#tolerated = false;
    this.#notices = null;
    const result = this.#decode(record.value, position, record.timestampMs);
    if (learns && result.ok && record.value !== null && !this.#tolerated) {
      this.#flat.learn(record.value, result.value);
    }
    const notices = this.#notices ?? undefined;
    return { result, type: result.ok ? result.value.type : type, position, bytes, recordMs, notices };
  }
}
