import type { SystemNews } from '../../core/jobs.ts';
import { type LogIncident, recordIncident } from '../../store/log/incidents.ts';
import { appendOutbox } from '../../store/outbox/outbox.ts';
import type { Tx } from '../../store/connection/pool.ts';

/** Keeps what happened to a log and tells every channel, in the transaction that goes on behind it. */
export async function storeIncident(
  tx: Tx,
  incident: LogIncident,
  channels: readonly string[],
  nowMs: number,
): Promise<void> {
  const id = await recordIncident(tx, incident);
  const notification = incidentNews(incident, id, nowMs);
  for (const channel of channels) {
    await appendOutbox(tx, { kind: 'notify', channel, notification }, `log_incident:${id}:${channel}`);
  }
}

/** One plain sentence for logs and mails. */
export function incidentSummary({ kind, from, to, records, source, partition }: LogIncident): string {
  if (kind === 'log_recreated') {
    return (
      `${source}, partition ${partition}, was deleted and made anew. It is read from its beginning; ` +
      `what the old one held after offset ${from} was not read.`
    );
  }
  const offsets = `offsets ${from} to ${to - 1n}`;
  const gone = records === 1n ? '1 record was' : `${records} records were`;
  return `${gone} deleted from ${source}, partition ${partition}, before they were read (${offsets}).`;
}

/** No model is named: whose events are gone, nobody can say. */
function incidentNews(incident: LogIncident, id: string, nowMs: number): SystemNews {
  return {
    about: 'log',
    kind: 'log_incident',
    incidentId: `log-${id}`,
    model: incident.source,
    modelVersion: `partition ${incident.partition}`,
    sinceMs: nowMs,
    decisionReason: incident.kind,
    summary: incidentSummary(incident),
  };
}
