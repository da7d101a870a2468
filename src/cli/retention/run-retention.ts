import { retire } from '../../pipeline/history/retire.ts';
import type { Retired } from '../../core/history/retention.ts';
import { plural } from '../../words/page-format.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface RunRetentionOptions {
  readonly nowMs: number;
  readonly isDry: boolean;
  readonly asJson: boolean;
}

export async function runRetention(
  io: OperationsIo,
  { nowMs, isDry, asJson }: RunRetentionOptions,
): Promise<void> {
  const retired = await withDatabase(io, async ({ pool, config: { history } }) => {
    const gone = await retire(pool, { history, nowMs, isDry, log: io.log });
    if (!isDry) await noteCommand(io, pool, 'retention.run', null);
    return gone;
  });
  const asOf = new Date(nowMs).toISOString();
  if (asJson) {
    io.print(`${JSON.stringify({ as_of: asOf, dry_run: isDry, retired }, null, 2)}\n`);
    return;
  }
  const gone = said(retired);
  if (gone.length === 0) io.print(`Nothing is older than it is kept, as of ${asOf}.\n`);
  else
    io.print(`${isDry ? 'Would go' : 'Gone'}, as of ${asOf}:\n${gone.map((line) => `  ${line}\n`).join('')}`);
}

function said(retired: Retired): string[] {
  const lines: [number, string][] = [
    [retired.predictions, plural(retired.predictions, 'day of predictions', 'days of predictions')],
    [retired.comparisons, `the comparisons of ${plural(retired.comparisons, 'window')}`],
    [retired.counts, `the counts of ${plural(retired.counts, 'window')}`],
    [retired.days, `the counts of ${plural(retired.days, 'day')}`],
    [retired.weeks, `the counts of ${plural(retired.weeks, 'week')}`],
    [retired.windows, `${plural(retired.windows, 'window')} with verdicts and measurements`],
    [retired.incidents, plural(retired.incidents, 'incident')],
    [retired.retrainings, plural(retired.retrainings, 'retraining')],
    [retired.messages, plural(retired.messages, 'message')],
    [retired.dead_letters, plural(retired.dead_letters, 'dead letter')],
    [retired.batches, plural(retired.batches, 'answer to a posted batch', 'answers to posted batches')],
    [retired.audit, plural(retired.audit, 'entry of the audit trail', 'entries of the audit trail')],
  ];
  return lines.filter(([count]) => count > 0).map(([, line]) => line);
}
