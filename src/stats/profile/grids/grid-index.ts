/** Entries a grid point: with two, most searches end after one or two steps. */
const ENTRIES_PER_POINT = 2;
const FEWEST_POINTS = 8;
/** The ends of a grid may lie far out; the table covers what is between these shares of its points. */
const CORE_FROM = 0.02;

/**
 * Finds a value's place on a grid in a few steps instead of log2(points): a table over the grid's middle range says
 * between which points to look. The places are those of a plain binary search, always.
 */
export class GridIndex {
  private readonly grid: Float64Array;
  private readonly low: number;
  private readonly scale: number;
  /** By entry: the first grid point of this entry or a later one; one more at the end. */
  private readonly starts: Int32Array;

  constructor(grid: Float64Array) {
    this.grid = grid;
    const entries = grid.length < FEWEST_POINTS ? 1 : grid.length * ENTRIES_PER_POINT;
    const from = Math.floor(grid.length * CORE_FROM);
    this.low = grid[from] ?? 0;
    const scale = entries / ((grid[grid.length - 1 - from] ?? 0) - this.low);
    this.scale = Number.isFinite(scale) && scale > 0 ? scale : 0;
    this.starts = new Int32Array(entries + 1).fill(grid.length);
    const entryOf = new Int32Array(grid.length);
    this.findEntries(grid, entryOf, grid.length);
    for (let i = grid.length - 1; i >= 0; i--) this.starts[entryOf[i] ?? 0] = i;
    for (let e = entries - 1; e >= 0; e--) {
      this.starts[e] = Math.min(this.starts[e] ?? 0, this.starts[e + 1] ?? 0);
    }
    this.starts[0] = 0;
  }

  /** Entries rise with values: whatever stands in an earlier entry than x is below x. */
  private findEntries(values: Float64Array, entries: Int32Array, count: number): void {
    const { low, scale } = this;
    const last = this.starts.length - 2;
    for (let i = 0; i < count; i++) {
      const at = ((values[i] ?? 0) - low) * scale;
      entries[i] = at >= last ? last : at > 0 ? at | 0 : 0;
    }
  }

  /**
   * For each of the first `count` values the index of the first grid point that is not below it; the grid's length when it
   * is above all. NaN has none. Takes arrays, because a number handed on as an argument may be put on the heap each time.
   */
  locate(values: Float64Array, places: Int32Array, count: number): void {
    const { grid, starts } = this;
    this.findEntries(values, places, count);
    for (let i = 0; i < count; i++) {
      const x = values[i] ?? 0;
      const entry = places[i] ?? 0;
      let low = starts[entry] ?? 0;
      let high = starts[entry + 1] ?? 0;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((grid[middle] ?? 0) < x) low = middle + 1;
        else high = middle;
      }
      places[i] = low;
    }
  }
}

const indexes = new WeakMap<Float64Array, GridIndex>();

/** Built once per grid and shared by every profile on it. A grid is frozen with its baseline. */
export function gridIndex(grid: Float64Array): GridIndex {
  let index = indexes.get(grid);
  if (index === undefined) {
    index = new GridIndex(grid);
    indexes.set(grid, index);
  }
  return index;
}
