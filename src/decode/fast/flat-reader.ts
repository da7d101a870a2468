import type { FeaturesEvent, LogEvent, PredictionEvent } from '../../core/events/events.ts';
import type { FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import { classLabel } from '../../core/columns/class-label.ts';
import type { MessageList } from '../../core/events/log-source.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import type { DecodeLimits } from '../limits.ts';
import { storableUpTo } from '../text.ts';
import { learnKeys } from './learn-keys.ts';
import { learnShape } from './learn-shape.ts';
import { MessageBlock } from './message-block.ts';
import { narrowShape } from './narrow-shape.ts';
import { ShapeRows } from './shape-rows.ts';
import { type MessageShape, SLOT_CLASS } from './shape.ts';
import { spelledText } from './spelled-text.ts';

/** Shapes of either sort tried for a message. Each costs a failed comparison. */
const MAX_SHAPES = 32;
/** So many are learned at once; after that only what has been hit since earns the next without a pause. */
const LEARNED_AT_ONCE = 8;
/** So often a shape gains keys without a pause: optional ones turn up one after another. */
const GAINED_AT_ONCE = 64;
/** Messages without a known shape that pass before another is learned, at most; it doubles while nothing is hit. */
const LONGEST_PAUSE = 4096;
/** Of so many messages that were read by their keys one is tried as a shape of literals. */
const FIRST_TRIAL = 1024;
const LAST_TRIAL = 64 * 1024;
/** A shape of literals that fits fewer than one in so many messages makes the others slower. */
const RAREST_SHAPE = 64;

/** Rows of which something is dropped or hashed go the ordinary way, which does that. */
function isPrivate(model: string, { privacy = null }: DecodeLimits): boolean {
  return privacy !== null && privacy.of(model) !== null;
}

export interface FlatReaderCounts {
  /** Messages read from a known shape, and messages left to the ordinary decoder. */
  hits: number;
  misses: number;
  learned: number;
}

/**
 * Reads messages by the shapes seen last, a block of them at a time: first by shapes of literals, which is fastest, then
 * by the keys that messages of a model have had. The caller gives what it does not know to the ordinary decoder and
 * teaches it the result. A stream that always brings new keys is soon learned from only now and then.
 */
export class FlatReader {
  readonly counts: FlatReaderCounts = { hits: 0, misses: 0, learned: 0 };
  readonly #limits: DecodeLimits;
  readonly #maxShapes: number;
  readonly #kernel: CountingKernel;
  readonly #block: MessageBlock;
  /** Those hit last first. */
  #literal: ShapeRows[] = [];
  readonly #keyed: ShapeRows[] = [];
  #pause = 0;
  #missesLeft = 0;
  /** How often keys were gained since a message was read. */
  #gained = 0;
  #lastId = 0;
  /** Until a message that its keys would be enough for is tried as a shape of literals. */
  #trialIn = FIRST_TRIAL;
  #trialEvery = FIRST_TRIAL;
  #isTrial = false;
  #hitsAtTrial = 0;

  constructor(kernel: CountingKernel, limits: DecodeLimits, maxShapes: number = MAX_SHAPES) {
    this.#kernel = kernel;
    this.#limits = limits;
    this.#maxShapes = maxShapes;
    this.#block = new MessageBlock(kernel, limits, (rows, cell, spelled, flags) =>
      this.#learnText(rows, cell, spelled, flags),
    );
  }

  /** Shapes known now: of literals, and of keys. */
  get shapes(): { readonly literal: number; readonly keyed: number } {
    return { literal: this.#literal.length, keyed: this.#keyed.length };
  }

  /** Whether a message's row is read already: if not, `read` overwrites all rows of before. */
  holds(messages: MessageList, index: number): boolean {
    return this.#block.holds(messages, index);
  }

  /** A message as a row that is valid until the block of another one is read; null when its shape is not known. */
  read(messages: MessageList, index: number): FlatRow | null {
    if (!this.#block.holds(messages, index)) this.#block.read(messages, index, this.#literal, this.#keyed);
    const row = this.#block.row(index);
    if (row === null || (row.layout.byKeys && this.#isTried())) {
      this.counts.misses += 1;
      return null;
    }
    this.counts.hits += 1;
    row.hits += 1;
    this.#pause = 0;
    this.#gained = 0;
    return row;
  }

  #isTried(): boolean {
    this.#trialIn -= 1;
    if (this.#trialIn > 0) return false;
    this.#isTrial = true;
    return true;
  }

  #learnText({ shape }: ShapeRows, cell: number, spelled: Uint8Array, isPlain: boolean): void {
    const text = spelledText(spelled, 0, spelled.length, !isPlain) ?? '';
    const storable = storableUpTo(text, this.#limits.maxTextLength);
    shape.texts[cell]?.learn(spelled, shape.uses[cell] === SLOT_CLASS ? classLabel(storable) : storable);
  }

  /** What the ordinary decoder made of a message that `read` did not know, given that it tolerated nothing. */
  learn(bytes: Uint8Array, event: LogEvent): void {
    const isTrial = this.#isTrial;
    if (isTrial) this.#beginTrial();
    if (isPrivate(event.model, this.#limits) || !this.#kernel.hasRoom(0)) return;
    if (isTrial) {
      this.#learnLiterals(bytes, event);
      return;
    }
    if (this.#missesLeft > 0) {
      this.#missesLeft -= 1;
      return;
    }
    // Labels have few keys: as many shapes as they come in are known soon.
    const gained = event.type !== 'label' && this.#learnKeys(bytes, event);
    if (gained && this.#gained++ < GAINED_AT_ONCE) return;
    this.#learnLiterals(bytes, event);
    if (this.counts.learned < LEARNED_AT_ONCE) return;
    this.#pause = Math.min(LONGEST_PAUSE, Math.max(1, this.#pause * 2));
    this.#missesLeft = this.#pause;
  }

  /** Shapes of literals that hardly any message had since the last trial are forgotten. */
  #beginTrial(): void {
    const hits = this.counts.hits - this.#hitsAtTrial;
    const isRare = (rows: ShapeRows): boolean => rows.hits * RAREST_SHAPE < hits;
    const rare = this.#literal.filter(isRare);
    this.#literal = this.#literal.filter((rows) => !isRare(rows));
    for (const rows of rare) release(rows);
    if (rare.length > 0) this.#block.forget();
    for (const rows of this.#literal) rows.hits = 0;
    this.#trialEvery = rare.length > 0 ? Math.min(LAST_TRIAL, 2 * this.#trialEvery) : FIRST_TRIAL;
    this.#trialIn = this.#trialEvery;
    this.#hitsAtTrial = this.counts.hits;
    this.#isTrial = false;
  }

  /** Whether a shape that was known has gained keys. */
  #learnKeys(bytes: Uint8Array, event: PredictionEvent | FeaturesEvent): boolean {
    const at = this.#keyed.findIndex(({ layout }) => isOf(layout, event));
    const known = this.#keyed[at];
    const shape = learnKeys(this.#kernel, known?.shape ?? null, bytes, event, this.#limits);
    if (shape === null) return false;
    known?.release();
    if (known === undefined) this.#keyed.unshift(this.#rowsOf(shape));
    else this.#keyed[at] = this.#rowsOf(shape);
    if (this.#keyed.length > this.#maxShapes) release(this.#keyed.pop());
    this.#block.forget();
    if (known === undefined) return false;
    this.counts.learned += 1;
    return true;
  }

  #learnLiterals(bytes: Uint8Array, event: LogEvent): void {
    const shape = learnShape(this.#kernel, bytes, event, this.#limits);
    if (shape === null) return;
    this.#literal.unshift(this.#rowsOf(shape));
    if (this.#literal.length > this.#maxShapes) release(this.#literal.pop());
    this.counts.learned += 1;
    this.#block.forget();
  }

  #rowsOf(shape: MessageShape): ShapeRows {
    return new ShapeRows(this.#kernel, shape, this.#limits, this.#lastId++);
  }

  /**
   * From now on messages of this layout are read without some of their features. Answers the layout their rows have then;
   * null when it is not known any more.
   */
  narrow(layout: FlatLayout, leftOut: ReadonlySet<string>): FlatLayout | null {
    const shapes = layout.byKeys ? this.#keyed : this.#literal;
    const at = shapes.findIndex((rows) => rows.layout === layout);
    const rows = shapes[at];
    if (rows === undefined) return null;
    const shape = narrowShape(rows.shape, leftOut);
    for (const [cell, column] of rows.shape.texts.entries())
      if (shape.texts[cell] === null) column?.release();
    rows.release();
    shapes[at] = this.#rowsOf(shape);
    this.#block.forget();
    return shape.layout;
  }

  /** Messages of this layout are learned anew. */
  forget(layout: FlatLayout): void {
    const shapes = layout.byKeys ? this.#keyed : this.#literal;
    const at = shapes.findIndex((rows) => rows.layout === layout);
    if (at === -1) return;
    release(shapes[at]);
    shapes.splice(at, 1);
    this.#block.forget();
  }
}

function isOf(layout: FlatLayout, { type, model, modelVersion }: PredictionEvent | FeaturesEvent): boolean {
  return layout.type === type && layout.model === model && layout.modelVersion === modelVersion;
}

/** What a shape and its texts take. */
function release(rows: ShapeRows | undefined): void {
  for (const column of rows?.shape.texts ?? []) column?.release();
  const { root, features, tags, probabilities, batch, types, models, versions } = rows?.shape.keys ?? {};
  for (const table of [root, features, tags, probabilities, batch, types, models, versions])
    table?.spelled.release();
  rows?.release();
}
