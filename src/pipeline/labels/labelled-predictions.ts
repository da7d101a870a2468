import type { RowProbabilities } from '../../core/events/events.ts';
import type { PredictionPack } from '../../window/prediction-pack.ts';
import type { FoundRows } from '../predictions/found-rows.ts';

const NO_SEGMENTS: readonly string[] = [];

/** What labels need of the predictions they belong to, as columns: some 60 bytes each. */
export class LabelledPredictions implements FoundRows {
  /** 1: it is there. */
  readonly #found: Uint8Array;
  readonly eventMs: Float64Array;
  readonly modelVersionIds: Int32Array;
  /** NaN: there is none. */
  readonly #scores: Float64Array;
  readonly #holdout: Uint8Array;
  readonly #predictions: (string | number | null)[];
  readonly #segments: (readonly string[])[];
  readonly #probabilities = new Map<number, RowProbabilities>();

  constructor(ids: number) {
    this.#found = new Uint8Array(ids);
    this.eventMs = new Float64Array(ids);
    this.modelVersionIds = new Int32Array(ids);
    this.#scores = new Float64Array(ids);
    this.#holdout = new Uint8Array(ids);
    this.#predictions = Array.from({ length: ids }, () => null);
    this.#segments = Array.from({ length: ids }, () => NO_SEGMENTS);
  }

  /** Of several rows the earliest is kept. */
  note(index: number, pack: PredictionPack, row: number): void {
    const eventMs = pack.eventMs(row);
    if (this.has(index) && (this.eventMs[index] ?? 0) <= eventMs) return;
    this.#found[index] = 1;
    this.eventMs[index] = eventMs;
    this.modelVersionIds[index] = pack.modelVersionId(row);
    this.#scores[index] = pack.score(row) ?? Number.NaN;
    this.#holdout[index] = pack.isHoldout(row) ? 1 : 0;
    this.#predictions[index] = pack.prediction(row);
    this.#segments[index] = pack.segments(row);
    const probabilities = pack.probabilities(row);
    if (probabilities === null) this.#probabilities.delete(index);
    else this.#probabilities.set(index, probabilities);
  }

  has(index: number): boolean {
    return this.#found[index] === 1;
  }

  prediction(index: number): string | number | null {
    return this.#predictions[index] ?? null;
  }

  score(index: number): number | null {
    const score = this.#scores[index] ?? Number.NaN;
    return Number.isNaN(score) ? null : score;
  }

  isHoldout(index: number): boolean {
    return this.#holdout[index] === 1;
  }

  segments(index: number): readonly string[] {
    return this.#segments[index] ?? NO_SEGMENTS;
  }

  probabilities(index: number): RowProbabilities | null {
    return this.#probabilities.get(index) ?? null;
  }
}
