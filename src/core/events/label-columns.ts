import { hashId, toBigint } from '../ids/id-hash.ts';
import { type LabelRank, labelPositionKey, labelSourceRank } from './effective-label.ts';
import type { LabelEvent } from './events.ts';

const FIRST_ROWS = 256;
/** `labelPositionKey` ends in so many digits of the offset. */
export const OFFSET_DIGITS = 20;
const POSITION = /^(.*\/)(\d{20})$/su;
/** Of a position that ends in no offset. */
const NO_OFFSET = -1n;

/** The halves of an id's hash. */
export interface HashedId {
  readonly idHigh: number;
  readonly idLow: number;
}

/** A label of which the event is gone: it waited in the database. */
export interface KeptLabel extends LabelRank {
  readonly modelId: number;
  readonly idHash: bigint;
  readonly label: string | number;
}

/**
 * Labels in the order they came, as columns: a checkpoint holds them by the ten thousand, and an object each, which lives
 * until it is stored, cost more than all that is done with it. 60 bytes a label and the text of its id; label texts and
 * names of logs once each.
 */
export class LabelColumns {
  length = 0;
  modelIds = new Int32Array(FIRST_ROWS);
  /** Halves of the id's hash. */
  highs = new Int32Array(FIRST_ROWS);
  lows = new Int32Array(FIRST_ROWS);
  atMs = new Float64Array(FIRST_ROWS);
  /** Twice the rank of the source, and 1 where it is final: greater wins. */
  ranks = new Int32Array(FIRST_ROWS);
  /** NaN where the label is a text. */
  numbers = new Float64Array(FIRST_ROWS);
  /** Of a text, in `texts`; −1: the label is a number. */
  codes = new Int32Array(FIRST_ROWS);
  /** In `logs`. */
  #logOf = new Int32Array(FIRST_ROWS);
  #offsets = new BigInt64Array(FIRST_ROWS);
  readonly texts: string[] = [];
  readonly #codeOf = new Map<string, number>();
  /** Positions up to the offset. */
  readonly logs: string[] = [];
  readonly #logCodeOf = new Map<string, number>();
  /** Where the last label came from: nearly always where the next does. */
  #lately = { source: '', partition: -1, code: -1 };
  readonly #ids: string[] = [];
  readonly #halves = new Int32Array(2);

