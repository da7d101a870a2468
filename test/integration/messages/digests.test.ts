import { expect, test } from 'vitest';
import * as backtestCommand from '../../../src/cli/backtest/backtest.ts';
import * as digestCommand from '../../../src/cli/digest/digest.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { DEFAULT_PAGE } from '../../../src/core/alerts/consequence.ts';
import type { NotifyMessage } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sendDigests } from '../../../src/pipeline/messages/send-digests.ts';
import { appendDigestEntry } from '../../../src/store/alerts/digests.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { run } from '../../cli/operations.ts';
import { digestEntry, resolvedEntry } from '../../decide/digest-entries.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { addressesOf, startSmtp } from '../../harness/smtp.ts';
import { startActLine, startNotify } from '../act-line.ts';
import { START, startToldLine } from '../told-line.ts';

const ZONE = 'Europe/Berlin';
/** The Saturday before clocks go forward there. */
const SATURDAY = Date.UTC(2026, 2, 28);
const alerts = (channels: readonly string[]) => ({
  forWindows: 2,
  remindEveryMs: DAY_MS,
  channels,
  page: DEFAULT_PAGE,
  digest: { cron: '0 8 * * *', channels },
});
const MODELS = [
  modelSpec({ name: 'credit-risk', alerts: alerts(['mail', 'chat']) }),
  modelSpec({ name: 'churn', alerts: alerts(['mail']) }),
];

