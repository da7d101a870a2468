import { INVALID_VALUE } from '../../core/events/events.ts';
import type { LogEvent } from '../../core/events/events.ts';
import type { EpochUnit } from '../../core/events/log-mapping.ts';
import type { DecodedEvents } from '../../decode/record-decoder.ts';

/** What was understood of a sample, field by field. */
export interface DecodeSummary {
  records: number;
  events: Record<LogEvent['type'], number>;
  passed_over: number;
  dead_letters: { reason: string; count: number; detail: string }[];
  /** Units assumed for timestamps that are numbers; the most frequent first. */
  epoch_units: { unit: EpochUnit; count: number }[];
  fields: FieldCount[];
}

export interface FieldCount {
  field: string;
  present: number;
  missing: number;
  numbers: number;
  texts: number;
  booleans: number;
  invalid: number;
}

/** Counts as it goes; the sample itself is not kept. */
export class SummaryBuilder {
  #records = 0;
  #passedOver = 0;
  readonly #events = { prediction: 0, features: 0, label: 0 };
  readonly #dead = new Map<string, { count: number; detail: string }>();
  readonly #units = new Map<EpochUnit, number>();
  readonly #fields = new Map<string, FieldCount>();

  addUnit(unit: EpochUnit): void {
    this.#units.set(unit, (this.#units.get(unit) ?? 0) + 1);
  }

  add(decoded: DecodedEvents): void {
    this.#records += 1;
    if (!decoded.ok) {
      const { reason, detail } = decoded.error;
      const known = this.#dead.get(reason);
      this.#dead.set(reason, { count: (known?.count ?? 0) + 1, detail: known?.detail ?? detail });
      return;
    }
    if (decoded.value.length === 0) this.#passedOver += 1;
    for (const event of decoded.value) this.#addEvent(event);
  }

  #addEvent(event: LogEvent): void {
    this.#events[event.type] += 1;
    this.#count('prediction_id', event.predictionId);
    if (event.type === 'label') {
      this.#count('label', event.label);
      return;
    }
    for (const [name, value] of event.features) this.#count(`features.${name}`, value);
    for (const [name, value] of event.tags) this.#count(`tags.${name}`, value);
    if (event.type === 'features') return;
    this.#count('prediction', event.prediction);
    this.#count('score', event.score);
  }

  #count(field: string, value: unknown): void {
    const empty = { field, present: 0, missing: 0, numbers: 0, texts: 0, booleans: 0, invalid: 0 };
    const counts = this.#fields.get(field) ?? empty;
    this.#fields.set(field, counts);
    if (value === null) {
      counts.missing += 1;
      return;
    }
    counts.present += 1;
    if (value === INVALID_VALUE) counts.invalid += 1;
    else if (typeof value === 'number') counts.numbers += 1;
    else if (typeof value === 'string') counts.texts += 1;
    else counts.booleans += 1;
  }

  summary(): DecodeSummary {
    return {
      records: this.#records,
      events: this.#events,
      passed_over: this.#passedOver,
      dead_letters: [...this.#dead].map(([reason, { count, detail }]) => ({ reason, count, detail })),
      epoch_units: [...this.#units]
        .map(([unit, count]) => ({ unit, count }))
        .sort((a, b) => b.count - a.count),
      fields: [...this.#fields.values()],
    };
  }
}

/** An event as plain JSON, in the words of the log. */
export function eventJson(event: LogEvent): object {
  const { position: _position, timestampMs, ...rest } = event;
  return {
    ...rest,
    timestamp: new Date(timestampMs).toISOString(),
    ...('features' in event && { features: plain(event.features), tags: plain(event.tags) }),
    ...('probabilities' in event &&
      event.probabilities !== null && { probabilities: plain(event.probabilities) }),
  };
}

const plain = (values: ReadonlyMap<string, unknown>): object =>
  Object.fromEntries(
    [...values].map(([name, value]) => [name, value === INVALID_VALUE ? '(invalid)' : value]),
  );
