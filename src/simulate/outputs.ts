import type { Task } from '../core/model.ts';
import type { Family, Value } from './family.ts';
import { logistic } from './world.ts';
import type { SimulatedRow } from './world.ts';

export interface Outputs {
  readonly prediction: number | string;
  readonly score: number | null;
  readonly label: Value;
}

export function outputsOf(family: Family, task: Task, { index, label }: SimulatedRow): Outputs {
  if (task === 'regression') {
    const { level, spread } = family.outcome;
    return { prediction: level + spread * index, score: null, label };
  }
  const classOf = (isPositive: boolean): string => family.classes[isPositive ? 0 : 1];
  return {
    prediction: classOf(index > 0),
    score: logistic(index),
    label: label === null ? null : classOf(label === 1),
  };
}
