import type { ProgressPoint } from '../../core/retrain/retrain.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';

/** A report may bring several points at once, of a pipeline that reports seldom. */
export const MAX_POINTS = 100;
const METRIC_NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.:/@()%-]{0,99}$/u;
/** Longer, dearer or hotter than any training: a mistake in the unit, or worse. */
const MAX_AMOUNT = 1e15;

/** `progress` of a report: a point or a list of points; what is no point says which field is wrong. */
export function parseProgress(given: unknown): Result<ProgressPoint[], string> {
  if (given === undefined || given === null) return ok([]);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > MAX_POINTS) return fail(`progress must be at most ${MAX_POINTS} points.`);
  const points: ProgressPoint[] = [];
  for (const item of list) {
    const point = parsePoint(item);
    if (!point.ok) return point;
    points.push(point.value);
  }
  return ok(points);
}

function parsePoint(item: unknown): Result<ProgressPoint, string> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return fail('progress must be an object with metric and value, or a list of such.');
  }
  const given = item as Record<string, unknown>;
  const { metric, value, step } = given;
  if (typeof metric !== 'string' || !METRIC_NAME.test(metric)) {
    return fail('progress.metric must be a name of at most 100 letters, digits and _ . : / @ ( ) % -');
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return fail('progress.value must be a finite number.');
  }
  if (isGiven(step) && !(Number.isSafeInteger(step) && (step as number) >= 0)) {
    return fail('progress.step must be a whole number, not negative.');
  }
  for (const field of ['epoch', 'elapsed_s', 'energy_j', 'cost']) {
    const amount = given[field];
    if (isGiven(amount) && !(typeof amount === 'number' && amount >= 0 && amount <= MAX_AMOUNT)) {
      return fail(`progress.${field} must be a number from 0 to ${MAX_AMOUNT}.`);
    }
  }
  return ok({
    metric,
    value,
    step: numberOrNull(step),
    epoch: numberOrNull(given['epoch']),
    elapsedS: numberOrNull(given['elapsed_s']),
    energyJ: numberOrNull(given['energy_j']),
    cost: numberOrNull(given['cost']),
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