describeWith(['postgres'], 'digests', () => {
  test('are one a channel and day, whoever looks, at eight by the clock on the wall', async () => {
    const pool = await database();
    await send(pool, SATURDAY);
    await add(pool, 'mail', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));
    await add(pool, 'mail', 'b', digestEntry({ incidentId: '2', model: 'churn', atMs: SATURDAY }));
    await add(pool, 'chat', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));
    // Taken twice it is one.
    await add(pool, 'chat', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));

    expect(await send(pool, SATURDAY + 7 * HOUR_MS - 1)).toBe(0);
    const sent = await Promise.all([1, 2, 3, 4].map(async () => await send(pool, SATURDAY + 7 * HOUR_MS)));
    expect(sent.reduce((sum, count) => sum + count)).toBe(2);
    expect(await told(pool)).toEqual(['mail: 2 in 2 models', 'chat: 1 in 1 models']);
    await add(pool, 'mail', 'c', resolvedEntry({ incidentId: '1', atMs: SATURDAY + 8 * HOUR_MS }));

    // On Sunday eight o'clock is an hour earlier.
    expect(await send(pool, SATURDAY + DAY_MS + 6 * HOUR_MS - 1)).toBe(0);
    expect(await send(pool, SATURDAY + DAY_MS + 6 * HOUR_MS)).toBe(1);
    expect(await send(pool, SATURDAY + DAY_MS + 7 * HOUR_MS)).toBe(0);
    expect(await told(pool)).toEqual(['mail: 2 in 2 models', 'chat: 1 in 1 models', 'mail: 1 in 1 models']);
    // Nothing to say is nothing sent, and counted.
    expect(
      await values(pool, `select notifications from digest where channel = 'chat' order by due_at`),
    ).toEqual([1, 0]);
    expect(await values(pool, 'select count(*) from digest_entry where digest_id is null')).toEqual([0]);
    expect(
      await values(
        pool,
        'select count(*) from digest_entry e join digest d on d.id = e.digest_id and d.outbox_id is null',
      ),
    ).toEqual([0]);
  });

  test('that were missed while nobody ran are one', async () => {
    const pool = await database();
    await send(pool, SATURDAY);
    await add(pool, 'mail', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));
    expect(await send(pool, SATURDAY + 9 * DAY_MS)).toBe(1);
    expect(await send(pool, SATURDAY + 9 * DAY_MS + HOUR_MS)).toBe(0);
    expect(await told(pool)).toEqual(['mail: 1 in 1 models']);
    expect(await values(pool, 'select count(*) from digest')).toEqual([2]);
  });

  test('a digest whose transaction failed is sent by the next one to look', async () => {
    const pool = await database();
    await send(pool, SATURDAY);
    await add(pool, 'mail', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));
    await pool.query('alter table digest rename to gone');
    await expect(send(pool, SATURDAY + DAY_MS)).rejects.toThrow('does not exist');
    expect(await told(pool)).toEqual([]);
    await pool.query('alter table gone rename to digest');
    expect(await send(pool, SATURDAY + DAY_MS)).toBe(1);
  });

  test('arrive as one mail a recipient', async () => {
    const line = await startActLine('digest_mail');
    const smtp = await startSmtp();
    startNotify(
      line,
      line.notifyDeps(smtp.url, { channels: new Map([['mail', { type: 'email', to: ['a@example.org'] }]]) }),
    );
    await send(line.pool, SATURDAY);
    await add(line.pool, 'mail', 'a', digestEntry({ incidentId: '1', atMs: SATURDAY }));
    await add(line.pool, 'mail', 'b', resolvedEntry({ incidentId: '1', atMs: SATURDAY + 1 }));
    expect(await send(line.pool, SATURDAY + 7 * HOUR_MS)).toBe(1);
    const [outboxId] = await values(line.pool, `select id::text from outbox where kind = 'notify'`);
    expect(await line.outcome(String(outboxId))).toBe('sent');
    expect(smtp.mails).toHaveLength(1);
    const mail = smtp.mails[0]?.parsed;
    expect(mail?.subject).toBe('[shiftwatch] Digest of 28 Mar 2026: 1 incident');
    expect(addressesOf(mail?.to)).toEqual(['a@example.org']);
    expect(mail?.text).toContain('- Covariate shift (resolved)');
    expect(mail?.html).toContain('1 incident has ended.');
  });

  test('an incident that only a digest told of is told at once when it begins to harm, and until its end', async () => {
    const spec = modelSpec({
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      minRows: 100,
      multivariate: false,
      alerts: { ...alerts(['mail', 'chat']), page: ['data_fault'] },
    });
    const line = await startToldLine(spec, ZONE);
    await line.live([{}, { age: 55 }, { age: 55 }]);
    expect(await pages(line.pool)).toEqual([]);
    expect(await values(line.pool, 'select channel from digest_entry order by 1')).toEqual(['chat', 'mail']);

    // Another configuration finds that moved inputs page: as if they had begun to cost something.
    const graver = { ...spec, alerts: { ...spec.alerts, page: ['covariate_shift' as const] } };
    await line.reconfigure(graver);
    for (const hour of [3, 4, 5, 6, 7]) {
      await line.log(hour, hour < 6 ? { age: 55 } : {});
      await line.at(hour + 1);
    }
    expect(await pages(line.pool)).toEqual([
      'mail firing consequence_confirmed consequence_pages',
      'chat firing consequence_confirmed consequence_pages',
      'mail resolved enough_clean_windows incident_was_paged',
      'chat resolved enough_clean_windows incident_was_paged',
    ]);
    // What was decided is told exactly once: at once, or in a digest.
    const decided = await values(
      line.pool,
      `select count(*) from alert_event where kind in ('firing', 'resolved') or reason = 'consequence_confirmed'`,
    );
    const entries = await values(line.pool, 'select count(distinct key) from digest_entry');
    expect(Number(entries[0]) / 2 + 2).toBe(Number(decided[0]));
  });
});

