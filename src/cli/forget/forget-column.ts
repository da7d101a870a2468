import { nearest } from '../../core/nearest.ts';
import { baselineFeatureNames, versionsOf } from '../../store/read-models/labelled-data.ts';
import { UserError } from '../../core/errors.ts';
import {
  forgetFeature,
  type ForgottenFeature,
  undoForgotten,
} from '../../pipeline/history/feature/forget-feature.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { storedModel } from '../../store/windows/models.ts';
import { plural } from '../../words/page-format.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { oneLine } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface ForgetColumnOptions {
  readonly name: string;
  readonly model: string;
  readonly isUndone: boolean;
  readonly isDry: boolean;
  readonly asJson: boolean;
}

/** Lines of progress are this far apart. */
const SAY_EVERY_MS = 2_000;

export async function forgetColumn(io: OperationsIo, options: ForgetColumnOptions): Promise<void> {
  await withDatabase(io, async ({ pool }) => {
    const model = await storedModel(pool, options.model);
    if (model === null) {
      throw new UserError(`no model '${options.model}' has been seen`, {
        fix: '`shiftwatch status` lists those that have.',
      });
    }
    // Of which model only: what is forgotten must not stand there.
    if (!options.isDry)
      await noteCommand(io, pool, options.isUndone ? 'forget.undo' : 'forget.feature', options.model);
    if (options.isUndone) await undo(io, pool, model.id, options);
    else {
      const { isDry } = options;
      const known = await versionsOf(pool, options.model, null);
      const names = await baselineFeatureNames(pool, [...(known?.versions.keys() ?? [])]);
      const name = asLogged(options.name, names);
      const forgotten = await forgetFeature(pool, { model, name, isDry, onProgress: progressOf(io) });
      say(io, forgotten, { ...options, name, close: nearest(name, names) });
    }
  });
}

/** Keyboards and file systems write accents in two ways that nobody can tell apart. */
function asLogged(given: string, names: readonly string[]): string {
  if (names.includes(given)) return given;
  return names.find((name) => name.normalize() === given.normalize()) ?? given;
}

async function undo(
  io: OperationsIo,
  pool: Pool,
  modelId: number,
  { name, model, asJson }: ForgetColumnOptions,
): Promise<void> {
  const was = await undoForgotten(pool, modelId, name);
  if (asJson) io.print(`${JSON.stringify({ undone: was }, null, 2)}\n`);
  else if (was)
    io.print(`It is counted again from now on. A baseline of ${model} that has it is to be made anew.\n`);
  else io.print('It was not forgotten.\n');
}

function progressOf(io: OperationsIo): (said: string) => void {
  let saidAtMs = io.clock.nowMs();
  return (said) => {
    const nowMs = io.clock.nowMs();
    if (nowMs - saidAtMs < SAY_EVERY_MS) return;
    saidAtMs = nowMs;
    io.say(`${said}\n`);
  };
}

function say(
  io: OperationsIo,
  forgotten: ForgottenFeature,
  { name, isDry, asJson, close }: ForgetColumnOptions & { readonly close: string | null },
): void {
  if (asJson) {
    io.print(`${JSON.stringify({ dry_run: isDry, forgotten }, null, 2)}\n`);
    return;
  }
  const lines = said(forgotten);
  if (lines.length === 0)
    io.print(
      `Nothing is kept of ${oneLine(name)}.${close === null ? '' : ` Did you mean ${oneLine(close)}?`}\n`,
    );
  else io.print(`${isDry ? 'Would be forgotten' : 'Forgotten'}: ${lines.join(', ')}.\n`);
  if (forgotten.unreadable > 0) {
    io.say(
      `${plural(forgotten.unreadable, 'part')} of windows cannot be read, and ${forgotten.unreadable === 1 ? 'was' : 'were'} left as they are: \`shiftwatch doctor\` says more.\n`,
    );
  }
  if (!isDry) io.print('What logs bring again of it is dropped when it is read.\n');
}

function said(forgotten: ForgottenFeature): string[] {
  const lines: [number, string][] = [
    [forgotten.baselines, `a column of ${plural(forgotten.baselines, 'baseline')}`],
    [forgotten.chunks, `its values in ${plural(forgotten.chunks, 'chunk')} of kept predictions`],
    [forgotten.parts, `in ${plural(forgotten.parts, 'part')} of windows`],
    [forgotten.days, `in ${plural(forgotten.days, 'count')} of days`],
    [forgotten.measurements, plural(forgotten.measurements, 'measurement')],
    [forgotten.segments, plural(forgotten.segments, 'segment')],
    [forgotten.comparisons, `in ${plural(forgotten.comparisons, 'comparison')} of windows`],
    [forgotten.verdicts, `in ${plural(forgotten.verdicts, 'verdict')}`],
    [forgotten.incidents, `in ${plural(forgotten.incidents, 'row')} of incidents and their stories`],
    [forgotten.messages, `in ${plural(forgotten.messages, 'row')} of messages`],
    [forgotten.retrainings, `in ${plural(forgotten.retrainings, 'retraining')}`],
    [forgotten.silences, `in ${plural(forgotten.silences, 'silence')}`],
    [forgotten.dead_letters, plural(forgotten.dead_letters, 'dead letter')],
    [
      forgotten.batches,
      `in ${plural(forgotten.batches, 'answer to a posted batch', 'answers to posted batches')}`,
    ],
    [forgotten.names + forgotten.notes + forgotten.blocks, 'its name where it was noted'],
  ];
  return lines.filter(([count]) => count > 0).map(([, line]) => line);
}
