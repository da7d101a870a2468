import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { addTo, wholeUnits } from '../../compensated.ts';
import type { ScoreCells } from '../../performance/score-cells.ts';
import type { ScoreGrid } from './score-grid.ts';

const FIRST_SLOTS = 8;
const ONE_VALUE = new Float64Array(1);
const ONE_PLACE = new Int32Array(1);
const TERM = new Float64Array(1);

/**
 * Signed counts of score × label ("is the class", or not) at the points of a grid and strictly between them, with the
 * sum of the scores between. What ROC AUC, PR AUC and calibration error are computed from: counts add and subtract
 * exactly, whatever the order and the split; sums of probabilities too, bit for bit.
 *
 * Only what was touched takes room: a few labels cost a few cells, however fine the grid.
 */
export class ScoreLabelCounts {
  readonly grid: ScoreGrid;
  /** Place → slot. Even places are the gaps below a point, odd ones the points, in ascending order of scores. */
  private readonly slots = new Map<number, number>();
  private negatives = new Float64Array(FIRST_SLOTS);
  private positives = new Float64Array(FIRST_SLOTS);
  private high = new Float64Array(FIRST_SLOTS);
  private low = new Float64Array(FIRST_SLOTS);

  constructor(grid: ScoreGrid) {
    this.grid = grid;
  }

  /** A score that is not finite has no place and is not counted. O(log points). */
  add(score: number, isPositive: boolean, sign: 1 | -1): void {
    if (!Number.isFinite(score)) return;
    ONE_VALUE[0] = score;
    this.grid.index.locate(ONE_VALUE, ONE_PLACE, 1);
    const at = ONE_PLACE[0] ?? 0;
    const onPoint = this.grid.points[at] === score;
    const slot = this.slot(2 * at + (onPoint ? 1 : 0));
    bump(isPositive ? this.positives : this.negatives, slot, sign);
    if (!onPoint) this.addSum(slot, sign * wholeUnits(score));
  }

  merge(other: ScoreLabelCounts, sign: 1 | -1): void {
    if (other.grid.fingerprint !== this.grid.fingerprint) {
      throw new Error('scores were counted on different grids');
    }
    for (const [place, from] of other.slots) {
      const slot = this.slot(place);
      bump(this.negatives, slot, sign * (other.negatives[from] ?? 0));
      bump(this.positives, slot, sign * (other.positives[from] ?? 0));
      this.addSum(slot, sign * (other.high[from] ?? 0));
      this.addSum(slot, sign * (other.low[from] ?? 0));
    }
  }

  /** Null when nothing is counted. Ends of the grid are open: no score can be further out than ±Infinity. */
  cells(): ScoreCells | null {
    const taken = this.inOrder().filter(([, slot]) => this.rowsOf(slot) > 0);
    if (taken.length === 0) return null;
    const { points } = this.grid;
    const column = (of: (place: number, slot: number) => number): Float64Array =>
      Float64Array.from(taken, ([place, slot]) => of(place, slot));
    const isPoint = (place: number): boolean => place % 2 === 1;
    const pointOf = (place: number): number => points[Math.floor(place / 2)] ?? Infinity;
    return {
      low: column((place) => (isPoint(place) ? pointOf(place) : (points[place / 2 - 1] ?? -Infinity))),
      high: column(pointOf),
      negatives: column((_, slot) => this.negatives[slot] ?? 0),
      positives: column((_, slot) => this.positives[slot] ?? 0),
      sums: column((place, slot) =>
        isPoint(place) ? pointOf(place) * this.rowsOf(slot) : (this.high[slot] ?? 0) + (this.low[slot] ?? 0),
      ),
    };
  }

  private rowsOf(slot: number): number {
    return (this.negatives[slot] ?? 0) + (this.positives[slot] ?? 0);
  }

  private addSum(slot: number, value: number): void {
    TERM[0] = value;
    addTo(this.high, this.low, slot, TERM);
  }

  private slot(place: number): number {
    const known = this.slots.get(place);
    if (known !== undefined) return known;
    const slot = this.slots.size;
    this.slots.set(place, slot);
    if (slot >= this.negatives.length) {
      this.negatives = grown(this.negatives);
      this.positives = grown(this.positives);
      this.high = grown(this.high);
      this.low = grown(this.low);
    }
    return slot;
  }

  /** What is not all zero, by place. */
  private inOrder(): [number, number][] {
    return [...this.slots]
      .filter(([, slot]) =>
        [this.negatives, this.positives, this.high, this.low].some((column) => column[slot] !== 0),
      )
      .sort(([a], [b]) => a - b);
  }

  /** Nothing is counted, or all of it was taken away again. */
  get isEmpty(): boolean {
    return this.inOrder().length === 0;
  }

  encode(writer: ByteWriter): void {
    const entries = this.inOrder();
    writer.unsigned(entries.length);
    if (entries.length === 0) return;
    writer.unsigned(this.grid.fingerprint);
    let next = 0;
    for (const [place, slot] of entries) {
      writer.unsigned(place - next);
      writer.signed(this.negatives[slot] ?? 0);
      writer.signed(this.positives[slot] ?? 0);
      if (place % 2 === 0) {
        writer.float(this.high[slot] ?? 0);
        writer.float(this.low[slot] ?? 0);
      }
      next = place + 1;
    }
  }

  static decode(reader: ByteReader, grid: ScoreGrid): ScoreLabelCounts {
    const counts = new ScoreLabelCounts(grid);
    const entries = reader.count(3);
    if (entries === 0) return counts;
    if (reader.unsigned() !== grid.fingerprint) {
      throw new Error('stored scores belong to another baseline');
    }
    let place = 0;
    for (let i = 0; i < entries; i++) {
      place += reader.unsigned();
      if (place > 2 * grid.points.length) throw new RangeError('a score outside its grid');
      const slot = counts.slot(place);
      counts.negatives[slot] = reader.signed();
      counts.positives[slot] = reader.signed();
      if (place % 2 === 0) {
        counts.high[slot] = reader.float();
        counts.low[slot] = reader.float();
      }
      place += 1;
    }
    return counts;
  }
}

function bump(column: Float64Array, slot: number, by: number): void {
  column[slot] = (column[slot] ?? 0) + by;
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}
