import type { Features, PredictionEvent } from '../../core/events/events.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { OperationalProfile } from '../../stats/profile/operational-profile.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { encodeRowSample } from '../../stats/profile/rows/row-sample-codec.ts';
import type { WindowToRecompute } from '../../store/evaluation/recomputed-windows.ts';
import type { NewPart, StoredPart } from '../../store/windows/window-parts.ts';
import { CheckpointBuffer, WHOLE } from '../../window/checkpoint/buffer.ts';
import { splitPanes } from '../../window/panes.ts';
import { labelParts } from '../../window/part-names.ts';
import { newLabels, readInputs } from '../../window/part-profiles.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import type { KeptPrediction } from '../predictions/kept-rows.ts';
import { hashOf } from '../predictions/prediction-finder.ts';

/** What one window holds of one kind and segment, before it has a name. */
export type Recounted = Pick<NewPart, 'windowId' | 'segment' | 'kind' | 'rows' | 'delta'>;

const NO_TAGS: Features = new Map();
const NOWHERE = { source: 'kept', partition: 0, offset: 0n };
const NOBODY = { has: (): boolean => false };

/**
 * Counts kept predictions into windows as if these had always been held against one baseline. What is not kept with a row (latency,
 * cost, energy, errors) has no cells of a baseline's: it is taken from what was counted then.
 *
 * Memory: a profile for each window and segment, as a checkpoint.
 */
export class Recount {
  readonly #model: ModelSpec;
  readonly #modelId: number;
  readonly #refs: readonly WindowRef[];
  readonly #reference: ReferenceProfile;
  readonly #inputs = new CheckpointBuffer();
  readonly #labels = new Map<string, { window: WindowRef; segment: string; profile: LabelProfile }>();

  constructor(
    model: { readonly id: number; readonly spec: ModelSpec },
    windows: readonly WindowToRecompute[],
    baseline: { readonly id: number; readonly reference: ReferenceProfile },
  ) {
    // Rows are there already.
    this.#model = { ...model.spec, storePredictions: false };
    this.#modelId = model.id;
    this.#reference = baseline.reference;
    this.#refs = windows.map((window) => ({
      ...window,
      baselineId: baseline.id,
      reference: baseline.reference,
    }));
  }

  add({ row, features, label }: KeptPrediction): void {
    const { eventMs, prediction, score, holdout, probabilities, segments, modelVersionId } = row;
    const around = this.#refs.filter(({ startMs, endMs }) => startMs <= eventMs && eventMs < endMs);
    const { counted, fed } = splitPanes(around);
    const event: PredictionEvent = {
      type: 'prediction',
      model: this.#model.name,
      modelVersion: '',
      // It was told from others when it came.
      predictionId: null,
      timestampMs: eventMs,
      features,
      tags: NO_TAGS,
      position: NOWHERE,
      prediction,
      score,
      probabilities:
        probabilities === null
          ? null
          : new Map(probabilities.classes.map((name, k) => [name, probabilities.values[k] ?? 0])),
      latencyMs: null,
      cost: null,
      energyJ: null,
      holdout,
      error: null,
    };
    const owner = { model: this.#model, modelId: this.#modelId, modelVersionId, segments };
    this.#inputs.addRow({ event, idHash: hashOf(row), windows: counted, fed, ...owner }, NOBODY);
    if (label === null) return;
    for (const window of counted) {
      for (const segment of labelParts(segments, holdout)) {
        this.#labelsOf(window, segment).add(label.value, prediction, score, 1, probabilities);
      }
    }
  }

  #labelsOf(window: WindowRef, segment: string): LabelProfile {
    const key = `${window.id}\u0000${segment}`;
    let entry = this.#labels.get(key);
    if (entry === undefined) {
      entry = { window, segment, profile: newLabels(segment, this.#reference, this.#model.task) };
      this.#labels.set(key, entry);
    }
    return entry.profile;
  }

  /** @param before the parts of a window of then, and what they are read by */
  parts(before: ReadonlyMap<number, CountedThen>): Recounted[] {
    const inputs = this.#inputs.deltas().map(({ window, segment, rows, profile }): Recounted => {
      const then = before.get(window.id);
      if (then !== undefined) replaceOperation(profile.operation, operationOf(then, segment, this.#model));
      return { windowId: window.id, segment, kind: 'input', rows, delta: profile.encode() };
    });
    const samples = this.#inputs.samples().map(({ window, sample }): Recounted => {
      const { length: rows } = sample.rows;
      return { windowId: window.id, segment: WHOLE, kind: 'rows', rows, delta: encodeRowSample(sample) };
    });
    const labels = [...this.#labels.values()].map(({ window, segment, profile }): Recounted => ({
      windowId: window.id,
      segment,
      kind: 'label',
      rows: profile.labelled,
      delta: profile.encode(),
    }));
    return [...inputs, ...samples, ...labels];
  }

  release(): void {
    this.#inputs.release();
    for (const { profile } of this.#labels.values()) profile.release();
  }
}

export interface CountedThen {
  readonly parts: readonly StoredPart[];
  readonly reference: ReferenceProfile | null;
}

function operationOf(
  { parts, reference }: CountedThen,
  segment: string,
  { task }: ModelSpec,
): OperationalProfile {
  const sum = new OperationalProfile();
  for (const part of parts) {
    if (part.kind !== 'input' || part.segment !== segment) continue;
    const inputs = readInputs(segment, part.delta, reference, task);
    sum.merge(inputs.operation, 1);
    inputs.release();
  }
  return sum;
}

function replaceOperation(own: OperationalProfile, then: OperationalProfile): void {
  const counted = new OperationalProfile();
  counted.merge(own, 1);
  own.merge(counted, -1);
  own.merge(then, 1);
}
