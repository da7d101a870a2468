import { type FeatureValue, INVALID_VALUE } from '../core/events/events.ts';
import { spareArrays } from '../stats/profile/spare-arrays.ts';

/** How the bytes of a column are to be read. */
export interface EncodedColumn {
  /**
   * `scaled`: 32-bit integers, to be divided by 10^`digits`. `double`: 64-bit floats. `text`: 16-bit numbers of `texts`.
   * `mixed`: JSON.
   */
  readonly kind: 'scaled' | 'double' | 'text' | 'mixed';
  readonly digits?: number;
  readonly texts?: readonly string[];
  readonly data: Uint8Array;
}

/** JSON cannot hold these, and a feature may. Arrays are no feature values, so they cannot be mistaken. */
type Cell = string | number | boolean | null | ['NaN' | 'Infinity' | '-Infinity' | 'invalid'];

/** A column has room for so many rows from the first on. */
export const FIRST_ROWS = 64;
const MAX_TEXTS = 0xfffe;
const NO_TEXT = 0xffff;
/** Decimals of up to so many digits behind the point are stored as integers. */
const MAX_DIGITS = 6;
/** Marks an absent number in `scaled`; no scaled value is as small. */
const ABSENT = -(2 ** 31);

/** A text costs more than its letters: an object, and an entry of a table. */
const TEXT_ENTRY = 64;

/** How long all texts are that some columns hold together. */
export interface HeldTexts {
  length: number;
}

/**
 * The values of one feature, row by row; rows never set are absent. Numbers and texts take no object each; a column that
 * holds both, or booleans, or numbers that are none, is kept as it is.
 */
export class ChunkColumn {
  readonly #held: HeldTexts;
  /** NaN is absent: a NaN that was logged makes the column mixed. */
  #numbers: Float64Array | null = null;
  #codes: Uint16Array | null = null;
  readonly #texts = new Map<string, number>();
  #cells: (Cell | undefined)[] | null = null;

  constructor(held: HeldTexts = { length: 0 }) {
    this.#held = held;
  }

  setNumber(row: number, value: number): void {
    // Zero for finite numbers only.
    if (this.#cells !== null || this.#codes !== null || value - value !== 0) {
      this.set(row, value);
      return;
    }
    let numbers = this.#numbers ?? spareArrays.take(FIRST_ROWS, Number.NaN);
    if (row >= numbers.length) numbers = withRoom(numbers, row);
    // −0 is 0, as in JSON.
    numbers[row] = value === 0 ? 0 : value;
    this.#numbers = numbers;
  }

