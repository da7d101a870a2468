import { UserError } from '../../core/errors.ts';
import { type Forgotten, forgetPrediction } from '../../pipeline/history/forget-prediction.ts';
import { modelIdsOf } from '../../store/windows/models.ts';
import { plural } from '../../words/page-format.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { oneLine } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface ForgetOptions {
  readonly id: string;
  readonly model: string | null;
  readonly isDry: boolean;
  readonly asJson: boolean;
}

export async function forgetOne(
  io: OperationsIo,
  { id, model, isDry, asJson }: ForgetOptions,
): Promise<void> {
  const forgotten = await withDatabase(io, async ({ pool, config }) => {
    const modelIds = await modelIdsOf(pool, model);
    if (modelIds.length === 0 && model !== null) {
      throw new UserError(`no model '${model}' has been seen`, {
        fix: '`shiftwatch status` lists those that have.',
      });
    }
    // Without its id: it may be a person's.
    if (!isDry) await noteCommand(io, pool, 'forget.prediction', model);
    const found = [await forgetPrediction(pool, { id, modelIds, isDry })];
    for (const { name, privateFields } of config.models) {
      const hashed = privateFields?.id(id) ?? id;
      if (hashed === id || (model !== null && model !== name)) continue;
      const own = await modelIdsOf(pool, name);
      found.push(await forgetPrediction(pool, { id: hashed, modelIds: own, isDry }));
    }
    return found.reduce(together);
  });
  if (asJson) {
    io.print(`${JSON.stringify({ dry_run: isDry, forgotten }, null, 2)}\n`);
    return;
  }
  const lines = said(forgotten);
  if (lines.length === 0) io.print(`Nothing is kept of ${oneLine(id)}.\n`);
  else io.print(`${isDry ? 'Would be forgotten' : 'Forgotten'}: ${lines.join(', ')}.\n`);
}

/** Kept under the id itself, from before it was hashed, and under its hash. */
function together(a: Forgotten, b: Forgotten): Forgotten {
  return {
    predictions: a.predictions + b.predictions,
    labels: a.labels + b.labels,
    waiting_labels: a.waiting_labels + b.waiting_labels,
    samples: a.samples + b.samples,
    dead_letters: a.dead_letters + b.dead_letters,
    batches: a.batches + b.batches,
  };
}

function said(forgotten: Forgotten): string[] {
  const lines: [number, string][] = [
    [forgotten.predictions, plural(forgotten.predictions, 'kept row')],
    [forgotten.labels, plural(forgotten.labels, 'label')],
    [forgotten.waiting_labels, plural(forgotten.waiting_labels, 'label that waits', 'labels that wait')],
    [forgotten.samples, `a row in the ${plural(forgotten.samples, 'sample')} of windows`],
    [forgotten.dead_letters, plural(forgotten.dead_letters, 'dead letter')],
    [forgotten.batches, plural(forgotten.batches, 'answer to a posted batch', 'answers to posted batches')],
  ];
  return lines.filter(([count]) => count > 0).map(([, line]) => line);
}
