import type { FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import {
  CELL_FALSE,
  CELL_NULL,
  CELL_NUMBER,
  CELL_TEXT,
  CELL_TRUE,
  STRAY_TEXT,
} from '../../core/events/flat-row.ts';
import { classLabel } from '../../core/columns/class-label.ts';
import type { DecodeLimits } from '../limits.ts';
import { storableUpTo } from '../text.ts';
import type { EpochUnit } from '../../core/events/log-mapping.ts';
import { epochUnit, isPlausibleTime, isRoundedOver, parseTimestamp } from '../timestamp.ts';
import { readNumber } from './read-number.ts';
import type { TimeReader } from './read-time.ts';
import { QUOTE, scannedText, StringScanner } from './scan-string.ts';
import type { MessageShape } from './shape.ts';
import { SLOT_CLASS, SLOT_RANGE } from './shape.ts';

const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const TRUE_TAIL = [0x72, 0x75, 0x65];
const FALSE_TAIL = [0x61, 0x6c, 0x73, 0x65];
const NULL_TAIL = [0x75, 0x6c, 0x6c];
const NO_BYTES = new Uint8Array();

/**
 * Reads messages of one shape into the same arrays, again and again. Whatever differs from the shape, or would be
 * refused, is answered with false and left to the ordinary decoder: this one never refuses anything itself.
 */
export class ShapeReader implements FlatRow {
  readonly shape: MessageShape;
  readonly layout: FlatLayout;
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly codes: Int32Array;
  readonly strays: (string | null)[];
  timestampMs = 0;
  epochUnit: EpochUnit | null = null;
  /** Where a text lies in the message, without its quotes. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  /** By slot: the text of a range is spelled with escapes. */
  private readonly escaped: Uint8Array;
  private message: Uint8Array = NO_BYTES;
  /** Over the whole buffer of the message read last: consecutive messages share one. */
  private view: DataView = new DataView(NO_BYTES.buffer);
  private readonly literalView: DataView;
  private readonly limits: DecodeLimits;
  private readonly time: TimeReader;
  private readonly instant = new Float64Array(1);
  private readonly scanner = new StringScanner();

  constructor(shape: MessageShape, limits: DecodeLimits, time: TimeReader) {
    this.shape = shape;
    this.layout = shape.layout;
    this.limits = limits;
    this.time = time;
    this.kinds = new Uint8Array(shape.slots);
    this.numbers = new Float64Array(shape.slots);
    this.codes = new Int32Array(shape.slots);
    this.strays = shape.uses.length === 0 ? [] : Array.from(shape.uses, () => null);
    this.from = new Int32Array(shape.slots);
    this.to = new Int32Array(shape.slots);
    this.escaped = new Uint8Array(shape.slots);
    this.literalView = new DataView(shape.literals.buffer);
  }

  /** Fills the row; false when the message is not of this shape. */
  read(bytes: Uint8Array, recordTimestampMs: number): boolean {
    if (bytes.length > this.limits.maxBytes) return false;
    const { literals, literalEnds, slots } = this.shape;
    const length = bytes.length;
    if (bytes.buffer !== this.view.buffer) this.view = new DataView(bytes.buffer);
    const { view, literalView } = this;
    const base = bytes.byteOffset;
    let at = 0;
    let literal = 0;
    for (let slot = 0; slot <= slots; slot++) {
      const literalEnd = literalEnds[slot] ?? 0;
      // Never past the message: there is a value or the end behind every literal.
      if (at + literalEnd - literal > length) return false;
      for (; literal + 4 <= literalEnd; literal += 4, at += 4) {
        if (view.getInt32(base + at, true) !== literalView.getInt32(literal, true)) return false;
      }
      for (; literal < literalEnd; literal++, at++) if (bytes[at] !== literals[literal]) return false;
      if (slot === slots) break;
      at = this.readValue(bytes, at, length, slot);
      if (at === -1) return false;
    }
    this.message = bytes;
    return at === length && this.readEnvelope(recordTimestampMs);
  }

  /** Where the value ends, or −1. Objects, arrays and bare NaN are not read here. */
  private readValue(bytes: Uint8Array, at: number, length: number, slot: number): number {
    if (at >= length) return -1;
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return this.readText(bytes, at + 1, length, slot);
    if (byte < LETTER_F) {
      this.kinds[slot] = CELL_NUMBER;
      return readNumber(bytes, at, this.numbers, slot);
    }
    if (byte === LETTER_N) {
      this.kinds[slot] = CELL_NULL;
      return pastWord(bytes, at + 1, length, NULL_TAIL);
    }
    if (byte === LETTER_T) {
      this.kinds[slot] = CELL_TRUE;
      return pastWord(bytes, at + 1, length, TRUE_TAIL);
    }
    this.kinds[slot] = CELL_FALSE;
    return byte === LETTER_F ? pastWord(bytes, at + 1, length, FALSE_TAIL) : -1;
  }

  private readText(bytes: Uint8Array, start: number, length: number, slot: number): number {
    const { scanner } = this;
    const end = scanner.end(bytes, start, length);
    if (end === -1) return -1;
    this.kinds[slot] = CELL_TEXT;
    const known = this.shape.texts[slot] ?? null;
    if (known === null) {
      if (scanner.beyondAscii && scannedText(bytes, start, end, scanner) === null) return -1;
      this.from[slot] = start;
      this.to[slot] = end;
      this.escaped[slot] = scanner.escaped || scanner.beyondAscii ? 1 : 0;
      return end + 1;
    }
    const code = known.find(bytes, start, end, scanner.hash);
    if (code >= 0) {
      this.codes[slot] = code;
      return end + 1;
    }
    const spelled = scannedText(bytes, start, end, scanner);
    if (spelled === null) return -1;
    const storable = storableUpTo(spelled, this.limits.maxTextLength);
    const text = this.shape.uses[slot] === SLOT_CLASS ? classLabel(storable) : storable;
    const learned = known.learn(bytes, start, end, scanner.hash, text);
    this.codes[slot] = learned;
    if (learned === STRAY_TEXT) this.strays[slot] = text;
    return end + 1;
  }

  /** The rules of the ordinary decoder for the fields beside features and tags, as far as it would accept them. */
  private readEnvelope(recordTimestampMs: number): boolean {
    const { envelope } = this.shape;
    return (
      this.readTime(envelope.timestamp, recordTimestampMs) &&
      this.isOneOf(envelope.score, CELL_NUMBER, CELL_NUMBER) &&
      this.isId(envelope.predictionId) &&
      this.readPrediction(envelope.prediction) &&
      this.isOneOf(envelope.holdout, CELL_TRUE, CELL_FALSE) &&
      this.isPlainError(envelope.error) &&
      this.areProbabilities()
    );
  }

  private readTime(slot: number, recordTimestampMs: number): boolean {
    const recordHasTime = isPlausibleTime(recordTimestampMs);
    this.epochUnit = null;
    if (slot < 0 || this.kinds[slot] === CELL_NULL) {
      this.timestampMs = recordTimestampMs;
      return recordHasTime;
    }
    const { time, instant } = this;
    const spelledAsUsual =
      this.kinds[slot] === CELL_TEXT &&
      this.escaped[slot] === 0 &&
      time.read(this.message, this.from[slot] ?? 0, this.to[slot] ?? 0, instant);
    if (!spelledAsUsual) {
      const given = this.scalar(slot);
      if (isRoundedOver(given)) return false;
      const parsed = parseTimestamp(given);
      if (!parsed.ok) return false;
      this.epochUnit = epochUnit(given);
      instant[0] = parsed.value;
    }
    const timestampMs = instant[0] ?? 0;
    this.timestampMs = timestampMs;
    return !(recordHasTime && timestampMs > recordTimestampMs + this.limits.maxFutureMs);
  }

  /** Ids that are spelled with escapes or beyond ASCII are rare: their length and form are checked elsewhere. */
  private isId(slot: number): boolean {
    if (slot < 0 || this.kinds[slot] === CELL_NULL) return true;
    if (this.kinds[slot] !== CELL_TEXT || this.escaped[slot] === 1) return false;
    return (this.to[slot] ?? 0) - (this.from[slot] ?? 0) <= this.limits.maxIdLength;
  }

  /** A blank class is none; a message without features needs one. */
  private readPrediction(slot: number): boolean {
    const column = this.layout.prediction;
    if (column !== null && this.kinds[slot] === CELL_TEXT) {
      const code = this.codes[slot] ?? STRAY_TEXT;
      const text = code === STRAY_TEXT ? this.strays[slot] : column.texts[code];
      if (text === '') this.kinds[slot] = CELL_NULL;
    }
    return this.shape.hasFeatures || (slot >= 0 && this.kinds[slot] !== CELL_NULL);
  }

  /** Numbers and true are errors too, quoted as text. */
  private isPlainError(slot: number): boolean {
    return this.isOneOf(slot, CELL_TEXT, CELL_FALSE);
  }

  private areProbabilities(): boolean {
    for (const { cell } of this.layout.probabilities) {
      if (this.kinds[cell] === CELL_NULL) continue;
      if (this.kinds[cell] !== CELL_NUMBER || !Number.isFinite(this.numbers[cell])) return false;
    }
    return true;
  }

  /** Absent, null, or one of two kinds. */
  private isOneOf(slot: number, kind: number, other: number): boolean {
    if (slot < 0) return true;
    const found = this.kinds[slot];
    return found === CELL_NULL || found === kind || found === other;
  }

  get predictionId(): Uint8Array | null {
    const slot = this.shape.envelope.predictionId;
    if (slot < 0 || this.kinds[slot] !== CELL_TEXT) return null;
    const from = this.from[slot] ?? 0;
    const to = this.to[slot] ?? 0;
    return from === to ? null : this.message.subarray(from, to);
  }

  /** A number or range as `JSON.parse` would give it. */
  private scalar(slot: number): string | number | boolean | null {
    switch (this.kinds[slot]) {
      case CELL_NUMBER:
        return this.numbers[slot] ?? 0;
      case CELL_TRUE:
        return true;
      case CELL_FALSE:
        return false;
      case CELL_TEXT:
        return this.shape.uses[slot] === SLOT_RANGE ? this.rangeText(slot) : null;
      default:
        return null;
    }
  }

  private rangeText(slot: number): string | null {
    const escaped = this.escaped[slot] === 1;
    return scannedText(this.message, this.from[slot] ?? 0, this.to[slot] ?? 0, {
      escaped,
      beyondAscii: escaped,
    });
  }
}

function pastWord(bytes: Uint8Array, at: number, length: number, tail: readonly number[]): number {
  if (at + tail.length > length) return -1;
  for (let i = 0; i < tail.length; i++) if (bytes[at + i] !== tail[i]) return -1;
  return at + tail.length;
}
