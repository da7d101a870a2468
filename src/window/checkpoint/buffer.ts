import type { DeadLetter } from '../../core/events/dead-letter.ts';
import type { LabelEvent } from '../../core/events/events.ts';
import { type HashedId, LabelColumns } from '../../core/events/label-columns.ts';
import type { Task } from '../../core/model.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import { lesserHash, RowSample } from '../../stats/profile/rows/row-sample.ts';
import { type AcceptedRow, addToGroup, addToProfile, addToSample } from './accepted-row.ts';
import { type CheckpointLimits, PROFILES_HELD, UNLIMITED } from './limits.ts';
import { EventTimes } from '../event-times.ts';
import { type HeldIds, holdId, type KnownIds, noIds } from './held-ids.ts';
import { isKeptByLow } from '../kept.ts';
import { NoticeCounts } from './notices.ts';
import { groupOf, WHOLE } from '../part-names.ts';
import { newInputs } from '../part-profiles.ts';
import { ReachedWindows } from './reached-windows.ts';
import { SampleCutoffs } from './sample-cutoffs.ts';
import { StoredRows } from './stored-rows.ts';
import { SurplusCounts } from './surplus-counts.ts';
import { WindowDelta } from './window-delta.ts';
import type { WindowRef } from '../window-ref.ts';

export type { AcceptedRow } from './accepted-row.ts';
export { WHOLE } from '../part-names.ts';
export type { WindowDelta } from './window-delta.ts';

/** Where an event ended. Consumed events of a type always equal the sum of these. */
export type EventOutcome =
  | 'windowed'
  | 'late'
  | 'duplicate'
  | 'dead_letter'
  | 'unknown_model'
  | 'parked'
  | 'ignored';

/** The rows that one window gained and that are among its smallest hashes, as far as is known. */
export interface SampleDelta {
  readonly window: WindowRef;
  readonly sample: RowSample;
}

/** So many rows that are only counted take the room of one that is kept. */
const COUNTED_PER_ROW = 25;

/**
 * So many labels take the room of one row that is kept. Many are worth holding: labels of one window make one part, however
 * many they are.
 */
const LABELS_PER_ROW = 2;

/** A checkpoint that held less than this share of the least it may has told what the next one is like. */
const ROOM_LEFT = 0.9;
const NOTHING_EXPECTED: ReadonlyMap<string, number> = new Map();

/** How many events of a type ended in one way; counted up in place by who counts many. */
export interface Counter {
  count: number;
}

/**
 * Everything one partition read since its last checkpoint, counted into window profiles as it comes. It is
 * stored in one transaction and then thrown away; if that cannot be, it is thrown away too, and the log is read
 * again from the stored position. So a row is never half-counted.
 *
 * Memory: one profile per window and segment touched, eight bytes an id, the rows that are kept, and per window at
 * most 1¼ times the rows of a sample; `cells` adds up what of it a producer can make large.
 */
export class CheckpointBuffer {
  readonly stored = new StoredRows();
  readonly labels = new LabelColumns();
  readonly deadLetters: { readonly type: string; readonly letter: DeadLetter }[] = [];
  /** `<event type>\u0000<outcome>` → count. */
  readonly #counts = new Map<string, Counter>();
  readonly #profiles = new Map<string, WindowDelta>();
  /** window id → rows of its sample; null: it has no baseline, so nothing to compare rows with. */
  readonly #samples = new Map<number, SampleDelta | null>();
  readonly cutoffs: SampleCutoffs;
  readonly times: EventTimes;
  /** window id → rows gained, fed windows too. */
  readonly #touched = new Map<number, Counter>();
  readonly #ids = new Map<number, HeldIds>();
  readonly #read = new Map<string, Counter>();
  readonly notices = new NoticeCounts();
  readonly surplus = new SurplusCounts();
  readonly windows: ReachedWindows;
  /** How much was forgotten when the first of it was read. Null: nothing was. */
  asOf: number | null = null;
  readonly #limits: CheckpointLimits;
  /** Part → rows that the checkpoint before had of it. */
  readonly #expected: ReadonlyMap<string, number>;
  #previous: CheckpointBuffer | null;
  /** Ids of these records that others had stored first, when they were read before. */
  repeated: readonly HeldIds[] = [];
  /** Of all profiles, since they were counted last; new levels are not in it. */
  #profileCells = 0;
  #largestProfile = 0;
  /** Of all else, then. */
  #otherCells = 0;
  #letterBytes = 0;
  events = 0;

  /** `previous`: what is being stored while this one fills. Its ids are taken, though nobody else knows of them yet. */
  constructor(
    previous: CheckpointBuffer | null = null,
    cutoffs = previous?.cutoffs ?? new SampleCutoffs(),
    limits: CheckpointLimits = UNLIMITED,
    times: EventTimes = previous?.times.next() ?? new EventTimes(),
  ) {
    this.#previous = previous;
    this.#expected = previous?.rowsOfParts() ?? NOTHING_EXPECTED;
    this.cutoffs = cutoffs;
    this.#limits = limits;
    this.times = times;
    this.windows = new ReachedWindows(limits);
  }

