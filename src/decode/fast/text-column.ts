import { STRAY_TEXT } from '../../core/events/flat-row.ts';
import type { CountingKernel, Piece } from '../../kernel/kernel.ts';
import { sizeOf, TEXT_TABLE, WORD_BYTES } from '../../kernel/structs.ts';

/** Different texts a column remembers: far above the levels a profile keeps, so that ids cannot fill the memory. */
export const MAX_TEXTS = 2048;
const MAX_TEXT_BYTES = 512;
const FIRST_TEXTS = 16;
const BYTES_OF_A_TEXT = 8;
/** The kernel may look at so many bytes behind what it compares. */
const PADDING = 16;
/** All columns of a shape remember texts of so many bytes together. */
export const MAX_SHAPE_TEXT_BYTES: number = 4 * 1024 * 1024;

/** What the columns of one shape may still remember. */
export interface TextRoom {
  bytes: number;
}

/**
 * The texts one column has held, found by the kernel by their bytes as they stand in the message, so that a known category
 * costs no string. Two spellings of one text (`é` and `é`) are two entries with equal texts. Entries are never removed:
 * a code means the same for ever. Full, it answers `STRAY_TEXT`.
 */
export class TextColumn {
  readonly texts: string[] = [];
  readonly #kernel: CountingKernel;
  readonly #room: TextRoom;
  readonly table: Piece;
  #capacity = FIRST_TEXTS;
  /** Places, hashes, ends and blanks of so many texts. */
  #index: Piece;
  #bytes: Piece;
  #length = 0;

  constructor(kernel: CountingKernel, room: TextRoom) {
    this.#kernel = kernel;
    this.#room = room;
    this.table = kernel.take(sizeOf(TEXT_TABLE));
    this.#index = kernel.take(indexBytes(FIRST_TEXTS));
    this.#bytes = kernel.take(FIRST_TEXTS * BYTES_OF_A_TEXT + PADDING);
    const { words } = kernel;
    const at = this.table.at / WORD_BYTES;
    words[at + TEXT_TABLE.count] = 0;
    words[at + TEXT_TABLE.full] = 0;
    this.#point();
    kernel.placeTexts(this.table);
  }

  /** Tells the table where everything lies. */
  #point(): void {
    const { words } = this.#kernel;
    const at = this.table.at / WORD_BYTES;
    const capacity = this.#capacity;
    const places = this.#index.at;
    words[at + TEXT_TABLE.places] = places;
    // Twice the room for texts, so that a search always ends.
    words[at + TEXT_TABLE.mask] = 2 * capacity - 1;
    words[at + TEXT_TABLE.hashes] = places + 2 * capacity * WORD_BYTES;
    words[at + TEXT_TABLE.ends] = places + 3 * capacity * WORD_BYTES;
    words[at + TEXT_TABLE.blanks] = places + 4 * capacity * WORD_BYTES;
    words[at + TEXT_TABLE.bytes] = this.#bytes.at;
    words[at + TEXT_TABLE.longest] = Math.min(MAX_TEXT_BYTES, this.#room.bytes);
  }

  /** Gives a new text, and the bytes it is spelled with, a code, or `STRAY_TEXT` when there is no room for it. */
  learn(spelled: Uint8Array, text: string): number {
    const code = this.texts.length;
    if (
      code >= MAX_TEXTS ||
      spelled.length > MAX_TEXT_BYTES ||
      spelled.length > this.#room.bytes ||
      !this.#kernel.hasRoom(2 * (this.#bytes.bytes + this.#index.bytes))
    ) {
      const { words } = this.#kernel;
      const at = this.table.at / WORD_BYTES;
      if (code >= MAX_TEXTS || spelled.length <= this.#room.bytes) words[at + TEXT_TABLE.full] = 1;
      // Other columns have used the room up meanwhile.
      words[at + TEXT_TABLE.longest] = Math.min(MAX_TEXT_BYTES, this.#room.bytes);
      return STRAY_TEXT;
    }
    this.#room.bytes -= spelled.length;
    if (code === this.#capacity) this.#growIndex();
    const needed = this.#length + spelled.length + PADDING;
    if (needed > this.#bytes.bytes) this.#bytes = this.#moved(this.#bytes, needed, this.#length);
    const given = this.#kernel.take(spelled.length + PADDING);
    this.#kernel.bytes.set(spelled, given.at);
    this.#point();
    this.#kernel.addText(this.table, given.at, spelled.length, text === '');
    this.#kernel.give(given);
    this.#length += spelled.length;
    this.texts.push(text);
    return code;
  }

  #growIndex(): void {
    const before = this.#capacity;
    const old = this.#index;
    this.#capacity *= 2;
    this.#index = this.#kernel.take(indexBytes(this.#capacity));
    const { bytes } = this.#kernel;
    // Hashes, ends and blanks; codes are placed anew.
    for (const [from, to] of [
      [2, 2],
      [3, 3],
      [4, 4],
    ] as const) {
      const start = old.at + from * before * WORD_BYTES;
      bytes.copyWithin(this.#index.at + to * this.#capacity * WORD_BYTES, start, start + before * WORD_BYTES);
    }
    this.#point();
    this.#kernel.placeTexts(this.table);
    this.#kernel.give(old);
  }

  #moved(from: Piece, bytes: number, used: number): Piece {
    const piece = this.#kernel.take(Math.max(bytes, 2 * from.bytes));
    this.#kernel.bytes.copyWithin(piece.at, from.at, from.at + used);
    this.#kernel.give(from);
    return piece;
  }

  release(): void {
    for (const piece of [this.table, this.#index, this.#bytes]) this.#kernel.give(piece);
  }
}

/** Two words for places, one each for hashes, ends and blanks. */
function indexBytes(capacity: number): number {
  return 5 * capacity * WORD_BYTES + PADDING;
}
