import { UserError } from '../../core/errors.ts';
import { investigate } from '../../pipeline/incidents/investigate.ts';
import { ModelCatalog } from '../../pipeline/windows/model-catalog.ts';
import { findAlert, listAlertEvents } from '../../store/read-models/alerts.ts';
import type { AlertRow } from '../../store/rows/alerts.ts';
import { modelIdsOf } from '../../store/windows/models.ts';
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
  const { row, story, investigation } = await withDatabase(io, async ({ pool, config }) => {
    const found = await findAlert(pool, id);
    const spec = config.models.find(({ name }) => name === found?.model);
    const [modelId] = spec === undefined ? [] : await modelIdsOf(pool, spec.name);
    const catalog = await ModelCatalog.ofKnown(
      pool,
      spec === undefined || modelId === undefined ? [] : [{ id: modelId, spec }],
    );
    const how = { catalog, timeZone: config.timezone, nowMs: io.clock.nowMs() };
    return {
      row: found,
      story: (await listAlertEvents(pool, id, { limit: MOST_EVENTS, after: null })).items,
      investigation: asJson ? await investigate(pool, id, how) : null,
    };
  });
  if (row === null) throw new UserError(`there is no alert ${id}`, { fix: TAKE_ONE });
  if (asJson) {
    io.print(`${JSON.stringify({ ...row, events: story, investigation }, null, 2)}\n`);
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
    ...(follows === null ? [] : [`shows alert ${follows} again, which had been closed`]),
  ];
}