  add(modelId: number, event: LabelEvent, hashed?: HashedId): void {
    const { position, predictionId, labelSource, final, timestampMs, label } = event;
    if (hashed === undefined) hashId(predictionId, this.#halves);
    const at = this.#grow();
    this.modelIds[at] = modelId;
    this.lows[at] = hashed?.idLow ?? this.#halves[0] ?? 0;
    this.highs[at] = hashed?.idHigh ?? this.#halves[1] ?? 0;
    this.atMs[at] = timestampMs;
    this.ranks[at] = rankOf(labelSourceRank(labelSource), final);
    this.#setLabel(at, label);
    this.#logOf[at] = this.#logCode(position.source, position.partition);
    this.#offsets[at] = position.offset;
    this.#ids.push(predictionId);
  }

  addKept({ modelId, idHash, label, sourceRank, final, atMs, position }: KeptLabel): void {
    const at = this.#grow();
    this.modelIds[at] = modelId;
    this.lows[at] = Number(BigInt.asIntN(32, idHash));
    this.highs[at] = Number(BigInt.asIntN(32, idHash >> 32n));
    this.atMs[at] = atMs;
    this.ranks[at] = rankOf(sourceRank, final);
    this.#setLabel(at, label);
    const [, log = position, digits] = POSITION.exec(position) ?? [];
    this.#logOf[at] = codeOf(log, this.logs, this.#logCodeOf);
    this.#offsets[at] = digits === undefined ? NO_OFFSET : BigInt(digits);
  }

  label(index: number): string | number {
    const code = this.codes[index] ?? -1;
    return code < 0 ? (this.numbers[index] ?? Number.NaN) : (this.texts[code] ?? '');
  }

  /** Null: the label is a number. */
  text(index: number): string | null {
    const code = this.codes[index] ?? -1;
    return code < 0 ? null : (this.texts[code] ?? '');
  }

  idHash(index: number): bigint {
    return toBigint(this.highs[index] ?? 0, this.lows[index] ?? 0);
  }

  /** Of a label that came as an event. */
  predictionId(index: number): string {
    return this.#ids[index] ?? '';
  }

  position(index: number): string {
    const log = this.logs[this.#logOf[index] ?? 0] ?? '';
    const offset = this.#offsets[index] ?? NO_OFFSET;
    return offset === NO_OFFSET ? log : log + offset.toString().padStart(OFFSET_DIGITS, '0');
  }

  /** Of its log, in `logs`. */
  logCode(index: number): number {
    return this.#logOf[index] ?? -1;
  }

  /** Negative: its position ends in none. */
  offset(index: number): bigint {
    return this.#offsets[index] ?? NO_OFFSET;
  }

  sourceRank(index: number): number {
    return (this.ranks[index] ?? 0) >> 1;
  }

  isFinal(index: number): boolean {
    return ((this.ranks[index] ?? 0) & 1) === 1;
  }

  /** What decides against labels that are stored. */
  candidate(index: number): LabelRank & { readonly label: string | number } {
    return {
      label: this.label(index),
      sourceRank: this.sourceRank(index),
      final: this.isFinal(index),
      atMs: this.atMs[index] ?? 0,
      position: this.position(index),
    };
  }

  /** `outranks` of two of these labels. */
  outranks(a: number, b: number): boolean {
    const byRank = (this.ranks[a] ?? 0) - (this.ranks[b] ?? 0);
    if (byRank !== 0) return byRank > 0;
    const byTime = (this.atMs[a] ?? 0) - (this.atMs[b] ?? 0);
    if (byTime !== 0) return byTime > 0;
    return this.position(a) > this.position(b);
  }

  map<T>(what: (label: { readonly modelId: number; readonly idHash: bigint }, index: number) => T): T[] {
    return Array.from({ length: this.length }, (_, index) =>
      what({ modelId: this.modelIds[index] ?? 0, idHash: this.idHash(index) }, index),
    );
  }

  #setLabel(at: number, label: string | number): void {
    const isText = typeof label === 'string';
    this.numbers[at] = isText ? Number.NaN : label;
    this.codes[at] = isText ? codeOf(label, this.texts, this.#codeOf) : -1;
  }

  #logCode(source: string, partition: number): number {
    const lately = this.#lately;
    if (lately.source === source && lately.partition === partition) return lately.code;
    const key = labelPositionKey(source, partition, 0n).slice(0, -OFFSET_DIGITS);
    const code = codeOf(key, this.logs, this.#logCodeOf);
    this.#lately = { source, partition, code };
    return code;
  }

  /** The place of one more. */
  #grow(): number {
    const at = this.length;
    if (at === this.modelIds.length) {
      const rows = 2 * at;
      this.modelIds = wider(this.modelIds, new Int32Array(rows));
      this.highs = wider(this.highs, new Int32Array(rows));
      this.lows = wider(this.lows, new Int32Array(rows));
      this.atMs = wider(this.atMs, new Float64Array(rows));
      this.ranks = wider(this.ranks, new Int32Array(rows));
      this.numbers = wider(this.numbers, new Float64Array(rows));
      this.codes = wider(this.codes, new Int32Array(rows));
      this.#logOf = wider(this.#logOf, new Int32Array(rows));
      const offsets = new BigInt64Array(rows);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
    }
    this.length = at + 1;
    return at;
  }
}

const rankOf = (sourceRank: number, final: boolean): number => 2 * sourceRank + (final ? 1 : 0);

function codeOf(text: string, texts: string[], codes: Map<string, number>): number {
  let code = codes.get(text);
  if (code === undefined) {
    code = texts.push(text) - 1;
    codes.set(text, code);
  }
  return code;
}

function wider<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
