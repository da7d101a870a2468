import type { LabelColumns } from '../../core/events/label-columns.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { IdList } from '../../window/id-list.ts';
import type { PredictionFinder } from '../predictions/prediction-finder.ts';
import { LabelledPredictions } from './labelled-predictions.ts';

/** Labels of one model beside the predictions that are there, in the order of hashes. */
export class Matches {
  readonly modelId: number;
  readonly labels: LabelColumns;
  readonly predictions: LabelledPredictions;
  /** Indices of labels, those of one prediction one after another. */
  readonly #order: Int32Array;
  /** By id: where its labels begin in the order. The last entry ends the last one. */
  readonly #starts: Int32Array;
  /** Indices of the ids whose predictions are there. A match is one of these. */
  readonly found: Int32Array;
  /** By id: which of its labels wins against the others. */
  readonly best: Int32Array;
  /** By id: the time of the earliest of its labels. */
  readonly firstAtMs: Float64Array;
  /** Indices of labels without a prediction. */
  readonly waiting: Int32Array;

  constructor(
    modelId: number,
    labels: LabelColumns,
    order: Int32Array,
    starts: Int32Array,
    predictions: LabelledPredictions,
  ) {
    this.modelId = modelId;
    this.labels = labels;
    this.predictions = predictions;
    this.#order = order;
    this.#starts = starts;
    const ids = starts.length - 1;
    this.best = new Int32Array(ids);
    this.firstAtMs = new Float64Array(ids);
    const found = new Int32Array(ids);
    const waiting: Int32Array[] = [];
    let matches = 0;
    for (let id = 0; id < ids; id++) {
      if (predictions.has(id)) {
        found[matches] = id;
        matches += 1;
        this.#compare(id);
      } else waiting.push(this.candidates(id));
    }
    this.found = found.subarray(0, matches);
    this.waiting = Int32Array.from(waiting.flatMap((some) => [...some]));
  }

  #compare(id: number): void {
    const { labels } = this;
    const from = this.#starts[id] ?? 0;
    const to = this.#starts[id + 1] ?? 0;
    let best = this.#order[from] ?? 0;
    let firstAtMs = labels.atMs[best] ?? 0;
    for (let i = from + 1; i < to; i++) {
      const label = this.#order[i] ?? 0;
      firstAtMs = Math.min(firstAtMs, labels.atMs[label] ?? 0);
      if (labels.outranks(label, best)) best = label;
    }
    this.best[id] = best;
    this.firstAtMs[id] = firstAtMs;
  }

  /** Indices of all labels of a prediction, in the order they came. */
  candidates(match: number): Int32Array {
    return this.#order.subarray(this.#starts[match] ?? 0, this.#starts[match + 1] ?? 0);
  }

  /** Some matches in the order in which their first labels came. */
  asArrived(some: readonly number[]): Int32Array {
    const matchOf = new Int32Array(this.labels.length).fill(-1);
    for (const match of some) matchOf[this.#order[this.#starts[match] ?? 0] ?? 0] = match;
    return matchOf.filter((match) => match >= 0);
  }
}

/** Looks for the predictions of labels, each once however many labels it has; model by model. */
export async function matchLabels(
  tx: Tx,
  labels: LabelColumns,
  finder: PredictionFinder,
): Promise<Matches[]> {
  const { modelIds, highs, lows } = labels;
  const matches: Matches[] = [];
  for (const modelId of [...new Set(modelIds.subarray(0, labels.length))].sort((a, b) => a - b)) {
    const order = inOrder(labels, modelId);
    const ids = new IdList();
    const starts = new Int32Array(order.length + 1);
    for (let i = 0, before = -1; i < order.length; i++) {
      const at = order[i] ?? 0;
      if (i > 0 && lows[at] === lows[before] && highs[at] === highs[before]) continue;
      before = at;
      starts[ids.length] = i;
      ids.push(highs[at] ?? 0, lows[at] ?? 0);
    }
    starts[ids.length] = order.length;
    const create = (): LabelledPredictions => new LabelledPredictions(ids.length);
    const predictions = await finder.findInto(tx, { modelId, kind: 0 }, ids, create);
    matches.push(new Matches(modelId, labels, order, starts.subarray(0, ids.length + 1), predictions));
  }
  return matches;
}

/** Hashes are dealt by so many first bits before they are compared. */
const DEALT_BITS = 16;
/** Larger shares, which only somebody makes who sends one id again and again, are not put in order one by one. */
const LARGE_SHARE = 64;

/** Indices of a model's labels by hash as a signed number, as the database orders them; of one id as they came. */
function inOrder({ length, modelIds, highs, lows }: LabelColumns, modelId: number): Int32Array {
  const shareOf = (at: number): number => ((highs[at] ?? 0) ^ 0x8000_0000) >>> (32 - DEALT_BITS);
  const begins = new Int32Array(2 ** DEALT_BITS + 1);
  let count = 0;
  for (let at = 0; at < length; at++) {
    if (modelIds[at] !== modelId) continue;
    count += 1;
    begins[shareOf(at) + 1] = (begins[shareOf(at) + 1] ?? 0) + 1;
  }
  let largest = 0;
  for (let share = 1; share < begins.length; share++) {
    largest = Math.max(largest, begins[share] ?? 0);
    begins[share] = (begins[share] ?? 0) + (begins[share - 1] ?? 0);
  }
  const order = new Int32Array(count);
  for (let at = 0; at < length; at++) {
    if (modelIds[at] !== modelId) continue;
    const share = shareOf(at);
    const place = begins[share] ?? 0;
    begins[share] = place + 1;
    order[place] = at;
  }
  const compare = (a: number, b: number): number =>
    (highs[a] ?? 0) - (highs[b] ?? 0) || (lows[a] ?? 0) - (lows[b] ?? 0) || a - b;
  if (largest > LARGE_SHARE) return order.sort(compare);
  for (let i = 1; i < count; i++) {
    const at = order[i] ?? 0;
    let place = i;
    for (; place > 0 && compare(at, order[place - 1] ?? 0) < 0; place--) order[place] = order[place - 1] ?? 0;
    order[place] = at;
  }
  return order;
}
