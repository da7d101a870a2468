import { STRAY_TEXT } from '../../core/events/flat-row.ts';

/** Different texts a column remembers: far above the levels a profile keeps, so that ids cannot fill the memory. */
export const MAX_TEXTS = 2048;
const MAX_TEXT_BYTES = 512;
const FIRST_TEXTS = 64;
/** All columns of a shape remember texts of so many bytes together. */
export const MAX_SHAPE_TEXT_BYTES: number = 4 * 1024 * 1024;

/** What the columns of one shape may still remember. */
export interface TextRoom {
  bytes: number;
}

/**
 * The texts one column has held, found by their bytes as they stand in the message, so that a known category costs no
 * string. Two spellings of one text (`é` and `é`) are two entries with equal texts. Entries are never removed: a
 * code means the same for ever. Full, it answers `STRAY_TEXT`.
 */
export class TextColumn {
  readonly texts: string[] = [];
  private readonly room: TextRoom;
  /** Codes by hash, −1 where there is none; twice the room for texts, so that a search always ends. */
  private slots = new Int32Array(2 * FIRST_TEXTS).fill(-1);
  private hashes = new Int32Array(FIRST_TEXTS);
  private ends = new Int32Array(FIRST_TEXTS);
  private bytes = new Uint8Array(FIRST_TEXTS * 8);

  constructor(room: TextRoom = { bytes: MAX_SHAPE_TEXT_BYTES }) {
    this.room = room;
  }

  /** The code of the text whose bytes are `message[from..to)`; −1 when it is not known. */
  find(message: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.slots[slot] ?? -1;
      if (code === -1) return -1;
      if (this.hashes[code] === hash && this.holds(code, message, from, to)) return code;
    }
  }

  private holds(code: number, message: Uint8Array, from: number, to: number): boolean {
    const start = code === 0 ? 0 : (this.ends[code - 1] ?? 0);
    if ((this.ends[code] ?? 0) - start !== to - from) return false;
    for (let i = from; i < to; i++) if (message[i] !== this.bytes[start + i - from]) return false;
    return true;
  }

  /** Gives a new text a code, or `STRAY_TEXT` when there is no room for it. */
  learn(message: Uint8Array, from: number, to: number, hash: number, text: string): number {
    const code = this.texts.length;
    if (code >= MAX_TEXTS || to - from > MAX_TEXT_BYTES || to - from > this.room.bytes) return STRAY_TEXT;
    this.room.bytes -= to - from;
    if (code >= this.hashes.length) this.grow();
    const start = code === 0 ? 0 : (this.ends[code - 1] ?? 0);
    const end = start + to - from;
    if (end > this.bytes.length) {
      const wider = new Uint8Array(Math.max(end, this.bytes.length * 2));
      wider.set(this.bytes);
      this.bytes = wider;
    }
    this.bytes.set(message.subarray(from, to), start);
    this.ends[code] = end;
    this.hashes[code] = hash;
    this.texts.push(text);
    this.place(code, hash);
    return code;
  }

  private place(code: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== -1) slot = (slot + 1) & mask;
    this.slots[slot] = code;
  }

  /** At most half of the slots are ever taken. */
  private grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    const ends = new Int32Array(hashes.length);
    hashes.set(this.hashes);
    ends.set(this.ends);
    this.slots = new Int32Array(hashes.length * 2).fill(-1);
    for (let code = 0; code < this.texts.length; code++) this.place(code, hashes[code] ?? 0);
    this.hashes = hashes;
    this.ends = ends;
  }
}