  /** Finite numbers of rows from `row` on: those of `values` from `from` on that are picked; NaN is none. */
  setNumbers(row: number, values: Float64Array, from: number, picked: Uint16Array): void {
    const last = row + picked.length - 1;
    if (this.#numbers === null || last >= this.#numbers.length) {
      // What has no number yet may turn out to hold texts.
      const some = picked.findIndex((at) => !Number.isNaN(values[from + at]));
      if (some === -1) return;
      this.setNumber(row + some, values[from + (picked[some] ?? 0)] ?? 0);
      if (this.#numbers !== null) this.#numbers = withRoom(this.#numbers, last);
    }
    const numbers = this.#numbers;
    for (let i = 0; i < picked.length; i++) {
      const value = values[from + (picked[i] ?? 0)] ?? 0;
      // Adding 0 makes 0 of −0, as in JSON.
      if (numbers !== null) numbers[row + i] = value + 0;
      else if (value === value) this.set(row + i, value);
    }
  }

  /** The code a text has got, if it has. */
  set(row: number, value: FeatureValue): number | null {
    if (value === null) return null;
    if (this.#cells === null) {
      if (typeof value === 'number' && this.#codes === null && Number.isFinite(value)) {
        this.setNumber(row, value);
        return null;
      }
      if (typeof value === 'string' && this.#numbers === null) {
        const code = this.#codeOf(value);
        if (code !== null && this.#putCode(row, code)) return code;
      }
    }
    const cells = this.#cells ?? this.#toCells();
    if (typeof value === 'string') this.#held.length += value.length;
    cells[row] = toCell(value);
    this.#cells = cells;
    return null;
  }

  /** A text that `set` has given this code. False: the column is no longer one of texts. */
  setCode(row: number, code: number): boolean {
    return this.#cells === null && this.#numbers === null && this.#putCode(row, code);
  }

  /** Null: there are more texts than there are numbers for them. */
  #codeOf(text: string): number | null {
    let code = this.#texts.get(text);
    if (code === undefined) {
      if (this.#texts.size >= MAX_TEXTS) return null;
      code = this.#texts.size;
      this.#texts.set(text, code);
      this.#held.length += text.length + TEXT_ENTRY;
    }
    return code;
  }

  #putCode(row: number, code: number): boolean {
    let codes = this.#codes ?? new Uint16Array(FIRST_ROWS).fill(NO_TEXT);
    if (row >= codes.length) codes = widened(codes, row);
    codes[row] = code;
    this.#codes = codes;
    return true;
  }

  #toCells(): (Cell | undefined)[] {
    const cells: (Cell | undefined)[] = [];
    this.#numbers?.forEach((value, row) => {
      if (!Number.isNaN(value)) cells[row] = value;
    });
    if (this.#codes !== null) {
      const texts = [...this.#texts.keys()];
      this.#codes.forEach((code, row) => {
        if (code !== NO_TEXT) cells[row] = texts[code] ?? null;
      });
    }
    this.#numbers = null;
    this.#codes = null;
    return cells;
  }

  encode(rows: number): EncodedColumn {
    if (this.#cells !== null) {
      // Holes become null in JSON, which is what an absent feature is.
      const all = Array.from({ length: rows }, (_, row) => this.#cells?.[row] ?? null);
      return { kind: 'mixed', data: Buffer.from(JSON.stringify(all)) };
    }
    if (this.#codes !== null) {
      const codes = new Uint16Array(rows).fill(NO_TEXT);
      codes.set(this.#codes.subarray(0, rows));
      return { kind: 'text', texts: [...this.#texts.keys()], data: new Uint8Array(codes.buffer) };
    }
    const numbers = this.#numbers?.subarray(0, rows) ?? new Float64Array(0);
    return scaled(numbers, rows) ?? { kind: 'double', data: bytesOf(numbers, rows) };
  }

  /** It is not used any more: the next chunk's columns need as much room. */
  letGo(): void {
    if (this.#numbers !== null) spareArrays.give(this.#numbers);
    this.#numbers = null;
  }
}

/** Numbers with room for one more row than `last`. */
function withRoom(numbers: Float64Array, last: number): Float64Array {
  if (last < numbers.length) return numbers;
  // Of few lengths, so that one chunk's columns are the next one's.
  let rows = numbers.length;
  while (rows <= last) rows *= 2;
  const wider = spareArrays.take(rows, Number.NaN);
  wider.set(numbers);
  spareArrays.give(numbers);
  return wider;
}

function widened(codes: Uint16Array, last: number): Uint16Array {
  const wider = new Uint16Array(Math.max(last + 1, 2 * codes.length)).fill(NO_TEXT);
  wider.set(codes);
  return wider;
}

function bytesOf(numbers: Float64Array, rows: number): Uint8Array {
  const all = new Float64Array(rows).fill(Number.NaN, numbers.length);
  all.set(numbers);
  return new Uint8Array(all.buffer);
}

/** Where numbers are tried as integers; reused, because most are tried with several numbers of digits. */
let tried = new Int32Array(0);

/** The numbers as integers, where all are decimals short enough that dividing gives back every bit of them. */
function scaled(numbers: Float64Array, rows: number): EncodedColumn | null {
  if (tried.length < rows) tried = new Int32Array(rows);
  for (let digits = 0, power = 1; digits <= MAX_DIGITS; digits++, power *= 10) {
    if (!isScaledBy(power, numbers, tried)) continue;
    const integers = tried.slice(0, rows).fill(ABSENT, numbers.length);
    return { kind: 'scaled', digits, data: new Uint8Array(integers.buffer) };
  }
  return null;
}

function isScaledBy(power: number, numbers: Float64Array, integers: Int32Array): boolean {
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row] ?? Number.NaN;
    if (Number.isNaN(value)) {
      integers[row] = ABSENT;
      continue;
    }
    const integer = Math.round(value * power);
    if (!(Math.abs(integer) < 2 ** 31) || integer / power !== value) return false;
    integers[row] = integer;
  }
  return true;
}

/** The value of a row; undefined where it is absent. */
export type ValueAt = (row: number) => FeatureValue | undefined;

/** Reads values where they lie: no more memory than the column's bytes, whatever number of rows is asked for. */
export function openColumn({ kind, digits = 0, texts = [], data }: EncodedColumn): ValueAt {
  if (kind === 'mixed') {
    const cells = JSON.parse(Buffer.from(data).toString('utf8')) as (Cell | null)[];
    return (row) => {
      const cell = cells[row] ?? null;
      return cell === null ? undefined : fromCell(cell);
    };
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (kind === 'text') return (row) => texts[view.getUint16(2 * row, true)];
  if (kind === 'scaled') {
    const power = 10 ** digits;
    return (row) => {
      const integer = view.getInt32(4 * row, true);
      return integer === ABSENT ? undefined : integer / power;
    };
  }
  return (row) => {
    const value = view.getFloat64(8 * row, true);
    return Number.isNaN(value) ? undefined : value;
  };
}

function toCell(value: FeatureValue): Cell {
  if (value === INVALID_VALUE) return ['invalid'];
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return ['NaN'];
  return value > 0 ? ['Infinity'] : ['-Infinity'];
}

function fromCell(cell: NonNullable<Cell>): FeatureValue {
  if (!Array.isArray(cell)) return cell;
  switch (cell[0]) {
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return Number.POSITIVE_INFINITY;
    case '-Infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return INVALID_VALUE;
  }
}
