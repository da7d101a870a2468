import type { RowProbabilities } from '../core/events/events.ts';
import { IdList } from './id-list.ts';

const FIRST_ROWS = 256;
/** No class. */
export const NO_CLASS = -1;

/** What is kept of a row beside its features. */
export interface KeptOutcome {
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly holdout: boolean;
  readonly probabilities: RowProbabilities | null;
}

/**
 * Rows of one UTC day that are kept, column by column: classes and lists of segments as numbers of what there is, no
 * object a row. Columns are longer than there are rows.
 */
export class PredictionColumns {
  readonly ids = new IdList();
  eventMs = new Float64Array(FIRST_ROWS);
  /** NaN is null, here and in `scores`. */
  values = new Float64Array(FIRST_ROWS);
  scores = new Float64Array(FIRST_ROWS);
  /** Which of `classes`, or NO_CLASS. */
  classCodes = new Int32Array(FIRST_ROWS);
  /** Which of `segmentLists`. */
  segmentCodes = new Int32Array(FIRST_ROWS);
  holdouts = new Uint8Array(FIRST_ROWS);
  readonly classes: string[] = [];
  readonly segmentLists: (readonly string[])[] = [];
  readonly #codeOfClass = new Map<string, number>();
  readonly #codeOfSegments = new Map<string, number>();
  /** By row, where there are any. */
  readonly #probabilities = new Map<number, RowProbabilities>();
  /** How many probabilities all rows have together. */
  probabilityCount = 0;
  /** What those take, about, in values of eight bytes: a row's names may be its own. */
  probabilityCells = 0;

  get length(): number {
    return this.ids.length;
  }

  add(high: number, low: number, eventMs: number, outcome: KeptOutcome, segments: readonly string[]): void {
    const row = this.ids.length;
    if (row === this.eventMs.length) this.#widen();
    const { prediction, score, holdout, probabilities } = outcome;
    this.ids.push(high, low);
    this.eventMs[row] = eventMs;
    this.values[row] = typeof prediction === 'number' ? prediction : Number.NaN;
    this.scores[row] = score ?? Number.NaN;
    this.classCodes[row] = typeof prediction === 'string' ? this.#classCode(prediction) : NO_CLASS;
    this.segmentCodes[row] = this.#segmentCode(segments);
    this.holdouts[row] = holdout ? 1 : 0;
    if (probabilities !== null) this.#addProbabilities(row, probabilities);
  }

  probabilitiesOf(row: number): RowProbabilities | null {
    return this.#probabilities.get(row) ?? null;
  }

  #widen(): void {
    const rows = 2 * this.eventMs.length;
    this.eventMs = copied(this.eventMs, new Float64Array(rows));
    this.values = copied(this.values, new Float64Array(rows));
    this.scores = copied(this.scores, new Float64Array(rows));
    this.classCodes = copied(this.classCodes, new Int32Array(rows));
    this.segmentCodes = copied(this.segmentCodes, new Int32Array(rows));
    this.holdouts = copied(this.holdouts, new Uint8Array(rows));
  }

  #classCode(name: string): number {
    let code = this.#codeOfClass.get(name);
    if (code === undefined) {
      code = this.classes.push(name) - 1;
      this.#codeOfClass.set(name, code);
    }
    return code;
  }

  #segmentCode(segments: readonly string[]): number {
    const key =
      segments.length === 0 ? '' : segments.length === 1 ? `1${segments[0]}` : JSON.stringify(segments);
    let code = this.#codeOfSegments.get(key);
    if (code === undefined) {
      code = this.segmentLists.push(segments) - 1;
      this.#codeOfSegments.set(key, code);
    }
    return code;
  }

  #addProbabilities(row: number, given: RowProbabilities): void {
    this.#probabilities.set(row, given);
    this.probabilityCount += given.values.length;
    let letters = 0;
    for (const name of given.classes) letters += name.length;
    this.probabilityCells += 2 * given.classes.length + letters / 8;
  }
}

function copied<T extends Float64Array | Int32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

/** Where the features of rows are: of one version and chunk in their order, or each for itself. */
export type RowOrigins =
  | { readonly modelVersionId: number; readonly chunkId: number }
  | {
      readonly versionIds: readonly number[];
      readonly chunkIds: readonly number[];
      readonly chunkRows: readonly number[];
    };
