/** Rows whose cells are laid out by column at a time: as many as stay near the processor for 250 columns. */
const ROWS = 64;

/** The columns of some rows, one after the other, as they are and times the row's weight. */
interface Laid {
  readonly cells: Float64Array;
  readonly scaled: Float64Array;
  readonly rows: number;
}

/**
 * Σ w_i·x_i·x_iᵀ over the rows of a row-major n × size matrix, lower triangle only; without weights each is 1.
 * Each cell of the result is summed in the order of rows, two by four of them at once, which is how they stay in registers:
 * to the last bit what row after row would add up to. O(n·size²/2).
 * @example [...weightedGram(Float64Array.of(1, 2, 1, 3), 2, 2, null)] // [2, 0, 5, 13]
 */
export function weightedGram(
  x: Float64Array,
  n: number,
  size: number,
  weight: Float64Array | null,
): Float64Array {
  const wide = 4 * Math.ceil(size / 4);
  const gram = new Float64Array(wide * wide);
  const cells = new Float64Array(wide * ROWS);
  const scaled = new Float64Array(wide * ROWS);
  for (let from = 0; from < n; from += ROWS) {
    const rows = Math.min(ROWS, n - from);
    for (let i = 0; i < rows; i++) {
      const w = weight === null ? 1 : weight[from + i]!;
      const at = (from + i) * size;
      for (let j = 0; j < size; j++) {
        const cell = x[at + j]!;
        cells[j * ROWS + i] = cell;
        scaled[j * ROWS + i] = w * cell;
      }
    }
    const laid: Laid = { cells, scaled, rows };
    for (let j = 0; j < size; j += 2) for (let k = 0; k <= j; k += 4) addTile(gram, wide, laid, j, k);
  }
  return lowerTriangle(gram, wide, size);
}

/** Adds what some rows give to the cells (j … j + 1, k … k + 3). Plain variables: destructuring here costs ten times as much. */
function addTile(
  gram: Float64Array,
  wide: number,
  { cells, scaled, rows }: Laid,
  j: number,
  k: number,
): void {
  const top = j * wide + k;
  const low = top + wide;
  let a = gram[top]!;
  let b = gram[top + 1]!;
  let c = gram[top + 2]!;
  let d = gram[top + 3]!;
  let e = gram[low]!;
  let f = gram[low + 1]!;
  let g = gram[low + 2]!;
  let h = gram[low + 3]!;
  const end = j * ROWS + rows;
  for (let p = j * ROWS, q = k * ROWS; p < end; p++, q++) {
    const upper = scaled[p]!;
    const lower = scaled[p + ROWS]!;
    const first = cells[q]!;
    const second = cells[q + ROWS]!;
    const third = cells[q + 2 * ROWS]!;
    const fourth = cells[q + 3 * ROWS]!;
    a += upper * first;
    b += upper * second;
    c += upper * third;
    d += upper * fourth;
    e += lower * first;
    f += lower * second;
    g += lower * third;
    h += lower * fourth;
  }
  gram[top] = a;
  gram[top + 1] = b;
  gram[top + 2] = c;
  gram[top + 3] = d;
  gram[low] = e;
  gram[low + 1] = f;
  gram[low + 2] = g;
  gram[low + 3] = h;
}

function lowerTriangle(gram: Float64Array, wide: number, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let j = 0; j < size; j++) lower.set(gram.subarray(j * wide, j * wide + j + 1), j * size);
  return lower;
}
