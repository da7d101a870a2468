/**
 * Where a machine thinks it is decides nothing: the same events, over the day on which Europe's clocks go forward, end
 * in the same windows, rows and files on machines two and a half hours west and thirteen and three quarters east of it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import { runShiftwatch, startShiftwatch, temporaryFolder } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

/** Newfoundland is in summer time already, Chatham still. */
const ZONES = ['UTC', 'America/St_Johns', 'Pacific/Chatham'];
const START_MS = Date.UTC(2026, 2, 28, 20);
const HALF_HOUR_MS = 1_800_000;
const EVENTS = 60;

/** Without a zone every other time: such stamps are UTC wherever they are read. */
const stamp = (atMs: number, at: number): string => {
  const text = new Date(atMs).toISOString();
  return at % 2 === 0 ? text : text.slice(0, -1);
};
const events = Array.from({ length: EVENTS }, (_, at) => {
  const ids = { model: 'm', prediction_id: `p-${at}` };
  const atMs = START_MS + at * HALF_HOUR_MS;
  const prediction = {
    type: 'prediction',
    ...ids,
    timestamp: stamp(atMs, at),
    features: { a: at },
    prediction: 1,
  };
  const label = { type: 'label', ...ids, timestamp: stamp(atMs + HALF_HOUR_MS, at), label: at % 3 };
  return `${JSON.stringify(prediction)}\n${JSON.stringify(label)}\n`;
}).join('');

interface Seen {
  readonly windows: readonly unknown[];
  readonly rows: string;
  readonly decoded: string;
}

interface WindowRow {
  readonly size_ms: number;
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  readonly state: string;
}

async function seenFrom(zone: string): Promise<Seen> {
  const { url } = await createDatabase('machine-timezone');
  const port = await freePort();
  const env = { TZ: zone };
  const config = {
    database: url,
    timezone: 'Europe/Berlin',
    api: { listen: `127.0.0.1:${port}` },
    ingest: { idle_after: '1s' },
    models: [
      {
        name: 'm',
        task: 'regression',
        windows: [
          { size: '1h', grace: '1m' },
          { size: '1d', grace: '1m' },
        ],
        labels: { horizon: '30d', mature_after: '1d' },
      },
    ],
  };
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'events.jsonl'), events);
  const options = { config, env, folder };
  const decoded = await runShiftwatch(['decode', 'events.jsonl', '--json', '--sample', '4'], options);
  expect(await runShiftwatch(['replay', 'events.jsonl'], options)).toMatchObject({ code: 0 });
  const service = startShiftwatch(['serve'], options);
  await service.waitForLine(/"serving"/);
  const get = async (path: string): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await until(async () => (await get('/metrics/fleet')).includes('\nshiftwatch_labels_waiting 0\n'), {
    what: 'all labels to be joined',
    timeoutMs: DEADLINES.waitMs,
    everyMs: 250,
  });
  const windows = await until(
    async () => {
      const { items } = JSON.parse(await get('/api/v1/windows?limit=200')) as { items: WindowRow[] };
      return items.some(({ state, rows }) => state === 'open' || rows === 0) ? null : items;
    },
    { what: 'all windows to close', timeoutMs: DEADLINES.waitMs, everyMs: 250 },
  );
  expect(await service.stop()).toMatchObject({ code: 0 });
  const exported = await runShiftwatch(
    [
      'labelled-data',
      'export',
      '--model',
      'm',
      '--from',
      '2026-03-29T01:00:00Z',
      '--to',
      '2026-03-29T12:00:00Z',
    ],
    options,
  );
  expect([exported.code, exported.stderr]).toEqual([0, expect.stringMatching(/^22 rows, sha256/)]);
  return {
    windows: windows.map(({ size_ms, start, end, rows }) => `${size_ms} ${start} ${end} ${rows}`).sort(),
    rows: exported.stdout.split('\n').sort().join('\n'),
    decoded: decoded.stdout,
  };
}

describeWith(['postgres'], 'the zone of a machine', () => {
  it('changes no window, no row and no reading', async () => {
    const seen: Seen[] = [];
    for (const zone of ZONES) seen.push(await seenFrom(zone));
    const [utc, ...others] = seen;
    // Thirty hours, and the parts of three UTC days.
    expect(utc?.windows).toHaveLength(30 + 3);
    expect(utc?.rows.trim().split('\n')).toHaveLength(22);
    expect(utc?.decoded).toContain('2026-03-28T20:30');
    for (const other of others) expect(other).toEqual(utc);
  });
});
