import type { FeaturesEvent, PredictionEvent } from '../../core/events/events.ts';
import { FeatureChunkBuilder } from '../feature-chunk.ts';
import { keptProbabilities, MOST_STORED } from '../kept-probabilities.ts';
import { type KeptOutcome, PredictionColumns } from '../prediction-columns.ts';

const DAY_MS = 86_400_000;
/** Of a row's id, time, class, score and segments. */
const CELLS_OF_A_ROW = 16;
/** A group of so many cells (8 MiB) is compressed, and another one goes on: rows × columns may be far more. */
export const SEALED_FROM_CELLS = 1 << 20;

/** Rows of one version, kind and day that are kept until the checkpoint: columns, not an object a row. */
export interface StoredGroup {
  readonly type: 'prediction' | 'features';
  readonly modelId: number;
  readonly modelVersionId: number;
  readonly day: string;
  readonly rows: PredictionColumns;
  readonly features: FeatureChunkBuilder;
}

/** What is kept beside the counts, for labels to find and for row samples. */
export class StoredRows {
  readonly #groups = new Map<string, StoredGroup>();
  readonly #sealed: StoredGroup[] = [];
  #last: StoredGroup | null = null;
  #lastDay = Number.NaN;

  get groups(): StoredGroup[] {
    return [...this.#sealed, ...this.#groups.values()];
  }

  /** What the features of all rows take of memory, about, in values of eight bytes. */
  get cells(): number {
    let cells = 0;
    for (const { features, rows } of this.groups) {
      cells += features.cells + CELLS_OF_A_ROW * rows.length + rows.probabilityCells;
    }
    return cells;
  }

  get length(): number {
    return this.groups.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  group(type: StoredGroup['type'], modelId: number, modelVersionId: number, eventMs: number): StoredGroup {
    const day = Math.floor(eventMs / DAY_MS);
    const last = this.#last;
    const isLast = last?.type === type && last.modelVersionId === modelVersionId && this.#lastDay === day;
    if (isLast && last.features.cells < SEALED_FROM_CELLS) return last;
    const key = `${type}/${modelVersionId}/${day}`;
    const group = this.#open(key) ?? newGroup(type, modelId, modelVersionId, day);
    this.#groups.set(key, group);
    this.#last = group;
    this.#lastDay = day;
    return group;
  }

  /** The group that more rows may go to; null when it has none, or is closed now. */
  #open(key: string): StoredGroup | null {
    const group = this.#groups.get(key) ?? null;
    if (group === null || group.features.cells < SEALED_FROM_CELLS) return group;
    group.features.seal();
    this.#sealed.push(group);
    return null;
  }

  add(
    event: PredictionEvent | FeaturesEvent,
    owner: {
      readonly modelId: number;
      readonly modelVersionId: number;
      readonly segments: readonly string[];
    },
    high: number,
    low: number,
  ): void {
    const group = this.group(event.type, owner.modelId, owner.modelVersionId, event.timestampMs);
    const outcome: KeptOutcome =
      event.type === 'prediction'
        ? { ...event, probabilities: keptProbabilities(event.probabilities, MOST_STORED) }
        : NO_OUTCOME;
    group.rows.add(high, low, event.timestampMs, outcome, owner.segments);
    group.features.add(event.features);
  }
}

const NO_OUTCOME: KeptOutcome = { prediction: null, score: null, holdout: false, probabilities: null };

function newGroup(
  type: StoredGroup['type'],
  modelId: number,
  modelVersionId: number,
  day: number,
): StoredGroup {
  return {
    type,
    modelId,
    modelVersionId,
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
    rows: new PredictionColumns(),
    features: new FeatureChunkBuilder(),
  };
}
