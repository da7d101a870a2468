import type { FeaturesEvent, PredictionEvent, RowProbabilities } from '../../core/events/events.ts';
import { FeatureChunkBuilder } from '../feature-chunk.ts';
import { IdList } from '../id-list.ts';
import { keptProbabilities, MOST_STORED } from '../kept-probabilities.ts';

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
  readonly ids: IdList;
  readonly eventMs: number[];
  /** Class, or null. */
  readonly classes: (string | null)[];
  /** Number predicted, or NaN. */
  readonly values: number[];
  /** NaN where there is none. */
  readonly scores: number[];
  readonly holdouts: boolean[];
  readonly segments: (readonly string[])[];
  readonly probabilities: (RowProbabilities | null)[];
  /** What those take, in values of eight bytes. */
  probabilityCells: number;
  readonly features: FeatureChunkBuilder;
}

export interface StoredOutcome {
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly holdout: boolean;
  readonly probabilities: RowProbabilities | null;
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
    for (const { features, ids, probabilityCells } of this.groups) {
      cells += features.cells + CELLS_OF_A_ROW * ids.length + probabilityCells;
    }
    return cells;
  }

  get length(): number {
    let rows = 0;
    for (const { ids } of this.groups) rows += ids.length;
    return rows;
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
    const outcome: StoredOutcome =
      event.type === 'prediction'
        ? { ...event, probabilities: keptProbabilities(event.probabilities, MOST_STORED) }
        : NO_OUTCOME;
    addRow(group, high, low, event.timestampMs, outcome, owner.segments);
    group.features.add(event.features);
  }
}

const NO_OUTCOME: StoredOutcome = { prediction: null, score: null, holdout: false, probabilities: null };

/** One row of a group but for its features, which the caller adds. */
export function addRow(
  group: StoredGroup,
  high: number,
  low: number,
  eventMs: number,
  { prediction, score, holdout, probabilities }: StoredOutcome,
  segments: readonly string[],
): void {
  group.ids.push(high, low);
  group.eventMs.push(eventMs);
  group.classes.push(typeof prediction === 'string' ? prediction : null);
  group.values.push(typeof prediction === 'number' ? prediction : Number.NaN);
  group.scores.push(score ?? Number.NaN);
  group.holdouts.push(holdout);
  group.segments.push(segments);
  group.probabilities.push(probabilities);
  if (probabilities !== null) group.probabilityCells += cellsOf(probabilities);
}

/** A row's names may be its own: classes are a producer's, too. */
function cellsOf({ classes }: RowProbabilities): number {
  let letters = 0;
  for (const name of classes) letters += name.length;
  return 2 * classes.length + letters / 8;
}

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
    ids: new IdList(),
    eventMs: [],
    classes: [],
    values: [],
    scores: [],
    holdouts: [],
    segments: [],
    probabilities: [],
    probabilityCells: 0,
    features: new FeatureChunkBuilder(),
  };
}
