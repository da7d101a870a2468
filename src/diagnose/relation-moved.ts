import type { SetAside } from '../core/columns/feature-settings.ts';
import type { Task } from '../core/model.ts';
import type { Table } from '../core/table.ts';
import { conceptTest } from './relation/concept-test.ts';
import { labelledRows, pairSamples } from './samples/row-samples.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/** Whether the same features lead to other labels, by the rows of these two tables alone (`conceptTest`). Cost: one such test. */
export function hasRelationMoved(
  task: Task,
  reference: Table,
  current: Table,
  aside?: ReadonlyMap<string, SetAside>,
): boolean {
  const labelled = labelledRows(pairSamples(reference, current, new Map(), aside));
  return conceptTest(task, labelled).p < VERDICT_ALPHA;
}
