import type { LogEvent } from '../../core/events/events.ts';
import type { FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import { classLabel } from '../../core/columns/class-label.ts';
import type { MessageList } from '../../core/events/log-source.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import type { DecodeLimits } from '../limits.ts';
import { storableUpTo } from '../text.ts';
import { learnShape } from './learn-shape.ts';
import { MessageBlock } from './message-block.ts';
import { narrowShape } from './narrow-shape.ts';
import { ShapeRows } from './shape-rows.ts';
import { type MessageShape, SLOT_CLASS } from './shape.ts';
import { spelledText } from './spelled-text.ts';

/** Shapes tried for a message. Most topics need one a model; each further one costs a failed comparison. */
const MAX_SHAPES = 32;
/** So many are learned at once; after that only what has been hit since earns the next without a pause. */
const LEARNED_AT_ONCE = 8;
/** Messages without a known shape that pass before another is learned, at most; it doubles while nothing is hit. */
const LONGEST_PAUSE = 4096;

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
 * Reads messages by the shapes seen last, a block of them at a time. The caller gives what it does not know to the
 * ordinary decoder and teaches it the result. A stream whose shape never repeats is soon learned from only now and then.
 */
export class FlatReader {
  readonly counts: FlatReaderCounts = { hits: 0, misses: 0, learned: 0 };
  readonly #limits: DecodeLimits;
  readonly #maxShapes: number;
  readonly #kernel: CountingKernel;
  readonly #block: MessageBlock;
  /** The shape hit last first. */
  readonly #shapes: ShapeRows[] = [];
  #pause = 0;
  #missesLeft = 0;
  #lastId = 0;

  constructor(kernel: CountingKernel, limits: DecodeLimits, maxShapes: number = MAX_SHAPES) {
    this.#kernel = kernel;
    this.#limits = limits;
    this.#maxShapes = maxShapes;
    this.#block = new MessageBlock(kernel, limits, (rows, cell, spelled, flags) =>
      this.#learnText(rows, cell, spelled, flags),
    );
  }

  /** Shapes known now. */
  get shapes(): number {
    return this.#shapes.length;
  }

  /** Whether a message's row is read already: if not, `read` overwrites all rows of before. */
  holds(messages: MessageList, index: number): boolean {
    return this.#block.holds(messages, index);
  }

  /** A message as a row that is valid until the block of another one is read; null when its shape is not known. */
  read(messages: MessageList, index: number): FlatRow | null {
    if (!this.#block.holds(messages, index)) this.#block.read(messages, index, this.#shapes);
    const row = this.#block.row(index);
    if (row === null) this.counts.misses += 1;
    else {
      this.counts.hits += 1;
      this.#pause = 0;
    }
    return row;
  }

  #learnText({ shape }: ShapeRows, cell: number, spelled: Uint8Array, isPlain: boolean): void {
    const text = spelledText(spelled, 0, spelled.length, !isPlain) ?? '';
    const storable = storableUpTo(text, this.#limits.maxTextLength);
    shape.texts[cell]?.learn(spelled, shape.uses[cell] === SLOT_CLASS ? classLabel(storable) : storable);
  }

  /** What the ordinary decoder made of a message that `read` did not know, given that it tolerated nothing. */
  learn(bytes: Uint8Array, event: LogEvent): void {
    if (event.type === 'label' || isPrivate(event.model, this.#limits) || !this.#kernel.hasRoom(0)) return;
    if (this.#missesLeft > 0) {
      this.#missesLeft -= 1;
      return;
    }
    const shape = learnShape(this.#kernel, bytes, event, this.#limits);
    if (shape !== null) {
      this.#shapes.unshift(this.#rowsOf(shape));
      if (this.#shapes.length > this.#maxShapes) release(this.#shapes.pop());
      this.counts.learned += 1;
      this.#block.forget();
    }
    if (this.counts.learned < LEARNED_AT_ONCE) return;
    this.#pause = Math.min(LONGEST_PAUSE, Math.max(1, this.#pause * 2));
    this.#missesLeft = this.#pause;
  }

  #rowsOf(shape: MessageShape): ShapeRows {
    return new ShapeRows(this.#kernel, shape, this.#limits, this.#lastId++);
  }

  /**
   * From now on messages of this layout are read without some of their features. Answers the layout their rows have then;
   * null when it is not known any more.
   */
  narrow(layout: FlatLayout, leftOut: ReadonlySet<string>): FlatLayout | null {
    const at = this.#shapes.findIndex((rows) => rows.layout === layout);
    const rows = this.#shapes[at];
    if (rows === undefined) return null;
    const shape = narrowShape(rows.shape, leftOut);
    for (const [cell, column] of rows.shape.texts.entries())
      if (shape.texts[cell] === null) column?.release();
    rows.release();
    this.#shapes[at] = this.#rowsOf(shape);
    this.#block.forget();
    return shape.layout;
  }

  /** Messages of this layout are learned anew. */
  forget(layout: FlatLayout): void {
    const at = this.#shapes.findIndex((rows) => rows.layout === layout);
    if (at === -1) return;
    release(this.#shapes[at]);
    this.#shapes.splice(at, 1);
    this.#block.forget();
  }
}

function release(rows: ShapeRows | undefined): void {
  for (const column of rows?.shape.texts ?? []) column?.release();
  rows?.release();
}
