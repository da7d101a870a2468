/** Events of a topic, in any order, as rows: predictions joined with their features and labels by id. */
import { INVALID_VALUE } from '../core/events/events.ts';
import type { Features, LabelEvent, LogEvent, PredictionEvent } from '../core/events/events.ts';
import type { SpecialNames } from '../ingest/table/special-columns.ts';

/** In brackets, so that a feature of the usual name stays one. */
export const ROW_COLUMNS = {
  predictionId: '(prediction_id)',
  timestamp: '(timestamp)',
  prediction: '(prediction)',
  score: '(score)',
  label: '(label)',
} as const satisfies SpecialNames;

/** Texts of rows that are held; the rest is not read. */
const MAX_BYTES = 384 * 2 ** 20;
const ENOUGH_LABELS = 100;
const NEARLY_ALL = 0.99;

interface Row {
  readonly id: string | null;
  readonly version: string;
  readonly atMs: number;
  /** Members of a JSON object, without the brackets. */
  readonly features: string;
  readonly output: string;
}

interface Known {
  readonly value: string;
  readonly atMs: number;
}

export interface JoinedRows {
  readonly versions: ReadonlyMap<string, string[]>;
  readonly rows: number;
  readonly labelled: number;
  readonly featuresFrom: 'prediction' | 'features';
  readonly labelsWithinMs: number | null;
}

export class TopicRows {
  readonly #model: string | null;
  readonly #rows = new Map<string, Row[]>();
  readonly #ids = new Set<string>();
  readonly #labels = new Map<string, Known>();
  readonly #features = new Map<string, Known>();
  #bytes = 0;
  #labelEvents = 0;

  /** @param model whose events are kept; null: of whichever there are */
  constructor(model: string | null) {
    this.#model = model;
  }

  get isFull(): boolean {
    return this.#bytes > MAX_BYTES;
  }

  /** Models of predictions, the most frequent first. */
  get models(): string[] {
    return [...this.#rows].sort(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  }

  get labels(): number {
    return this.#labelEvents;
  }

  add(event: LogEvent): void {
    if (event.type === 'label') this.#labelEvents += 1;
    if (this.#model !== null && event.model !== this.#model) {
      if (event.type === 'prediction' && !this.#rows.has(event.model)) this.#rows.set(event.model, []);
      return;
    }
    if (event.type === 'prediction') this.#addPrediction(event);
    else if (event.type === 'label') this.#keepNewest(this.#labels, event, JSON.stringify(event.label));
    else if (event.predictionId !== null)
      this.#keepNewest(
        this.#features,
        event as { predictionId: string } & typeof event,
        members(event.features),
      );
  }

  #addPrediction(event: PredictionEvent): void {
    const { model, predictionId: id } = event;
    const key = keyOf(model, id ?? '');
    // A retry counts once, here as everywhere.
    if (id !== null && this.#ids.has(key)) return;
    if (id !== null) this.#ids.add(key);
    const output = [
      member(ROW_COLUMNS.timestamp, event.timestampMs),
      ...(id === null ? [] : [member(ROW_COLUMNS.predictionId, id)]),
      ...(event.prediction === null ? [] : [member(ROW_COLUMNS.prediction, event.prediction)]),
      ...(event.score === null ? [] : [member(ROW_COLUMNS.score, event.score)]),
    ].join(',');
    const features = members(event.features);
    const rows = this.#rows.get(model) ?? [];
    this.#rows.set(model, rows);
    rows.push({ id, version: event.modelVersion, atMs: event.timestampMs, features, output });
    this.#bytes += 2 * (features.length + output.length);
  }

  #keepNewest(
    known: Map<string, Known>,
    { model, predictionId, timestampMs: atMs }: Pick<LabelEvent, 'model' | 'predictionId' | 'timestampMs'>,
    value: string,
  ): void {
    const key = keyOf(model, predictionId);
    const before = known.get(key);
    if (before !== undefined && before.atMs > atMs) return;
    known.set(key, { value, atMs });
    this.#bytes += before === undefined ? 2 * (key.length + value.length) : 0;
  }

  /** Lines of JSON by version, in order of time. */
  joined(model: string): JoinedRows {
    const rows = (this.#rows.get(model) ?? []).toSorted((a, b) => a.atMs - b.atMs);
    const apart = rows.every(({ features }) => features === '') && this.#features.size > 0;
    const versions = new Map<string, string[]>();
    const delays: number[] = [];
    for (const { id, version, atMs, features, output } of rows) {
      const key = id === null ? null : keyOf(model, id);
      const label = key === null ? undefined : this.#labels.get(key);
      if (label !== undefined) delays.push(Math.max(0, label.atMs - atMs));
      const own = apart && key !== null ? (this.#features.get(key)?.value ?? '') : features;
      const parts = [
        output,
        own,
        ...(label === undefined ? [] : [`${JSON.stringify(ROW_COLUMNS.label)}:${label.value}`]),
      ];
      const lines = versions.get(version) ?? [];
      versions.set(version, lines);
      lines.push(`{${parts.filter((part) => part !== '').join(',')}}`);
    }
    delays.sort((a, b) => a - b);
    return {
      versions,
      rows: rows.length,
      labelled: delays.length,
      featuresFrom: apart ? 'features' : 'prediction',
      labelsWithinMs:
        delays.length < ENOUGH_LABELS ? null : (delays[Math.ceil(NEARLY_ALL * delays.length) - 1] ?? null),
    };
  }
}

const keyOf = (model: string, id: string): string => `${model}\n${id}`;

function members(values: Features): string {
  return [...values].flatMap(([name, value]) => (value === null ? [] : [member(name, value)])).join(',');
}

function member(name: string, value: number | string | boolean | typeof INVALID_VALUE): string {
  // JSON has no word for it; what cannot be read is text, and so no number.
  const text =
    value === INVALID_VALUE || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
  return `${JSON.stringify(name)}:${JSON.stringify(typeof text === 'symbol' ? '(invalid)' : text)}`;
}