  /** The previous one is stored, and its ids are known. */
  forgetPrevious(): void {
    this.#previous = null;
  }

  /** It is stored, and nobody uses it any more: its memory is there for the next one. */
  release(): void {
    for (const { profile } of this.#profiles.values()) profile.release();
    this.#profiles.clear();
  }

  /** What is held, in rows. A row that is only counted leaves little more than its id. */
  get weight(): number {
    const whole = this.stored.length + this.deadLetters.length + this.#sampledRows();
    return whole + this.labels.length / LABELS_PER_ROW + this.events / COUNTED_PER_ROW;
  }

  /** Nothing more is to be taken in. Windows are asked for one record at a time, when its windows are known. */
  get isFull(): boolean {
    return this.weight >= this.#limits.rows || this.#isBeyond(this.cells);
  }

  /**
   * What is held, in values of eight bytes, about: rows × columns, the counts of every window and segment, rows of
   * samples, the bytes of dead letters.
   */
  get cells(): number {
    let profiles = 0;
    for (const { profile } of this.#profiles.values()) profiles += profile.cells;
    this.#profileCells = profiles;
    let samples = 0;
    for (const entry of this.#samples.values()) samples += entry?.sample.cells ?? 0;
    this.#otherCells = samples + this.stored.cells + this.#letterBytes / 8;
    return this.cellsLately;
  }

  /** The same as it was when it was counted last. */
  get cellsLately(): number {
    return this.#profileCells + this.#otherCells;
  }

  /** What a single record may fill up alone: windows and segments. Asked after each. */
  get hasNoCells(): boolean {
    return this.#isBeyond(this.#profileCells);
  }
  #isBeyond(cells: number): boolean {
    if (cells < this.#limits.leastCells || cells <= PROFILES_HELD * this.#largestProfile) return false;
    return cells >= this.#limits.cells;
  }

  /** A record was read. Said before anything is decided about it, so that what is lost later shows. */
  countRead(type: string, by = 1): void {
    this.readCounter(type).count += by;
  }

  readCounter(type: string): Counter {
    return counterOf(this.#read, type);
  }

  /** event type → records read. */
  get read(): ReadonlyMap<string, number> {
    return countsOf(this.#read);
  }

  count(type: string, outcome: EventOutcome, by = 1): void {
    this.counter(type, outcome).count += by;
  }

  counter(type: string, outcome: EventOutcome): Counter {
    return counterOf(this.#counts, `${type}\u0000${outcome}`);
  }

  get counts(): { type: string; outcome: EventOutcome; count: number }[] {
    return [...this.#counts].flatMap(([key, { count }]) => {
      const [type = '', outcome = ''] = key.split('\u0000');
      return count === 0 ? [] : { type, outcome: outcome as EventOutcome, count };
    });
  }

  addDeadLetter(type: string, letter: DeadLetter): void {
    this.events += 1;
    this.deadLetters.push({ type, letter });
    this.#letterBytes += letter.bytes.length;
    this.count(type, deadOutcome(letter));
  }

  /** For a replay of dead letters: those that are still unreadable are stored and counted already. */
  forgetDeadLetters(): void {
    for (const { type, letter } of this.deadLetters) {
      this.count(type, deadOutcome(letter), -1);
      this.countRead(type, -1);
    }
    this.deadLetters.length = 0;
    this.#letterBytes = 0;
  }

  /** Counts a row into its windows; of a repeated id the first wins, here or in what was known before. */
  addRow(row: AcceptedRow, known: KnownIds): 'windowed' | 'duplicate' {
    const { event, modelId } = row;
    this.events += 1;
    this.times.see(modelId, event.timestampMs);
    const high = Number(BigInt.asIntN(32, row.idHash >> 32n));
    const low = Number(BigInt.asIntN(32, row.idHash));
    if (event.predictionId !== null) {
      const held = this.ids(modelId, event.type);
      const before = this.previousIds(modelId, event.type);
      if (known.has(high, low) || before?.set.has(high, low) === true || !holdId(held, high, low)) {
        this.count(event.type, 'duplicate');
        return 'duplicate';
      }
    }
    if (isKeptByLow(row.model, low)) this.stored.add(event, row, high, low);
    this.#accumulate(row);
    this.count(event.type, 'windowed');
    return 'windowed';
  }

  /** Columns that a counted row came with and its model has no place for. */
  countSurplus(modelId: number, columns: readonly string[]): void {
    if (columns.length === 0) return;
    this.surplus.add(modelId, columns);
    this.notices.add('surplus_columns', columns.length);
  }

  /** The ids held of one model's predictions, or features logged apart. */
  ids(modelId: number, type: 'prediction' | 'features'): HeldIds {
    const kind = type === 'prediction' ? 0 : 1;
    const key = 2 * modelId + kind;
    let held = this.#ids.get(key);
    if (held === undefined) {
      // A checkpoint holds about as many as the one before.
      const expected = this.previousIds(modelId, type)?.list.length ?? 0;
      held = noIds({ modelId, kind }, expected);
      this.#ids.set(key, held);
    }
    return held;
  }

  /** Taken, though not known to all: of what is being stored meanwhile, or found repeated when this was read before. */
  previousIds(modelId: number, type: 'prediction' | 'features'): HeldIds | null {
    if (this.#previous !== null) return this.#previous.ids(modelId, type);
    const kind = type === 'prediction' ? 0 : 1;
    return this.repeated.find((ids) => ids.modelId === modelId && ids.kind === kind) ?? null;
  }

  get heldIds(): HeldIds[] {
    return [...this.#ids.values()].filter(({ list }) => list.length > 0);
  }

  /** `hashed`: the id, where its hash is known. */
  addLabel(modelId: number, event: LabelEvent, hashed?: HashedId): void {
    this.events += 1;
    this.labels.add(modelId, event, hashed);
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
    this.times.see(modelId, timestampMs);
    this.count(type, outcome);
  }

  deltas(): WindowDelta[] {
    return [...this.#profiles.values()].filter(
      ({ profile }) => profile.rows !== 0 || profile.featureRows !== 0,
    );
  }

  /** Samples that gained a row. One that did not says nothing that is not stored already. */
  samples(): SampleDelta[] {
    return [...this.#samples.values()].flatMap((each) => (each !== null && each.sample.held > 0 ? each : []));
  }

  /** Rows gained per window, whether counted into it directly or by feeding it. */
  get touched(): ReadonlyMap<number, number> {
    return countsOf(this.#touched);
  }

  #accumulate(row: AcceptedRow): void {
    const rows = row.event.type === 'prediction' ? 1 : 0;
    for (const window of row.fed) this.rowCounter(window).count += rows;
    for (const window of row.windows) {
      this.rowCounter(window).count += rows;
      addToSample(this.sample(window), row);
      this.#addTo(this.profile(window, WHOLE, row.model.task), row);
      for (const segment of row.segments) {
        if (groupOf(segment) === null) this.#addTo(this.profile(window, segment, row.model.task), row);
        else addToGroup(this.profile(window, segment, row.model.task), row);
      }
    }
  }

  #addTo(profile: InputProfile, row: AcceptedRow): void {
    const before = profile.untypedCells;
    addToProfile(profile, row);
    this.#profileCells += profile.untypedCells - before;
  }

  /** What the next one may expect: nothing where this one held nearly all it may, for what is expected takes its room at once. */
  rowsOfParts(): Map<string, number> {
    const parts = new Map<string, number>();
    if (this.cells >= ROOM_LEFT * this.#limits.leastCells) return parts;
    for (const [part, { profile }] of this.#profiles) parts.set(part, profile.rows);
    return parts;
  }

  /** Rows a window gains; a window it was asked for counts as touched. */
  rowCounter({ id }: WindowRef): Counter {
    return counterOf(this.#touched, id);
  }

  /** What this window and segment have gained; made when first asked for. */
  profile(window: WindowRef, segment: string, task: Task): InputProfile {
    const key = `${window.id}\u0000${segment}`;
    let entry = this.#profiles.get(key);
    if (entry === undefined) {
      entry = new WindowDelta(window, segment, newInputs(segment, window.reference, task));
      entry.profile.expect(this.#expected.get(key) ?? 0);
      this.#profiles.set(key, entry);
      const { cells } = entry.profile;
      this.#profileCells += cells;
      this.#largestProfile = Math.max(this.#largestProfile, cells);
    }
    return entry.profile;
  }

  /** The rows this window has gained that may be among its smallest hashes; null for a window without a baseline. */
  sample(window: WindowRef): RowSample | null {
    let entry = this.#samples.get(window.id);
    if (entry === undefined) {
      const { reference } = window;
      // What is being stored will be there before this: one that cannot be stored takes this one with it.
      const cutoff = lesserHash(this.cutoffs.of(window.id), this.#previous?.cutoffOf(window.id) ?? null);
      entry = reference === null ? null : { window, sample: new RowSample(reference, { cutoff }) };
      this.#samples.set(window.id, entry);
    }
    return entry?.sample ?? null;
  }

  /** From where on rows of a window are left out here. */
  cutoffOf(windowId: number): bigint | null {
    return this.#samples.get(windowId)?.sample.cutoff ?? null;
  }

  #sampledRows(): number {
    let rows = 0;
    for (const entry of this.#samples.values()) rows += entry?.sample.held ?? 0;
    return rows;
  }
}

function counterOf<K>(counters: Map<K, Counter>, key: K): Counter {
  let counter = counters.get(key);
  if (counter === undefined) counters.set(key, (counter = { count: 0 }));
  return counter;
}

function countsOf<K>(counters: ReadonlyMap<K, Counter>): Map<K, number> {
  return new Map([...counters].map(([key, { count }]) => [key, count]));
}

function deadOutcome(letter: DeadLetter): EventOutcome {
  return letter.reason === 'unknown_model' ? 'unknown_model' : 'dead_letter';
}
