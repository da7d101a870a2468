import { compareByHash } from '../../bounded-counts.ts';
import type { ByteReader, ByteWriter } from '../../bytes.ts';

/** Classes with a row and column of their own; the rest share one. */
export const MAX_CONFUSION_CLASSES = 20;

/**
 * Signed counts of (label, prediction) pairs. The baseline's classes keep their places; classes it never had take
 * the free ones, by smallest hash, so that neither order nor split changes a count. `correct` stays exact for all.
 */
export class ConfusionCounts {
  correct = 0;
  n = 0;
  private readonly fixed: readonly string[];
  private found: string[] = [];
  /** `cells` by label, then prediction; the empty key of `OTHER` holds every class without a place. */
  private readonly cells = new Map<string | typeof OTHER, Map<string | typeof OTHER, number>>();

  constructor(classes: readonly string[]) {
    this.fixed = classes.slice(0, MAX_CONFUSION_CLASSES);
  }

  add(label: string, prediction: string, count: number): void {
    this.n += count;
    if (label === prediction) this.correct += count;
    this.place(label);
    this.place(prediction);
    this.bump(this.slot(label), this.slot(prediction), count);
  }

  merge(other: ConfusionCounts, sign: 1 | -1): void {
    this.n += sign * other.n;
    this.correct += sign * other.correct;
    for (const name of other.found) this.place(name);
    for (const [label, row] of other.cells) {
      for (const [prediction, count] of row) this.bump(this.slot(label), this.slot(prediction), sign * count);
    }
  }

  /** Classes with a place: the baseline's in its order, then the others by name. */
  get classes(): readonly string[] {
    return [...this.fixed, ...this.found.toSorted()];
  }

  /** `[label][prediction]` over `classes`, and one last row and column for every other class. */
  matrix(): number[][] {
    const keys = [...this.classes, OTHER] as const;
    return keys.map((label) => keys.map((prediction) => this.cells.get(label)?.get(prediction) ?? 0));
  }

  private slot(name: string | typeof OTHER): string | typeof OTHER {
    return name !== OTHER && (this.fixed.includes(name) || this.found.includes(name)) ? name : OTHER;
  }

  private place(name: string): void {
    if (this.fixed.includes(name) || this.found.includes(name)) return;
    this.found.push(name);
    if (this.fixed.length + this.found.length <= MAX_CONFUSION_CLASSES) return;
    this.found.sort(compareByHash);
    const dropped = this.found.pop();
    if (dropped !== undefined) this.fold(dropped);
  }

  /** Gives a class' row and column to `OTHER`. */
  private fold(name: string): void {
    const row = this.cells.get(name);
    this.cells.delete(name);
    for (const [prediction, count] of row ?? []) this.bump(OTHER, prediction, count);
    for (const [label, counts] of this.cells) {
      const count = counts.get(name);
      counts.delete(name);
      if (count !== undefined) this.bump(label, OTHER, count);
    }
  }

  private bump(label: string | typeof OTHER, prediction: string | typeof OTHER, count: number): void {
    let row = this.cells.get(label);
    if (row === undefined) {
      row = new Map();
      this.cells.set(label, row);
    }
    row.set(prediction, (row.get(prediction) ?? 0) + count);
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.n);
    writer.signed(this.correct);
    writer.unsigned(this.found.length);
    for (const name of this.found.toSorted()) writer.string(name);
    writer.sparse(this.matrix().flat());
  }

  static decode(reader: ByteReader, classes: readonly string[]): ConfusionCounts {
    const result = new ConfusionCounts(classes);
    result.n = reader.signed();
    result.correct = reader.signed();
    const found = reader.count(1);
    if (found > MAX_CONFUSION_CLASSES) throw new RangeError(`${found} classes are more than have a place`);
    for (let i = 0; i < found; i++) result.place(reader.string());
    const keys = [...result.classes, OTHER] as const;
    const flat = new Float64Array(keys.length ** 2);
    reader.sparse(flat);
    for (const [i, label] of keys.entries()) {
      for (const [j, prediction] of keys.entries()) {
        const count = flat[i * keys.length + j] ?? 0;
        if (count !== 0) result.bump(label, prediction, count);
      }
    }
    return result;
  }
}

/** Cannot collide with a class: classes are strings. */
const OTHER = Symbol('every other class');
