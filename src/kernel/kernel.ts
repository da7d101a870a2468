/** The part of WebAssembly that is used here: the types of Node have none, those of browsers bring everything else. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const SMALLEST_PIECE = 64;
const PAGE_BYTES = 65_536;

/** A stretch of the kernel's memory. */
export interface Piece {
  readonly at: number;
  readonly bytes: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapStart(): number;
  readMessages(job: number): number;
  addText(table: number, from: number, length: number, blank: number): void;
  placeTexts(table: number): void;
}

/**
 * The counting kernel: `assembly/*.as`, compiled to WebAssembly, with its memory. Addresses are numbers of bytes. Memory
 * grows and never shrinks; pieces are powers of two and are used again. One thread has one kernel.
 */
export class CountingKernel {
  readonly #exports: Exports;
  /** Free pieces by their size. */
  readonly #free = new Map<number, number[]>();
  #top: number;
  #bytes = new Uint8Array();
  #words = new Int32Array();
  #doubles = new Float64Array();

  /** @throws where this is no module, or the machine has no SIMD */
  constructor(module: Uint8Array) {
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as Exports;
    this.#top = (this.#exports.heapStart() + 15) & ~15;
    this.#look();
  }

  #look(): void {
    const { buffer } = this.#exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** Views of all memory: to be asked for again after every `take`, which may make others of them. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get words(): Int32Array {
    return this.#words;
  }

  get doubles(): Float64Array {
    return this.#doubles;
  }

  /** At least so many bytes, at a multiple of 16; what is in them is what was. */
  take(bytes: number): Piece {
    let size = SMALLEST_PIECE;
    while (size < bytes) size *= 2;
    const free = this.#free.get(size)?.pop();
    if (free !== undefined) return { at: free, bytes: size };
    const at = this.#top;
    this.#top += size;
    const missing = this.#top - this.#bytes.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#look();
    }
    return { at, bytes: size };
  }

  give({ at, bytes }: Piece): void {
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [at]);
    else free.push(at);
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
