import type { Table } from '../../core/table.ts';
import { tableToEvents, type TableEventOptions } from '../../ingest/file/table-events.ts';

export interface ReplayWatcher {
  /** After each accepted batch: how far event time has come. */
  progress(events: number, share: number, atMs: number): void;
}

const BATCH = 1_000;

/** Posts a table's rows as a model would have logged them, one batch after the other, as fast as they are taken. */
export async function replayTable(
  table: Table,
  options: TableEventOptions,
  apiUrl: string,
  watcher: ReplayWatcher,
): Promise<void> {
  const total = table.rows * (table.label === null ? 1 : 2);
  let sent = 0;
  let lines: string[] = [];
  let atMs = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    await post(`${apiUrl}/api/v1/events`, lines.join('\n'));
    sent += lines.length;
    lines = [];
    watcher.progress(sent, sent / total, atMs);
  };
  for (const event of tableToEvents(table, options)) {
    lines.push(event.json);
    atMs = event.timestampMs;
    if (lines.length >= BATCH) await flush();
  }
  await flush();
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`POST ${url} answered ${response.status}: ${text}`);
}
