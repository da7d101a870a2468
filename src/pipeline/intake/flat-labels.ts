import type { SourcePosition } from '../../core/events/events.ts';
import type { FlatRow } from '../../core/events/flat-row.ts';
import { flatLabel } from '../../decode/fast/flat-label.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { isKeptByLow } from '../../window/kept.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { outcomeFor } from './plan-records.ts';

/**
 * Takes a label that was read as a flat row, with the outcome that `admit` would have had. False: nothing was counted, and
 * the ordinary way has to say what becomes of it.
 */
export function takeFlatLabel(
  row: FlatRow,
  buffer: CheckpointBuffer,
  position: () => SourcePosition,
  catalog: Pick<ModelCatalog, 'model'>,
): boolean {
  const model = catalog.model(row.layout.model);
  const event = model === null ? null : flatLabel(row, position());
  if (model === null || event === null) return false;
  const label = outcomeFor(model.spec.task, event.label);
  if (label === null) return false;
  buffer.countRead('label');
  if (row.epochUnit !== null) buffer.notices.addEpoch(row.epochUnit);
  // Of a prediction that is not kept, a label has nothing to be joined to, now or later.
  if (isKeptByLow(model.spec, row.idLow)) buffer.addLabel(model.id, { ...event, label }, row);
  else buffer.ignoreLabel();
  return true;
}
