import type { LogEvent } from '../../core/events/events.ts';
import type { FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import type { DecodeLimits } from '../limits.ts';
import { learnShape } from './learn-shape.ts';
import { TimeReader } from './read-time.ts';
import { narrowShape } from './narrow-shape.ts';
import { ShapeReader } from './shape-reader.ts';

/** Shapes tried for a message. Most topics need one a model; each further one costs a failed comparison. */
const MAX_SHAPES = 8;
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
 * Reads messages by the shapes seen last. The caller gives what it does not know to the ordinary decoder and teaches
 * it the result. A stream whose shape never repeats is soon learned from only now and then.
 */
export class FlatReader {
  readonly counts: FlatReaderCounts = { hits: 0, misses: 0, learned: 0 };
  private readonly limits: DecodeLimits;
  private readonly maxShapes: number;
  private readonly time = new TimeReader();
  /** The shape hit last first. */
  private readonly readers: ShapeReader[] = [];
  private pause = 0;
  private missesLeft = 0;

  constructor(limits: DecodeLimits, maxShapes: number = MAX_SHAPES) {
    this.limits = limits;
    this.maxShapes = maxShapes;
  }

  /** Shapes known now. */
  get shapes(): number {
    return this.readers.length;
  }

  /** The message as a row that is valid until the next call; null when its shape is not known. */
  read(bytes: Uint8Array | null, recordTimestampMs: number): FlatRow | null {
    if (bytes !== null) {
      for (let i = 0; i < this.readers.length; i++) {
        const reader = this.readers[i];
        if (reader?.read(bytes, recordTimestampMs) !== true) continue;
        if (i > 0) {
          this.readers.copyWithin(1, 0, i);
          this.readers[0] = reader;
        }
        this.counts.hits += 1;
        this.pause = 0;
        return reader;
      }
    }
    this.counts.misses += 1;
    return null;
  }

  /** What the ordinary decoder made of a message that `read` did not know, given that it tolerated nothing. */
  learn(bytes: Uint8Array, event: LogEvent): void {
    if (event.type === 'label' || isPrivate(event.model, this.limits)) return;
    if (this.missesLeft > 0) {
      this.missesLeft -= 1;
      return;
    }
    const shape = learnShape(bytes, event, this.limits);
    if (shape !== null) {
      this.readers.unshift(new ShapeReader(shape, this.limits, this.time));
      if (this.readers.length > this.maxShapes) this.readers.pop();
      this.counts.learned += 1;
    }
    // The first shapes are learned at once; after that only what has been hit since earns the next without a pause.
    if (this.counts.learned < this.maxShapes) return;
    this.pause = Math.min(LONGEST_PAUSE, Math.max(1, this.pause * 2));
    this.missesLeft = this.pause;
  }

  /**
   * From now on messages of this layout are read without some of their features. Answers the layout their rows have then;
   * null when it is not known any more.
   */
  narrow(layout: FlatLayout, leftOut: ReadonlySet<string>): FlatLayout | null {
    const at = this.readers.findIndex((reader) => reader.layout === layout);
    const reader = this.readers[at];
    if (reader === undefined) return null;
    const shape = narrowShape(reader.shape, leftOut);
    this.readers[at] = new ShapeReader(shape, this.limits, this.time);
    return shape.layout;
  }

  /** Messages of this layout are learned anew. */
  forget(layout: FlatLayout): void {
    const at = this.readers.findIndex((reader) => reader.layout === layout);
    if (at !== -1) this.readers.splice(at, 1);
  }
}
