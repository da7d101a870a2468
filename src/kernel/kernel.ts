/** The part of WebAssembly that is used here: the types of Node have none, those of browsers bring everything else. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const SMALLEST_PIECE = 64;
/** Pieces come in eight sizes from one power of two to the next. */
const SIZES_A_DOUBLING = 8;
/** Kept for the blocks of messages that are read. */
const READING_BYTES = 80 * 2 ** 20;

/** A stretch of the kernel's memory. */
export interface Piece {
  readonly at: number;
  readonly bytes: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  heapStart(): number;
  readMessages(job: number): number;
  addText(table: number, from: number, length: number, blank: number): void;
  placeTexts(table: number): void;
  locate(grid: number, points: number, values: number, places: number, count: number): void;
  countNumbers: CountNumbers;
  countColumn: CountColumn;
  /** Where it ends. */
  encodeNumbers(counts: number, points: number, grid: number, into: number): number;
  askFilter: AskFilter;
}

/** All but the last are addresses, lengths and numbers as `assembly/counts.as` has them. */
type CountNumbers = (
  values: number,
  places: number,
  rows: number,
  count: number,
  grid: number,
  points: number,
  mean: number,
  counts: number,
  sign: number,
) => void;

/** Answers how many targets are left. */
type CountColumn = (
  targets: number,
  used: number,
  column: number,
  values: number,
  places: number,
  grid: number,
  points: number,
  mean: number,
  sign: number,
  left: number,
) => number;

/** Addresses and numbers as `assembly/id-filter.as` has them; answers how many it found. */
type AskFilter = (
  filter: number,
  blocks: number,
  highs: number,
  firsts: number,
  lasts: number,
  count: number,
  found: number,
) => number;

/**
 * The counting kernel: `assembly/*.as`, compiled to WebAssembly, with its memory. Addresses are numbers of bytes. The
 * memory is of one size, of which the machine gives what has been used; pieces are used again. One thread has one kernel.
 */
export class CountingKernel {
  readonly #exports: Exports;
  /** Free pieces by their size. */
  readonly #free = new Map<number, number[]>();
  /** Pieces and arrays that nobody holds any more. */
  readonly #forgotten = new FinalizationRegistry<Piece>(({ at, bytes }) => this.#free.get(bytes)?.push(at));
  #top: number;

  /** @throws where this is no module, or the machine has no SIMD */
  constructor(module: Uint8Array) {
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as Exports;
    this.#top = (this.#exports.heapStart() + 15) & ~15;
    const { buffer } = this.#exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.countNumbers = this.#exports.countNumbers;
    this.countColumn = this.#exports.countColumn;
    this.encodeNumbers = this.#exports.encodeNumbers;
    this.locate = this.#exports.locate;
    this.askFilter = this.#exports.askFilter;
  }

  readonly countNumbers: CountNumbers;
  readonly countColumn: CountColumn;
  readonly encodeNumbers: Exports['encodeNumbers'];
  readonly locate: Exports['locate'];
  readonly askFilter: AskFilter;

  /** Views of all memory. The address of what a view of it shows is its `byteOffset`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;

  /**
   * At least so many bytes, at a multiple of 16; what is in them is what was.
   * @throws when there are none left: what may take much asks `hasRoom` first
   */
  take(bytes: number): Piece {
    const piece = this.#find(bytes);
    this.#forgotten.register(piece, { ...piece }, piece);
    return piece;
  }

  #find(wanted: number): Piece {
    const bytes = pieceOf(wanted);
    let free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, (free = []));
    const at = free.pop() ?? this.#top;
    if (at === this.#top) {
      if (at + bytes > this.bytes.length) throw new RangeError('the memory of the counting kernel is full');
      this.#top += bytes;
    }
    return { at, bytes };
  }

  /** Whether so many bytes can be had, and what reading needs is left then. */
  hasRoom(bytes: number): boolean {
    const size = pieceOf(bytes);
    return (this.#free.get(size)?.length ?? 0) > 0 || this.#top + size + READING_BYTES <= this.bytes.length;
  }

  /** What was taken is given back by this, or when nobody holds it any more. */
  give(piece: Piece): void {
    this.#forgotten.unregister(piece);
    this.#free.get(piece.bytes)?.push(piece.at);
  }

  /** An array in the kernel's memory, of zeros. Given back by `giveArray`, or when nobody holds it any more. */
  float64(length: number): Float64Array {
    return this.#noted(new Float64Array(this.bytes.buffer, this.#find(length * 8).at, length));
  }

  uint16(length: number): Uint16Array {
    return this.#noted(new Uint16Array(this.bytes.buffer, this.#find(length * 2).at, length));
  }

  int32(length: number): Int32Array {
    return this.#noted(new Int32Array(this.bytes.buffer, this.#find(length * 4).at, length));
  }

  #noted<T extends Float64Array | Uint16Array | Int32Array>(array: T): T {
    this.#forgotten.register(array, { at: array.byteOffset, bytes: pieceOf(array.byteLength) }, array);
    array.fill(0);
    return array;
  }

  giveArray(array: Float64Array): void {
    this.#forgotten.unregister(array);
    this.#free.get(pieceOf(array.byteLength))?.push(array.byteOffset);
  }

  /** 0: the job is done. 1: it asks for a text. */
  readMessages(job: Piece): number {
    return this.#exports.readMessages(job.at);
  }

  addText(table: Piece, from: number, length: number, isBlank: boolean): void {
    this.#exports.addText(table.at, from, length, isBlank ? 1 : 0);
  }

  placeTexts(table: Piece): void {
    this.#exports.placeTexts(table.at);
  }
}

function pieceOf(bytes: number): number {
  if (bytes <= SMALLEST_PIECE) return SMALLEST_PIECE;
  const step = Math.max(16, 2 ** Math.floor(Math.log2(bytes)) / SIZES_A_DOUBLING);
  return Math.ceil(bytes / step) * step;
}
