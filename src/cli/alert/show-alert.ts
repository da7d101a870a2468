import { UserError } from '../../core/errors.ts';
import { findAlert, listAlertEvents } from '../../store/read-models/alerts.ts';
import type { AlertRow } from '../../store/rows/alerts.ts';
import { incidentName, subjectsInWords } from '../../words/incident-name.ts';
import { utcMinute } from '../../words/page-format.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { oneLine } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';
import { expectAlertId, TAKE_ONE } from './alerts.ts';

const MOST_EVENTS = 500;

/** What an alert is about, what people said of it, and what happened, oldest first. */
export async function showAlert(io: OperationsIo, id: string, asJson: boolean): Promise<void> {
  expectAlertId(id);
  const { row, story } = await withDatabase(io, async ({ pool }) => ({
    row: await findAlert(pool, id),
    story: (await listAlertEvents(pool, id, { limit: MOST_EVENTS, after: null })).items,
  }));
  if (row === null) throw new UserError(`there is no alert ${id}`, { fix: TAKE_ONE });
  if (asJson) {
    io.print(`${JSON.stringify({ ...row, events: story }, null, 2)}\n`);
    return;
  }
  const lines = [
    ...about(row),
    ...story.map(({ at, kind, reason }) => `${utcMinute(at)}  ${kind}: ${reason}`),
  ];
  io.print(lines.map((line) => `${oneLine(line)}\n`).join(''));
}

function about(row: AlertRow): string[] {
  const { id, model, version, segment, state, since, summary, closed, follows } = row;
  const where = segment === '' ? '' : ` [${segment}]`;
  return [
    `alert ${id}, ${model} ${version}${where}: ${incidentName(row)}${subjectsInWords(row)}, ${state}, since ${utcMinute(since)} UTC`,
    ...(summary === null ? [] : [summary]),
    ...(closed === null
      ? []
      : [
          `closed by ${closed.by}${closed.expected ? ' as expected' : ''}${closed.comment === '' ? '' : `: ${closed.comment}`}`,
        ]),
    ...(follows === null ? [] : [`shows alert ${follows} again, which somebody had closed`]),
  ];
}
