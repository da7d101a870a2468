import type { DeadLetter } from '../core/dead-letter.ts';
import type { FeaturesEvent, LabelEvent, PredictionEvent } from '../core/events.ts';
import type { ModelSpec } from '../core/model.ts';
import { InputProfile } from '../stats/profile/input-profile.ts';
import type { WindowRef } from './window-ref.ts';

/** A prediction or feature row that belongs to at least one window. */
export interface AcceptedRow {
  readonly event: PredictionEvent | FeaturesEvent;
  /** Hash of the id, or of the source position where the event has none. */
  readonly idHash: bigint;
  readonly model: ModelSpec;
  readonly modelId: number;
  readonly modelVersionId: number;
  /** The windows it is counted into. */
  readonly windows: readonly WindowRef[];
  /** The windows that are fed by those. */
  readonly fed: readonly WindowRef[];
  readonly segments: readonly string[];
}

export interface AcceptedLabel {
  readonly event: LabelEvent;
  readonly idHash: bigint;
  readonly modelId: number;
}

/** Where an event ended. Consumed events of a type always equal the sum of these. */
export type EventOutcome =
  | 'windowed'
  | 'late'
  | 'duplicate'
  | 'dead_letter'
  | 'unknown_model'
  | 'parked'
  | 'ignored';

/** What one window and segment gained since the last checkpoint. */
export interface WindowDelta {
  readonly window: WindowRef;
  readonly segment: string;
  readonly rows: number;
  readonly profile: InputProfile;
}

/** Segment of all rows. */
export const WHOLE = '';

/**
 * Everything one partition read since its last checkpoint, counted into window profiles as it comes. It is
 * stored in one transaction and then thrown away; if that fails it is thrown away too, and the log is read
 * again from the stored position. So a row is never half-counted.
 *
 * Memory: one profile per window and segment touched, plus the rows themselves until the checkpoint.
 */
export class CheckpointBuffer {
  readonly rows: AcceptedRow[] = [];
  readonly labels: AcceptedLabel[] = [];
  readonly deadLetters: { readonly type: string; readonly letter: DeadLetter }[] = [];
  /** `<event type>\u0000<outcome>` → count. */
  readonly #counts = new Map<string, number>();
  readonly #profiles = new Map<string, { window: WindowRef; segment: string; profile: InputProfile }>();
  /** model id → highest event time. */
  readonly maxEventMs = new Map<number, number>();
  /** window id → rows gained, fed windows too. */
  readonly #touched = new Map<number, number>();
  readonly #keys = new Set<string>();
  #retracted: ReadonlySet<AcceptedRow> = new Set();
  readonly #read = new Map<string, number>();
  events = 0;

  /** A record was read. Said before anything is decided about it, so that what is lost later shows. */
  countRead(type: string, by = 1): void {
    this.#read.set(type, (this.#read.get(type) ?? 0) + by);
  }

  /** event type → records read. */
  get read(): ReadonlyMap<string, number> {
    return this.#read;
  }

