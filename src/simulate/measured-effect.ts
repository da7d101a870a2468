import type { Task } from '../core/model.ts';
import { correlation } from '../stats/elementary.ts';
import type { Family } from './family.ts';
import { shapeOf } from './population.ts';
import { logistic } from './world.ts';
import type { SimulatedRow, SimulatedRows } from './world.ts';

/** How much changed, as somebody who knows the truth sees it. */
export interface MeasuredEffect {
  /** The feature that moved most, in standard deviations of the reference. */
  readonly feature: { readonly name: string; readonly deviations: number };
  /** Change of P(y), in regression of the mean label in standard deviations. */
  readonly label: number;
  /** P(y|x) of the same rows, after − before, in regression in standard deviations of the label: beyond this in a fifth of the rows. */
  readonly concept: number;
  /** Accuracy of the model, after − before; null in regression. */
  readonly accuracy: number | null;
  /** How well the model ranks the reference: AUC, in regression the correlation. */
  readonly skill: number;
}

const STRATUM_SHARE = 0.2;

export function measuredEffect(family: Family, task: Task, rows: SimulatedRows): MeasuredEffect {
  const { reference, current } = rows;
  const labels = (side: readonly SimulatedRow[]): number[] => side.flatMap(({ label }) => label ?? []);
  const before = shapeOf(labels(reference));
  const now = shapeOf(labels(current));
  const isRegression = task === 'regression';
  const unit = isRegression ? Math.max(1e-9, before.deviation) : 1;
  const meanOf = (index: number): number => (isRegression ? family.outcome.spread * index : logistic(index));
  const moved = Float64Array.from(
    current,
    ({ truth }) => (meanOf(truth.now) - meanOf(truth.before)) / unit,
  ).sort();
  const tail = Math.floor(STRATUM_SHARE * moved.length);
  return {
    feature: furthest(family, rows),
    label: (now.mean - before.mean) / unit,
    concept: Math.max(-(moved[tail] ?? 0), moved[moved.length - 1 - tail] ?? 0),
    accuracy: isRegression ? null : accuracyOf(current) - accuracyOf(reference),
    skill: isRegression ? correlationOf(reference) : aucOf(reference),
  };
}

function furthest(family: Family, { reference, current }: SimulatedRows): MeasuredEffect['feature'] {
  let most = { name: '', deviations: 0 };
  const consider = (name: string, deviations: number): void => {
    if (Math.abs(deviations) > Math.abs(most.deviations)) most = { name, deviations };
  };
  for (const { name, kind } of family.features) {
    const values = (side: readonly SimulatedRow[]): (number | string | null)[] =>
      side.map(({ fed }) => fed[name] ?? null);
    if (kind === 'numeric') {
      const before = shapeOf(values(reference).filter((value) => typeof value === 'number'));
      const now = shapeOf(values(current).filter((value) => typeof value === 'number'));
      if (before.deviation > 0) {
        consider(name, (now.mean - before.mean) / before.deviation);
        // A spread that grows moves nothing in the mean: its change counts in the same unit.
        consider(name, (now.deviation - before.deviation) / before.deviation);
      }
      continue;
    }
    const before = values(reference);
    const now = values(current);
    for (const level of new Set(before)) {
      const p = before.filter((value) => value === level).length / before.length;
      const q = now.filter((value) => value === level).length / Math.max(1, now.length);
      if (p > 0 && p < 1) consider(name, (q - p) / Math.sqrt(p * (1 - p)));
    }
  }
  return most;
}

function accuracyOf(rows: readonly SimulatedRow[]): number {
  const labelled = rows.filter(({ label }) => label !== null);
  return (
    labelled.filter(({ index, label }) => index > 0 === (label === 1)).length / Math.max(1, labelled.length)
  );
}

/** Chance that a positive row is ranked above a negative one. */
function aucOf(rows: readonly SimulatedRow[]): number {
  const sorted = rows.filter(({ label }) => label !== null).toSorted((a, b) => a.index - b.index);
  let positives = 0;
  let rankSum = 0;
  for (const [at, { label }] of sorted.entries()) {
    if (label !== 1) continue;
    positives += 1;
    rankSum += at + 1;
  }
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function correlationOf(rows: readonly SimulatedRow[]): number {
  const labelled = rows.filter(({ label }) => label !== null);
  const found = correlation(
    labelled.map(({ index }) => index),
    labelled.map(({ label }) => label ?? 0),
  );
  return Number.isNaN(found) ? 0 : found;
}