describeWith(['postgres'], 'the commands about what is told', () => {
  test('show what waits and what a configuration would have sent', async () => {
    const spec = modelSpec({
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      alerts: { ...alerts(['mail']), forWindows: 2 },
      multivariate: false,
    });
    const line = await startToldLine(spec, 'UTC');
    await line.live([{}, { age: 55 }, { age: 55 }, {}, { age: 55 }, {}, {}]);
    await add(line.pool, 'pager', 'x', digestEntry({ incidentId: '9', atMs: START }));
    const config = await configFor(line.url);
    const clock = { nowMs: () => START + 8 * HOUR_MS - MINUTE_MS };

    const preview = await run(digestCommand.register, ['digest', 'preview'], { config, clock });
    expect(preview.out).toContain('mail: due 2 Mar 2026 08:00 UTC, about credit-risk\n');
    expect(preview.out).toMatch(/ {2}- Covariate shift \(resolved\)\n/);
    expect(preview.said).toBe(
      'note: 1 of model credit-risk wait for pager, which gets no digest of it any more\n',
    );
    const json = await run(digestCommand.register, ['digest', 'preview', '--json'], { config, clock });
    expect(JSON.parse(json.out)).toMatchObject({
      digests: [{ channel: 'mail', due_at: '2026-03-02T08:00:00.000Z', incidents: 1 }],
      stranded: [{ channel: 'pager', entries: 1 }],
    });

    const later = { nowMs: () => START + 2 * DAY_MS };
    const report = await run(backtestCommand.register, ['backtest', '--since', '7d'], {
      config,
      clock: later,
    });
    expect(report.out).toMatch(/^0 pages and 1 digests a week; 0 pages and 1 digests with for: 1\.\n/);
    expect(report.out).toMatch(/^this configuration +0 +0 +1 +2 +0 +0$/m);
    expect(report.out).toMatch(/^this one with for: 1 +0 +0 +1 +4 +0 +0$/m);
    expect(report.out).toMatch(/^really sent +0 +0 +0 +3 +0 +0$/m);
    expect(report.said).toContain('note: model credit-risk: verdicts begin on ');
    expect(report.said).toContain('note: model credit-risk: `min_rows` is not what the service runs with');
    expect(report.said).toContain('note: model credit-risk: no window of 6h was ever evaluated');
    expect(report.said).not.toContain('no window of 1h');

    const wrong = run(backtestCommand.register, ['backtest', '--model', 'credit-rsk'], { config, clock });
    await expect(wrong).rejects.toThrow('no model credit-rsk is configured');
    expect(
      (await run(backtestCommand.register, ['backtest', '--since', 'ever'], { config, clock })).code,
    ).toBe(2);
  });
});

async function configFor(url: string): Promise<() => Promise<Config>> {
  const text = `database: "${url}"
models:
  - name: credit-risk
    task: classification
    positive_class: approve
    windows: [{ size: 1h, grace: 10m, accept_late: 3650d }, { size: 6h }]
    min_rows: 250
    multivariate: false
    alerts: { for: 2, channels: [mail], no_data: false }
channels: { mail: { type: email, to: [a@example.org] } }
smtp: { url: "smtp://localhost", from: s@example.org }
`;
  const parsed = await parseConfig(text, { file: 'x.yaml', env: {}, readFile: async () => '' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return async () => parsed.value;
}

async function database(): Promise<Pool> {
  const { url } = await createDatabase('digests');
  const pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  return pool;
}

async function send(pool: Pool, nowMs: number): Promise<number> {
  return await sendDigests({ pool, models: MODELS, timezone: ZONE, log: silentLog }, nowMs);
}

async function add(
  pool: Pool,
  channel: string,
  key: string,
  entry: Parameters<typeof appendDigestEntry>[3],
): Promise<void> {
  await inTransaction(pool, async (tx) => await appendDigestEntry(tx, channel, key, entry));
}

async function notices(pool: Pool): Promise<NotifyMessage[]> {
  const found = await pool.query<{ payload: NotifyMessage }>(
    `select payload from outbox where kind = 'notify' order by id`,
  );
  return found.rows.map(({ payload }) => payload);
}

async function told(pool: Pool): Promise<string[]> {
  return (await notices(pool)).map(({ channel, notification }) => {
    const digest = notification.about === 'digest' ? notification.digest : null;
    return `${channel}: ${digest?.incidents} in ${digest?.groups.length} models`;
  });
}

async function pages(pool: Pool): Promise<string[]> {
  return (await notices(pool))
    .filter(({ notification }) => notification.kind !== 'digest')
    .map(({ channel, notification }) => {
      const reason = 'decisionReason' in notification ? notification.decisionReason : null;
      return `${channel} ${notification.kind} ${reason} ${notification.routed?.reason}`;
    });
}

async function values(pool: Pool, sql: string): Promise<unknown[]> {
  const found = await pool.query<Record<string, unknown>>(sql);
  return found.rows.map((row) => Object.values(row)[0]);
}
