import type { MessageList, ValuePlaces } from '../../core/events/log-source.ts';
import type { CountingKernel, Piece } from '../../kernel/kernel.ts';
import { JOB, sizeOf, WORD_BYTES } from '../../kernel/structs.ts';
import type { DecodeLimits } from '../limits.ts';
import { bytesOfRows, type ShapeRows } from './shape-rows.ts';

/** Messages of a block: enough that calls cost nothing, so few that its columns stay in a near cache. */
const BLOCK_ROWS = 1024;
const FEWEST_ROWS = 8;
/** Columns and messages of a block take at most so much each, but for a single message that is larger. */
const MOST_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 16 * 1024;
/** The kernel may look at so many bytes behind what it reads. */
const PADDING = 32;
/** Long numbers and exponents of a block; messages with more are decoded. */
const HARD_ROOM = 2 * 1024;
const HARD_WORDS = 3;
const ESCAPED_OR_BEYOND_ASCII = 3;
const NONE = -1;

const NO_MESSAGES: MessageList = [];
const NO_BYTES = new Uint8Array();

/** A text of a shape's cell that nobody has seen before. */
type LearnText = (rows: ShapeRows, cell: number, spelled: Uint8Array, isPlain: boolean) => void;

/**
 * Some messages in a row and the rows the kernel made of them. Its place in memory is one, whatever shapes there are: to
 * read another block is to give up this one.
 */
export class MessageBlock {
  readonly #kernel: CountingKernel;
  readonly #limits: DecodeLimits;
  readonly #learnText: LearnText;
  readonly #job: Piece;
  /** By message: from, to, shape, row; then record times. */
  readonly #perMessage: Piece;
  readonly #hard: Piece;
  #input: Piece;
  #columns: Piece;
  #order: Piece;
  #messages: MessageList = NO_MESSAGES;
  #start = 0;
  #end = 0;
  /** How many messages the next block has: few at first, and while blocks are given up early. */
  #rows = 2 * FEWEST_ROWS;
  #highestRead = -1;
  #shapes = new Map<number, ShapeRows>();

  constructor(kernel: CountingKernel, limits: DecodeLimits, learnText: LearnText) {
    this.#kernel = kernel;
    this.#limits = limits;
    this.#learnText = learnText;
    this.#job = kernel.take(sizeOf(JOB));
    this.#perMessage = kernel.take(BLOCK_ROWS * (4 * WORD_BYTES + 8));
    this.#hard = kernel.take(HARD_ROOM * HARD_WORDS * WORD_BYTES);
    this.#input = kernel.take(FIRST_BYTES);
    this.#columns = kernel.take(FIRST_BYTES);
    this.#order = kernel.take(64);
  }

  holds(messages: MessageList, index: number): boolean {
    return messages === this.#messages && index >= this.#start && index < this.#end;
  }

