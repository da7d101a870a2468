import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { PipelineState } from '../../../store/rows/pipeline.ts';
import { formatCount } from '../../../words/format.ts';
import { plural, words } from '../../../words/page-format.ts';

/** Something to look at, and the command that helps. */
export interface Trouble {
  readonly what: string;
  readonly command: string;
}

/** A log that was not asked for its end for so long is not read by anybody. */
const NOT_READ_MS = 10 * MINUTE_MS;

/** What of the line is not as it should be, the gravest first. */
export function troublesOf(state: PipelineState, nowMs: number): Trouble[] {
  const troubles: Trouble[] = [];
  const add = (what: string, command = 'shiftwatch doctor'): void => void troubles.push({ what, command });
  const lost = state.conservation.reduce((sum, row) => sum + Math.abs(row.unaccounted), 0);
  if (lost > 0) add(`${formatCount(lost)} events are not accounted for.`);
  const unread = state.sources.filter(
    ({ lag, high_checked_at: at }) => lag > 0 && at !== null && nowMs - Date.parse(at) > NOT_READ_MS,
  );
  if (unread.length > 0)
    add(
      `${plural(unread.length, 'partition')} with something to read ${unread.length === 1 ? 'is' : 'are'} read by nobody.`,
    );
  for (const { name, failures, last_error: error } of state.duties) {
    if (failures > 0)
      add(`${words(name)} has failed ${plural(failures, 'time')} in a row: ${error ?? 'no reason given'}.`);
  }
  for (const { source, kind, records, found_at: at } of state.log_incidents) {
    if (nowMs - Date.parse(at) < 24 * HOUR_MS)
      add(`${source}: ${words(kind)}, ${plural(records, 'record')}.`);
  }
  const letters = state.dead_letters.reduce((sum, { count }) => sum + count, 0);
  if (letters > 0) add(`${plural(letters, 'record')} could not be read.`, 'shiftwatch dead-letters list');
  const unsent = state.deliveries
    .filter((row) => row.state === 'dead')
    .reduce((sum, { count }) => sum + count, 0);
  if (unsent > 0) add(`${plural(unsent, 'message')} could not be delivered.`, 'shiftwatch deliveries list');
  for (const { host, opened_at: at } of state.mail_servers) {
    if (at !== null) add(`Mails wait for ${host}, which does not answer.`);
  }
  for (const { name } of state.disabled_endpoints)
    add(`${name} is disabled.`, `shiftwatch endpoint enable ${name}`);
  for (const { model, windows } of state.unreadable_counts) {
    add(`${plural(windows, 'window')} of ${model} hold counts that cannot be read.`);
  }
  return troubles;
}
