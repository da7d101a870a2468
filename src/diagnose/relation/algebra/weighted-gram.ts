import { gramKernel } from './gram-kernel.ts';
import type { GramKernel } from './gram-kernel.ts';

/** Rows that are laid out at a time: as many as stay near the processor for 250 columns. */
const ROWS = 128;
/** Columns that are laid out together, row by row. */
const PANEL = 4;
const CELL_BYTES = 8;
const ROW_BYTES = PANEL * CELL_BYTES;
const PANEL_BYTES = ROWS * ROW_BYTES;
const PLACE_BYTES = 4;
const TILE = PANEL * PANEL;
const PAGE_BYTES = 65_536;

let kernel: GramKernel | null = null;

/** Where things are in the kernel's memory, which is as large as the largest matrix needed: 0.8 MB for 250 columns. */
interface Desk {
  readonly kernel: GramKernel;
  readonly panels: number;
  /** All of the memory, as numbers and as places of rows. */
  readonly cells: Float64Array;
  readonly places: Int32Array;
  /** Bytes before the columns times their weights, before the lists of rows, and before the sums. */
  readonly scaledAt: number;
  readonly listsAt: number;
  readonly tilesAt: number;
  /** Of each panel, rows in which any of its columns is not 0. */
  readonly listed: Int32Array;
}

/**
 * Σ w_i·x_i·x_iᵀ over the rows of a row-major n × size matrix, lower triangle only; without weights each is 1.
 * Each cell of the result is summed in the order of rows, four by four of them at once, which is how they stay in registers:
 * to the last bit what row after row would add up to. Rows in which either four are all 0 add nothing and are left out; of hinges and
 * levels most are. O(n·size²/2).
 * @example [...weightedGram(Float64Array.of(1, 2, 1, 3), 2, 2, null)] // [2, 0, 5, 13]
 */
export function weightedGram(
  x: Float64Array,
  n: number,
  size: number,
  weight: Float64Array | null,
): Float64Array {
  const desk = deskFor(Math.ceil(size / PANEL));
  for (let from = 0; from < n; from += ROWS) {
    const rows = Math.min(ROWS, n - from);
    const isFinite = layOut(desk, x, size, weight, from, rows);
    listRows(desk, rows, isFinite);
    addTiles(desk);
  }
  return lowerTriangle(desk, size);
}

function deskFor(panels: number): Desk {
  kernel ??= gramKernel();
  const scaledAt = panels * PANEL_BYTES;
  const listsAt = 2 * scaledAt;
  const tilesAt = listsAt + panels * ROWS * PLACE_BYTES;
  const bytes = tilesAt + ((panels * (panels + 1)) / 2) * TILE * CELL_BYTES;
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  const cells = new Float64Array(kernel.memory.buffer);
  cells.fill(0, 0, bytes / CELL_BYTES);
  const places = new Int32Array(kernel.memory.buffer);
  return { kernel, panels, cells, places, scaledAt, listsAt, tilesAt, listed: new Int32Array(panels) };
}

/** Lays rows out by panels, as they are and times their weights. Answers whether all of it is finite. */
function layOut(
  { cells, scaledAt }: Desk,
  x: Float64Array,
  size: number,
  weight: Float64Array | null,
  from: number,
  rows: number,
): boolean {
  const scaledFrom = scaledAt / CELL_BYTES;
  // 0 as long as nothing is infinite.
  let infinite = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[from + i]!;
    const at = (from + i) * size;
    for (let j = 0, first = i * PANEL; j < size; first += ROWS * PANEL) {
      const end = Math.min(size, j + PANEL);
      for (let to = first; j < end; j++, to++) {
        const cell = x[at + j]!;
        const scaled = w * cell;
        infinite += scaled - scaled;
        cells[to] = cell;
        cells[scaledFrom + to] = scaled;
      }
    }
  }
  return infinite === 0;
}

function listRows({ cells, places, listsAt, panels, listed }: Desk, rows: number, isFinite: boolean): void {
  for (let panel = 0; panel < panels; panel++) {
    const first = listsAt / PLACE_BYTES + panel * ROWS;
    let count = 0;
    for (let i = 0, at = panel * ROWS * PANEL; i < rows; i++, at += PANEL) {
      const isZero = cells[at] === 0 && cells[at + 1] === 0 && cells[at + 2] === 0 && cells[at + 3] === 0;
      // 0 times infinity is not nothing.
      if (isFinite && isZero) continue;
      places[first + count] = i * ROW_BYTES;
      count += 1;
    }
    listed[panel] = count;
  }
}

function addTiles({ kernel: { tile }, panels, listed, scaledAt, listsAt, tilesAt }: Desk): void {
  let out = tilesAt;
  for (let j = 0; j < panels; j++) {
    for (let k = 0; k <= j; k++, out += TILE * CELL_BYTES) {
      const fewer = listed[j]! < listed[k]! ? j : k;
      const from = listsAt + fewer * ROWS * PLACE_BYTES;
      tile(scaledAt + j * PANEL_BYTES, k * PANEL_BYTES, from, from + listed[fewer]! * PLACE_BYTES, out);
    }
  }
}

function lowerTriangle({ cells, tilesAt }: Desk, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const panel = Math.floor(j / PANEL);
    const row = tilesAt / CELL_BYTES + ((panel * (panel + 1)) / 2) * TILE + (j % PANEL) * PANEL;
    for (let k = 0; k <= j; k++)
      lower[j * size + k] = cells[row + Math.floor(k / PANEL) * TILE + (k % PANEL)]!;
  }
  return lower;
}
