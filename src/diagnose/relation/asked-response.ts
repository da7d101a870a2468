/** Which response the questions of where and how much are put to. */
import type { Task } from '../../core/model.ts';
import { pooled, pooledCodes } from '../pooled.ts';
import type { LevelPair, RowSamples } from '../samples/row-samples.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

export interface AskedResponse {
  /** The class whose share is meant; null for a number. */
  readonly name: string | null;
  readonly response: Float64Array;
}

/** The positive class, or of several the one whose share changed most. */
export function responseOf(
  task: Task,
  { label }: RowSamples,
  positiveClass: string | null,
): AskedResponse | null {
  if (task === 'regression')
    return label?.kind === 'numeric' ? { name: null, response: pooled(label) } : null;
  if (label?.kind !== 'levels') return null;
  const code = classOf(label, positiveClass);
  return {
    name: label.levels[code] ?? '',
    response: Float64Array.from(pooledCodes(label), (each) => Number(each === code)),
  };
}

function classOf(label: LevelPair, positiveClass: string | null): number {
  const known = label.levels.indexOf(positiveClass ?? '');
  if (known >= 0) return known;
  const before = levelCounts(label.reference, label.levels.length);
  const now = levelCounts(label.current, label.levels.length);
  const change = [...label.levels.keys()].map((code) =>
    Math.abs(
      now[code]! / Math.max(1, label.current.length) - before[code]! / Math.max(1, label.reference.length),
    ),
  );
  return change.indexOf(Math.max(...change));
}