  /** Its rows are void: a shape has come or gone. */
  forget(): void {
    if (this.#end > this.#highestRead + 1) this.#rows = Math.max(FEWEST_ROWS, this.#rows >> 1);
    this.#messages = NO_MESSAGES;
    this.#start = 0;
    this.#end = 0;
    this.#highestRead = -1;
  }

  /**
   * Reads messages from `index` on: what no shape of literals fits is held against those of keys. The order of each is
   * that of the hits afterwards.
   */
  read(messages: MessageList, index: number, literal: ShapeRows[], keyed: ShapeRows[]): void {
    const shapes = [...literal, ...keyed];
    if (this.#end > this.#highestRead + 1) this.#rows = Math.max(FEWEST_ROWS, this.#rows >> 1);
    else this.#rows = Math.min(BLOCK_ROWS, 2 * this.#rows);
    const count = this.#copy(messages, index, this.#mostRows(shapes));
    this.#messages = messages;
    this.#start = index;
    this.#end = index + count;
    this.#highestRead = index - 1;
    this.#lay(shapes, count);
    const { words } = this.#kernel;
    const job = this.#job.at / WORD_BYTES;
    words[job + JOB.literalShapes] = literal.length;
    words[job + JOB.count] = count;
    words[job + JOB.next] = 0;
    words[job + JOB.hardCount] = 0;
    while (this.#kernel.readMessages(this.#job) === 1) this.#learnAsked();
    for (const rows of shapes) if (rows.count > 0) rows.look(this);
    this.#fillNumbers();
    this.#sort(literal, 0);
    this.#sort(keyed, literal.length);
  }

  /** Wide shapes have few rows, so that columns keep within their bound. */
  #mostRows(shapes: readonly ShapeRows[]): number {
    let rows = this.#rows;
    while (rows > 1 && columnBytes(shapes, rows) > MOST_BYTES) rows >>= 1;
    return rows;
  }

  /** Puts messages into the kernel's memory, as many as there is room for. */
  #copy(messages: MessageList, index: number, most: number): number {
    const { places, length } = messages;
    if (places === undefined) return this.#copyEach(messages, index, most);
    return this.#copyRuns(places, length, index, most);
  }

  /** From one record of a batch to the last of it at once, and what lies between them. */
  #copyRuns(places: ValuePlaces, length: number, index: number, most: number): number {
    const end = Math.min(length, index + most);
    const { maxBytes } = this.#limits;
    const { words, doubles, bytes: memory } = this.#kernel;
    const froms = this.#perMessage.at / WORD_BYTES;
    const tos = froms + BLOCK_ROWS;
    const times = (this.#perMessage.at + BLOCK_ROWS * 4 * WORD_BYTES) / 8;
    let copied = 0;
    let i = index;
    while (i < end) {
      // What lies in the same bytes, as long as there is room.
      const bytes = places.bytesOf(i);
      const start = i;
      let from = -1;
      let to = 0;
      for (; i < end && (i === start || places.bytesOf(i) === bytes); i++) {
        const valueFrom = places.from[i] ?? NONE;
        if (valueFrom === NONE) continue;
        const valueTo = places.to[i] ?? 0;
        // A value that is too large has a run of its own, of which nothing is copied.
        if (valueTo - valueFrom > maxBytes) {
          if (i === start) i += 1;
          break;
        }
        if (from !== -1 && valueTo - from + copied > MOST_BYTES) break;
        if (from === -1) {
          if (copied > 0 && valueTo - valueFrom + copied > MOST_BYTES) break;
          from = valueFrom;
        }
        to = valueTo;
      }
      if (i === start) break;
      const size = from === -1 ? 0 : to - from;
      if (copied + size + PADDING > this.#input.bytes) this.#widen(copied, copied + size + PADDING);
      if (size > 0) memory.set(bytes.subarray(from, to), this.#input.at + copied);
      for (let each = start; each < i; each++) {
        const valueFrom = size === 0 ? NONE : (places.from[each] ?? NONE);
        words[froms + each - index] = valueFrom === NONE ? NONE : valueFrom - from + copied;
        words[tos + each - index] = (places.to[each] ?? 0) - from + copied;
        doubles[times + each - index] = places.timestampsMs[each] ?? NONE;
      }
      copied += size;
    }
    return i - index;
  }

  #widen(used: number, bytes: number): void {
    const wider = this.#kernel.take(Math.max(bytes, 2 * this.#input.bytes));
    this.#kernel.bytes.copyWithin(wider.at, this.#input.at, this.#input.at + used);
    this.#kernel.give(this.#input);
    this.#input = wider;
  }

  #copyEach(messages: MessageList, index: number, most: number): number {
    const { words, doubles, bytes: memory } = this.#kernel;
    const froms = this.#perMessage.at / WORD_BYTES;
    const times = (this.#perMessage.at + BLOCK_ROWS * 4 * WORD_BYTES) / 8;
    let at = 0;
    let count = 0;
    for (; count < most && index + count < messages.length; count++) {
      const record = messages.at(index + count);
      const value = record?.unreadable === undefined ? (record?.value ?? null) : null;
      const length = value === null || value.length > this.#limits.maxBytes ? 0 : value.length;
      if (count > 0 && at + length > MOST_BYTES) break;
      if (at + length + PADDING > this.#input.bytes) this.#widen(at, at + length + PADDING);
      words[froms + count] = length === 0 ? NONE : at;
      words[froms + BLOCK_ROWS + count] = at + length;
      doubles[times + count] = record?.timestampMs ?? NONE;
      if (length > 0 && value !== null) memory.set(value, this.#input.at + at);
      at += length;
    }
    return count;
  }

  /** The bytes of a message of the block, where they lay before: what the kernel has of them is overwritten. */
  bytesOf(message: number): Uint8Array {
    const { places } = this.#messages;
    const index = this.#start + message;
    if (places === undefined) return this.#messages.at(index)?.value ?? NO_BYTES;
    return places.bytesOf(index).subarray(places.from[index] ?? 0, places.to[index] ?? 0);
  }

  #lay(shapes: readonly ShapeRows[], count: number): void {
    const needed = columnBytes(shapes, count);
    if (needed > this.#columns.bytes) {
      // By doubling: pieces of ever other sizes would be left behind.
      const bytes = Math.max(needed, 2 * this.#columns.bytes);
      this.#kernel.give(this.#columns);
      this.#columns = this.#kernel.take(bytes);
    }
    if (shapes.length * WORD_BYTES > this.#order.bytes) {
      this.#kernel.give(this.#order);
      this.#order = this.#kernel.take(shapes.length * WORD_BYTES);
    }
    let at = this.#columns.at;
    for (const rows of shapes) {
      rows.lay(at, count);
      at += bytesOfRows(rows.shape.slots, count);
    }
    const { words, doubles } = this.#kernel;
    const job = this.#job.at / WORD_BYTES;
    const perMessage = this.#perMessage.at;
    const column = BLOCK_ROWS * WORD_BYTES;
    words[job + JOB.input] = this.#input.at;
    words[job + JOB.froms] = perMessage;
    words[job + JOB.tos] = perMessage + column;
    words[job + JOB.shapeOf] = perMessage + 2 * column;
    words[job + JOB.rowOf] = perMessage + 3 * column;
    words[job + JOB.recordTimes] = perMessage + 4 * column;
    words[job + JOB.shapes] = this.#order.at;
    words[job + JOB.shapeCount] = shapes.length;
    words[job + JOB.maxBytes] = this.#limits.maxBytes;
    words[job + JOB.maxIdLength] = this.#limits.maxIdLength;
    doubles[(this.#job.at + JOB.maxFutureMs * WORD_BYTES) / 8] = this.#limits.maxFutureMs;
    words[job + JOB.hard] = this.#hard.at;
    words[job + JOB.hardRoom] = HARD_ROOM;
    this.#shapes.clear();
    for (const [i, rows] of shapes.entries()) {
      words[this.#order.at / WORD_BYTES + i] = rows.struct.at;
      this.#shapes.set(rows.id, rows);
    }
  }

  #learnAsked(): void {
    const { words } = this.#kernel;
    const job = this.#job.at / WORD_BYTES;
    const rows = this.#shapes.get(words[job + JOB.askedShape] ?? NONE);
    if (rows === undefined) throw new Error('the kernel asks for a text of no shape');
    const message = this.bytesOf(words[job + JOB.next] ?? NONE);
    const spelled = message.subarray(words[job + JOB.askedFrom], words[job + JOB.askedTo]);
    const isPlain = ((words[job + JOB.askedFlags] ?? 0) & ESCAPED_OR_BEYOND_ASCII) === 0;
    this.#learnText(rows, words[job + JOB.askedSlot] ?? 0, spelled, isPlain);
  }

  #fillNumbers(): void {
    const { words } = this.#kernel;
    const count = words[this.#job.at / WORD_BYTES + JOB.hardCount] ?? 0;
    for (let i = 0, at = this.#hard.at / WORD_BYTES; i < count; i++, at += HARD_WORDS) {
      this.#shapes.get(words[at + 1] ?? NONE)?.fill(words[at] ?? 0, words[at + 2] ?? 0);
    }
  }

  /** The shape hit last is first, as the kernel has left them. */
  #sort(shapes: ShapeRows[], before: number): void {
    const { words } = this.#kernel;
    const from = this.#order.at / WORD_BYTES + before;
    if (words[from] === shapes[0]?.struct.at) return;
    const place = new Map(shapes.map((_, i) => [words[from + i] ?? 0, i]));
    shapes.sort((a, b) => (place.get(a.struct.at) ?? 0) - (place.get(b.struct.at) ?? 0));
  }

  #rowsOf(i: number): ShapeRows | undefined {
    const id = this.#kernel.words[this.#perMessage.at / WORD_BYTES + 2 * BLOCK_ROWS + i] ?? NONE;
    return id === NONE ? undefined : this.#shapes.get(id);
  }

  #rowAt(i: number): number {
    return this.#kernel.words[this.#perMessage.at / WORD_BYTES + 3 * BLOCK_ROWS + i] ?? 0;
  }

  #timestampOf(index: number): number {
    const { places } = this.#messages;
    return (
      (places === undefined ? this.#messages.at(index)?.timestampMs : places.timestampsMs[index]) ?? NONE
    );
  }

  /** The row of a message that is held. Null: no shape fits it, or it may have to be refused. */
  row(index: number): ShapeRows | null {
    this.#highestRead = Math.max(this.#highestRead, index);
    const rows = this.#rowsOf(index - this.#start);
    if (rows === undefined) return null;
    rows.moveTo(this.#rowAt(index - this.#start));
    return rows.settle(this.#timestampOf(index)) ? rows : null;
  }
}

function columnBytes(shapes: readonly ShapeRows[], rows: number): number {
  let bytes = 0;
  for (const { shape } of shapes) bytes += bytesOfRows(shape.slots, rows);
  return bytes;
}
