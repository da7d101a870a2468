import type { LogEventType } from '../../core/events/events.ts';
import type { RecordBatch } from '../../core/events/log-source.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import { FormatIntake } from '../intake/format-intake.ts';
import type { IntakeContext } from '../intake/intake.ts';
import type { LogDecoders } from '../intake/log-decoders.ts';
import { RecordIntake } from '../intake/record-intake.ts';

/** How the records of each log are taken in: by a decoder of its own, or as plain JSON events of one type. */
export class LogIntakes {
  readonly #context: IntakeContext;
  readonly #limits: DecodeLimits;
  readonly #decoderOf: LogDecoders | null;
  readonly #plain = new Map<LogEventType | null, RecordIntake>();
  readonly #formats = new Map<string, FormatIntake>();
  #asOf: number;

  constructor(context: IntakeContext, limits: DecodeLimits, decoderOf: LogDecoders | null) {
    this.#context = context;
    this.#limits = limits;
    this.#decoderOf = decoderOf;
    this.#asOf = context.catalog.asOf;
  }

  of({ source, eventType }: Pick<RecordBatch, 'source' | 'eventType'>): RecordIntake | FormatIntake {
    const { asOf } = this.#context.catalog;
    // What they remember of shapes names columns.
    if (asOf !== this.#asOf) this.forget();
    this.#asOf = asOf;
    const decoder = this.#decoderOf?.(source) ?? null;
    if (decoder !== null) {
      const known = this.#formats.get(source) ?? new FormatIntake(this.#context, decoder, eventType);
      this.#formats.set(source, known);
      return known;
    }
    let intake = this.#plain.get(eventType);
    if (intake === undefined) {
      intake = new RecordIntake(this.#context, this.#limits, eventType);
      this.#plain.set(eventType, intake);
    }
    return intake;
  }

  /** What they remember of models, windows and ids is looked up anew. */
  forget(): void {
    this.#plain.clear();
  }
}
