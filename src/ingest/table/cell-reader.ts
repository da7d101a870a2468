/** From vectors of the database to typed arrays: where a million cells are read, one by one and yet quickly. */
import type { DuckDBVector } from '@duckdb/node-api';
import type { CellSql } from './cell-sql.ts';
import { isValid, rawDoubles, rawTexts } from './raw-vector.ts';

/** Called for each cell that is there and cannot be read, with its place. */
export type OnInvalid = (row: number) => void;

export interface CellReader<A extends Float64Array | Int32Array> {
  /** Writes `rows` cells of a vector into `target` from `offset` on. */
  read(vector: DuckDBVector, rows: number, target: A, offset: number, onInvalid: OnInvalid): void;
}

export function numberReader(cell: CellSql): CellReader<Float64Array> {
  return {
    read(vector, rows, target, offset, onInvalid) {
      const raw = rawDoubles(vector);
      if (raw?.valid === null) {
        target.set(rows === raw.values.length ? raw.values : raw.values.subarray(0, rows), offset);
        return;
      }
      for (let row = 0; row < rows; row += 1) {
        const value = raw === null ? vector.getItem(row) : isValid(raw.valid, row) ? raw.values[row]! : null;
        if (value === null && !cell.nullIsMissing) onInvalid(offset + row);
        target[offset + row] = typeof value === 'number' ? value : Number.NaN;
      }
    },
  };
}

/** Levels by the order in which their texts are met; the empty text is none. */
export class LevelCodes {
  private readonly ofRaw = new Map<string, number>();
  private readonly ofLevel = new Map<string, number>();

  private readonly level: (raw: string) => string;

  /** @param level the one spelling of a level: several texts may be one */
  constructor(level: (raw: string) => string) {
    this.level = level;
  }

  of(raw: unknown): number {
    if (typeof raw !== 'string' || raw === '') return -1;
    let code = this.ofRaw.get(raw);
    if (code === undefined) {
      const text = this.level(raw);
      code = this.ofLevel.get(text) ?? this.ofLevel.size;
      this.ofLevel.set(text, code);
      this.ofRaw.set(raw, code);
    }
    return code;
  }

  levels(): string[] {
    return [...this.ofLevel.keys()];
  }
}

export interface LevelReader extends CellReader<Int32Array> {
  /** In the order in which they were met; codes are places in it. */
  levels(): string[];
}

/** Texts of up to twelve bytes are recognised by their bytes, without making a string of each. */
const SLOT_BITS = 12;
const SLOTS = 1 << SLOT_BITS;
const LONGEST_INLINE = 12;

export function levelReader(cell: CellSql, level: (raw: string) => string): LevelReader {
  const codes = new LevelCodes(level);
  const seen = new Uint32Array(4 * SLOTS);
  const codeInSlot = new Int32Array(SLOTS);
  const shortCode = (vector: DuckDBVector, words: Uint32Array, row: number): number => {
    const a = words[4 * row]!;
    const b = words[4 * row + 1]!;
    const c = words[4 * row + 2]!;
    const d = words[4 * row + 3]!;
    if (a === 0) return -1;
    if (a > LONGEST_INLINE) return codes.of(vector.getItem(row));
    const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ d, 0xc2b2ae35);
    // The upper bits: the last letter of a text moves no others, and of levels often nothing else differs.
    const slot = mixed >>> (32 - SLOT_BITS);
    const at = 4 * slot;
    if (seen[at] === a && seen[at + 1] === b && seen[at + 2] === c && seen[at + 3] === d)
      return codeInSlot[slot]!;
    const code = codes.of(vector.getItem(row));
    seen[at] = a;
    seen[at + 1] = b;
    seen[at + 2] = c;
    seen[at + 3] = d;
    codeInSlot[slot] = code;
    return code;
  };
  return {
    read(vector, rows, target, offset, onInvalid) {
      const raw = rawTexts(vector);
      for (let row = 0; row < rows; row += 1) {
        if (raw !== null && isValid(raw.valid, row)) {
          target[offset + row] = shortCode(vector, raw.words, row);
          continue;
        }
        const text = raw === null ? vector.getItem(row) : null;
        if (text === null && !cell.nullIsMissing) onInvalid(offset + row);
        target[offset + row] = codes.of(text);
      }
    },
    levels: () => codes.levels(),
  };
}
