import { UsageError, UserError } from '../../core/errors.ts';
import { expectChange, resolveByHand } from '../../pipeline/incidents/close-incident.ts';
import { ModelCatalog } from '../../pipeline/windows/model-catalog.ts';
import { findAlert } from '../../store/read-models/alerts.ts';
import { endOf } from '../terminal/attention-options.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { noteCommand } from '../terminal/note-command.ts';
import { withDatabase } from '../terminal/with-database.ts';
import { expectAlertId, TAKE_ONE } from './alerts.ts';

export interface CloseOptions {
  readonly by: string;
  readonly comment?: string;
  readonly for?: number;
  readonly until?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Says of an alert that it is resolved, or that it was expected. A dry run says what of, and changes nothing. */
export async function closeAlert(
  io: OperationsIo,
  id: string,
  how: 'resolve' | 'expected',
  { by: author, comment = '', dryRun, json, ...end }: CloseOptions,
): Promise<void> {
  expectAlertId(id);
  const nowMs = io.clock.nowMs();
  const untilMs = endOf(end, nowMs);
  if (untilMs !== null && untilMs <= nowMs)
    throw new UsageError('the end must lie in the future', { fix: 'Choose another end.' });
  const close = how === 'resolve' ? resolveByHand : expectChange;
  const outcome = await withDatabase(io, async ({ pool, config }) => {
    if (dryRun === true) return await findAlert(pool, id);
    const catalog = await ModelCatalog.open(pool, config.models);
    const closed = await close(pool, catalog, id, { author, comment, untilMs }, nowMs);
    await noteCommand(
      io,
      pool,
      how === 'resolve' ? 'alert.resolve' : 'alert.expected',
      id,
      closed.ok ? null : closed.error.reason,
    );
    return closed;
  });
  if (outcome === null) throw new UserError(`there is no alert ${id}`, { fix: TAKE_ONE });
  if ('ok' in outcome && !outcome.ok) throw new UserError(outcome.error.detail, { fix: TAKE_ONE });
  const row = 'ok' in outcome ? outcome.value : outcome;
  if (json === true) io.print(`${JSON.stringify(row, null, 2)}\n`);
  const would = dryRun === true ? 'would be' : 'is';
  const says =
    how === 'resolve'
      ? `closed by ${author}, until a window that ends after now shows it again`
      : `closed by ${author} as expected; take it back with \`shiftwatch annotations remove\``;
  io.say(`Alert ${id} (${row.model} ${row.version}, ${row.state}) ${would} ${says}.\n`);
}
