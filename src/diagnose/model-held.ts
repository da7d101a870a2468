import type { Task } from '../core/model.ts';
import { conceptTest } from './relation/concept-test.ts';
import { presentRows, selectRows } from './samples/row-samples.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { SUSPICIOUS } from './thresholds.ts';

/**
 * Whether the model still answers the same to the same inputs: its answers put to the test that labels are put to. Where they do not,
 * more mistakes are the model's (another version, a broken artefact) and say nothing of the world. One lean test.
 */
export function modelHeld(task: Task, labelled: RowSamples): boolean {
  const { prediction } = labelled;
  if (prediction === null) return false;
  const { prediction: answers, ...answered } = selectRows(
    labelled,
    presentRows(prediction.reference),
    presentRows(prediction.current),
  );
  return (
    conceptTest(task, { ...answered, label: answers, prediction: null, score: null }, 'lean').p >= SUSPICIOUS
  );
}
