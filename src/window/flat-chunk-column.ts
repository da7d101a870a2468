import {
  CELL_ABSENT,
  CELL_NULL,
  CELL_NUMBER,
  CELL_TEXT,
  cellCode,
  cellKind,
  cellNumber,
  cellText,
  cellValue,
  type FlatColumn,
  type FlatRow,
  STRAY_TEXT,
} from '../core/events/flat-row.ts';
import type { ChunkColumn } from './chunk-column.ts';

const FIRST_CODES = 16;
const UNKNOWN = -1;

/** Takes one column of flat rows into a column of a chunk: numbers many at once, texts by their codes. */
export class FlatChunkColumn {
  readonly #from: FlatColumn;
  readonly #to: ChunkColumn;
  /** The chunk's code of a text, by the layout's. */
  #codes = new Int32Array(FIRST_CODES).fill(UNKNOWN);

  constructor(from: FlatColumn, to: ChunkColumn) {
    this.#from = from;
    this.#to = to;
  }

  /** Rows of a block, as rows of the chunk from `first` on. */
  take(block: FlatRow, rows: Uint16Array, first: number): void {
    const { cell } = this.#from;
    if (cell >= 0 && block.odd[cell] !== 1) {
      this.#to.setNumbers(first, block.numbers, cell * block.stride, rows);
      return;
    }
    const { at } = block;
    for (let i = 0; i < rows.length; i++) {
      block.moveTo(rows[i] ?? 0);
      this.#takeCell(block, first + i);
    }
    block.moveTo(at);
  }

  #takeCell(row: FlatRow, to: number): void {
    const kind = cellKind(row, this.#from);
    if (kind === CELL_TEXT) this.#takeText(row, to);
    else if (kind === CELL_NUMBER) this.#to.setNumber(to, cellNumber(row, this.#from));
    else if (kind !== CELL_NULL && kind !== CELL_ABSENT) this.#to.set(to, cellValue(row, this.#from, kind));
  }

  #takeText(row: FlatRow, to: number): void {
    const code = cellCode(row, this.#from);
    const known = code === STRAY_TEXT ? UNKNOWN : (this.#codes[code] ?? UNKNOWN);
    if (known !== UNKNOWN && this.#to.setCode(to, known)) return;
    const given = this.#to.set(to, cellText(row, this.#from));
    if (code === STRAY_TEXT || given === null) return;
    if (code >= this.#codes.length) {
      const wider = new Int32Array(2 * code).fill(UNKNOWN);
      wider.set(this.#codes);
      this.#codes = wider;
    }
    this.#codes[code] = given;
  }
}