  count(type: string, outcome: EventOutcome, by = 1): void {
    const key = `${type}\u0000${outcome}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  get counts(): { type: string; outcome: EventOutcome; count: number }[] {
    return [...this.#counts].map(([key, count]) => {
      const [type = '', outcome = ''] = key.split('\u0000');
      return { type, outcome: outcome as EventOutcome, count };
    });
  }

  addDeadLetter(type: string, letter: DeadLetter): void {
    this.events += 1;
    this.deadLetters.push({ type, letter });
    this.count(type, deadOutcome(letter));
  }

  /** For a replay of dead letters: those that are still unreadable are stored and counted already. */
  forgetDeadLetters(): void {
    for (const { type, letter } of this.deadLetters) {
      this.count(type, deadOutcome(letter), -1);
      this.countRead(type, -1);
    }
    this.deadLetters.length = 0;
  }

  /** Counts a row into its windows; the first of a repeated id in one checkpoint wins. */
  addRow(row: AcceptedRow): 'windowed' | 'duplicate' {
    this.events += 1;
    this.seen(row.modelId, row.event.timestampMs);
    if (row.event.predictionId !== null && !this.#claim(row)) {
      this.count(row.event.type, 'duplicate');
      return 'duplicate';
    }
    this.rows.push(row);
    this.#accumulate(row, 1);
    this.count(row.event.type, 'windowed');
    return 'windowed';
  }

  /** Takes rows back that another checkpoint had claimed first. */
  retract(duplicates: ReadonlySet<AcceptedRow>): void {
    for (const row of duplicates) this.#toggle(row, -1);
    this.#retracted = duplicates;
  }

  /** Makes the buffer what it was before `retract`: its transaction failed, and will be tried again. */
  restore(): void {
    for (const row of this.#retracted) this.#toggle(row, 1);
    this.#retracted = new Set();
  }

  #toggle(row: AcceptedRow, sign: 1 | -1): void {
    this.#accumulate(row, sign);
    this.count(row.event.type, 'windowed', sign);
    this.count(row.event.type, 'duplicate', sign === 1 ? -1 : 1);
  }

  addLabel(label: AcceptedLabel): void {
    this.events += 1;
    this.labels.push(label);
    this.count('label', 'parked');
  }

  /** A label whose prediction is not kept. It moves no time: labels never do. */
  ignoreLabel(): void {
    this.events += 1;
    this.count('label', 'ignored');
  }

  /** An event that is consumed and goes nowhere: too late, or features a model does not take from there. */
  addUncounted(modelId: number, type: string, timestampMs: number, outcome: 'late' | 'ignored'): void {
    this.events += 1;
    this.seen(modelId, timestampMs);
    this.count(type, outcome);
  }

  seen(modelId: number, timestampMs: number): void {
    const known = this.maxEventMs.get(modelId);
    if (known === undefined || timestampMs > known) this.maxEventMs.set(modelId, timestampMs);
  }

  deltas(): WindowDelta[] {
    return [...this.#profiles.values()]
      .filter(({ profile }) => profile.rows !== 0 || profile.featureRows !== 0)
      .map(({ window, segment, profile }) => ({
        window,
        segment,
        rows: profile.rows,
        profile,
      }));
  }

  /** Rows gained per window, whether counted into it directly or by feeding it. */
  get touched(): ReadonlyMap<number, number> {
    return this.#touched;
  }

  #claim(row: AcceptedRow): boolean {
    const key = `${row.event.type}\u0000${row.modelId}\u0000${row.idHash}`;
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }

  #accumulate(row: AcceptedRow, sign: 1 | -1): void {
    const rows = row.event.type === 'prediction' ? sign : 0;
    for (const window of row.fed) this.#touch(window, rows);
    for (const window of row.windows) {
      this.#touch(window, rows);
      addToProfile(this.#profile(window, WHOLE, row.model), row, sign);
      for (const segment of row.segments) addToProfile(this.#profile(window, segment, row.model), row, sign);
    }
  }

  #touch({ id }: WindowRef, rows: number): void {
    this.#touched.set(id, (this.#touched.get(id) ?? 0) + rows);
  }

  #profile(window: WindowRef, segment: string, model: ModelSpec): InputProfile {
    const key = `${window.id}\u0000${segment}`;
    let entry = this.#profiles.get(key);
    if (entry === undefined) {
      entry = { window, segment, profile: new InputProfile(window.reference, model.task) };
      this.#profiles.set(key, entry);
    }
    return entry.profile;
  }
}

function deadOutcome(letter: DeadLetter): EventOutcome {
  return letter.reason === 'unknown_model' ? 'unknown_model' : 'dead_letter';
}

function addToProfile(profile: InputProfile, { event, model }: AcceptedRow, sign: 1 | -1): void {
  if (event.type === 'features') profile.addFeatures(event.features, sign);
  else if (model.featuresFrom === 'features') profile.addPrediction(event.prediction, event.score, sign);
  else profile.add(event, sign);
}
