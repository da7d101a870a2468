import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Chart } from '../../../src/act/charts/chart.ts';
import { pictureOf } from '../../../src/act/charts/picture.ts';
import { OPENS_AFTER } from '../../../src/act/channels/mail/breaker.ts';
import { drawPictures } from '../../../src/act/channels/mail/mail-pictures.ts';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import type { Channel, NotifyDeps } from '../../../src/act/notify-handler.ts';
import type { JobOutcome } from '../../../src/act/queue/job-queue.ts';
import type { Notification, NotifyMessage } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { mailRecipients, stopMails } from '../../../src/store/outbox/mail-recipients.ts';
import { conceptMail } from '../../act/sample-mails.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { startHttp } from '../../harness/http.ts';
import { startSmtp } from '../../harness/smtp.ts';
import type { TestSmtp } from '../../harness/smtp.ts';
import { NEVER, startActLine } from '../act-line.ts';
import type { ActLine } from '../act-line.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 2, 1, 12);

describeWith(['postgres'], 'mails and what keeps them from arriving', () => {
  let line: ActLine;
  let smtp: TestSmtp;
  let nowMs: number;
  const logged: { fields: Record<string, unknown>; message: string }[] = [];
  const log = {
    ...silentLog,
    error: (fields: object, message: string) =>
      logged.push({ fields: fields as Record<string, unknown>, message }),
    warn: (fields: object, message: string) =>
      logged.push({ fields: fields as Record<string, unknown>, message }),
  };

  beforeAll(async () => {
    line = await startActLine('act_mail');
    smtp = await startSmtp();
  });
  beforeEach(async () => {
    nowMs = START_MS;
    logged.length = 0;
    await line.pool.query('delete from smtp_breaker');
    await line.pool.query('delete from mail_unsubscription');
  });

  const depsFor = (
    url: string,
    channels: Record<string, Channel>,
    rest: Partial<NotifyDeps> = {},
  ): NotifyDeps =>
    line.notifyDeps(url, {
      channels: new Map(Object.entries(channels)),
      clock: { nowMs: () => nowMs },
      random: () => 0,
      retry: { attempts: 30, baseMs: 1_000, maxMs: 1_000 },
      log,
      ...rest,
    });
  /** Its queue has no worker: the test is the worker. */
  const put = (channel: string, notification: Notification = sampleNotification()): Promise<string> =>
    line.put({ kind: 'notify', channel, notification }, randomUUID());
  const work = (deps: NotifyDeps, outboxId: string): Promise<JobOutcome> =>
    createNotifyHandler(deps)({ outboxId, signal: NEVER });
  const outcomeOf = async (id: string): Promise<string | null> => {
    const found = await line.pool.query<{ outcome: string | null }>(
      'select outcome from outbox where id = $1',
      [id],
    );
    return found.rows[0]?.outcome ?? null;
  };
  const fallbackOf = async (id: string) => {
    const found = await line.pool.query<{ id: string; payload: NotifyMessage }>(
      `select id::text as id, payload from outbox
       where key like 'fallback:' || (select key from outbox where id = $1) || ':%'`,
      [id],
    );
    return found.rows;
  };
  const mailsTo = (address: string) => smtp.mails.filter(({ envelope }) => envelope.to.includes(address));
  const oncall = (...to: string[]): Channel => ({ type: 'email', to, fallbackAfterMs: 15 * MINUTE });

  it('reaches two of three recipients once, and gives up the one the server refuses', async () => {
    const [ann, bob, cem] = ['ann', 'bob', 'cem'].map((name) => `${name}-${randomUUID()}@example.org`) as [
      string,
      string,
      string,
    ];
    const deps = depsFor(smtp.url, { oncall: oncall(ann, bob, cem) });
    smtp.failNext({ at: 'rcpt', code: 550, message: 'no such user' });
    smtp.failNext({ at: 'data', code: 451 });
    const id = await put('oncall');
    expect(await work(deps, id)).toMatchObject({ kind: 'retry' });
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    expect([mailsTo(ann).length, mailsTo(bob).length, mailsTo(cem).length]).toEqual([0, 1, 1]);
    expect(await outcomeOf(id)).toBe('partly_sent');
    // The others know: no fallback is told.
    expect(await fallbackOf(id)).toEqual([]);
  });

  it('stops before a server that is down, loses nothing, and goes on when it is back', async () => {
    const port = await freePort();
    const url = `smtp://127.0.0.1:${port}`;
    const channels = { oncall: oncall(`d-${randomUUID()}@example.org`) };
    const deps = depsFor(url, channels);
    const ids = await Promise.all(Array.from({ length: 3 }, () => put('oncall')));
    const first = ids[0] ?? '';
    for (let n = 0; n < OPENS_AFTER; n += 1) {
      expect(await work(deps, first)).toMatchObject({
        kind: 'retry',
        reason: expect.stringContaining('connection failed') as unknown,
      });
    }
    expect(logged.map(({ fields }) => fields['reason'])).toEqual(['server_down']);
    for (const id of ids) {
      expect(await work(deps, id)).toEqual({
        kind: 'retry',
        delayMs: MINUTE,
        reason: `the mail server 127.0.0.1:${port} does not answer`,
      });
    }
    // Those that wait have used up no attempt.
    expect((await line.attempts(ids[1] ?? '')).length).toBe(0);
    const { mail_servers: servers } = await pipelineFacts(line.pool);
    expect(servers).toMatchObject([
      { host: `127.0.0.1:${port}`, failures: OPENS_AFTER, opened_at: new Date(START_MS).toISOString() },
    ]);

    nowMs += MINUTE;
    // One looks; it fails, and all wait longer.
    expect(await work(deps, first)).toMatchObject({
      reason: expect.stringContaining('connection failed') as unknown,
    });
    expect(await work(deps, ids[1] ?? '')).toMatchObject({ kind: 'retry', delayMs: 2 * MINUTE });

    const back = await startSmtp({ port });
    nowMs += 2 * MINUTE;
    for (const id of ids) expect(await work(deps, id)).toEqual({ kind: 'done' });
    expect(back.mails).toHaveLength(3);
    expect(await Promise.all(ids.map(outcomeOf))).toEqual(['sent', 'sent', 'sent']);
    expect((await pipelineFacts(line.pool)).mail_servers).toEqual([]);
  });

  it('does not blame the server for what it says of one recipient', async () => {
    const deps = depsFor(smtp.url, { oncall: oncall(`e-${randomUUID()}@example.org`) });
    const id = await put('oncall');
    for (let n = 0; n <= OPENS_AFTER; n += 1) {
      smtp.failNext({ at: 'rcpt', code: 450, message: 'greylisted' });
      expect(await work(deps, id)).toMatchObject({
        kind: 'retry',
        reason: expect.stringContaining('greylisted') as unknown,
      });
    }
    expect((await pipelineFacts(line.pool)).mail_servers).toEqual([]);
    expect(await work(deps, id)).toEqual({ kind: 'done' });
  });

  it('tells another channel once when a mail is given up, and says why it comes this way', async () => {
    const hook = await startHttp();
    const address = `f-${randomUUID()}@example.org`;
    const channels: Record<string, Channel> = {
      oncall: { ...oncall(address), fallback: 'chat' },
      chat: { type: 'slack', url: `${hook.url}/chat`, fallback: null },
    };
    const deps = depsFor(smtp.url, channels);
    smtp.failNext({ at: 'rcpt', code: 550, message: 'no such user' });
    const id = await put('oncall');
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    // As after a crash between the fallback and the row's end.
    await line.pool.query('update outbox set done_at = null where id = $1', [id]);
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    const told = await fallbackOf(id);
    expect(told.map(({ payload }) => [payload.channel, payload.notification.insteadOf?.channel])).toEqual([
      ['chat', 'oncall'],
    ]);
    expect(await work(deps, told[0]?.id ?? '')).toEqual({ kind: 'done' });
    expect(hook.requests).toHaveLength(1);
    expect(String(hook.requests[0]?.body)).toMatch(
      /\*Instead of:\* oncall: it could not be delivered there \(rejected 550: 550 no such user/,
    );
    expect(mailsTo(address)).toHaveLength(0);
  });

  it('mails what a chat did not take, and follows fallbacks to their end', async () => {
    const hook = await startHttp({ status: 410 });
    const address = `g-${randomUUID()}@example.org`;
    const deps = depsFor(smtp.url, {
      chat: { type: 'slack', url: `${hook.url}/chat`, fallback: 'oncall' },
      oncall: { ...oncall(address), fallback: null },
    });
    const id = await put('chat');
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    const told = await fallbackOf(id);
    expect(await work(deps, told[0]?.id ?? '')).toEqual({ kind: 'done' });
    expect(mailsTo(address)[0]?.parsed.text).toMatch(
      /Instead of: chat: it could not be delivered there \(gone 410/,
    );
  });

  it('tells another channel once when the server has been down for too long, and still mails when it is back', async () => {
    const port = await freePort();
    const address = `h-${randomUUID()}@example.org`;
    const channels: Record<string, Channel> = {
      oncall: { ...oncall(address), fallback: 'chat' },
      chat: { type: 'slack', url: 'http://127.0.0.1:1/chat', fallback: null },
    };
    const deps = depsFor(`smtp://127.0.0.1:${port}`, channels);
    const id = await put('oncall');
    for (let n = 0; n < OPENS_AFTER; n += 1) await work(deps, id);
    expect(await fallbackOf(id)).toEqual([]);
    nowMs += 15 * MINUTE - 1_000;
    // A second before: the probe fails, and the job comes back for the fallback, not at the next probe.
    expect(await work(deps, id)).toMatchObject({ kind: 'retry' });
    expect(await work(deps, id)).toMatchObject({ kind: 'retry', delayMs: 1_000 });
    expect(await fallbackOf(id)).toEqual([]);
    nowMs += 1_000;
    expect(await work(deps, id)).toMatchObject({ kind: 'retry' });
    expect(await work(deps, id)).toMatchObject({ kind: 'retry' });
    const told = await fallbackOf(id);
    expect(told.map(({ payload }) => payload.notification.insteadOf)).toMatchObject([
      { channel: 'oncall', reason: 'server_down' },
    ]);
    const back = await startSmtp({ port });
    nowMs += 15 * MINUTE;
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    expect(back.mails).toHaveLength(1);
    expect(await fallbackOf(id)).toHaveLength(1);
  });

  it('lets recipients stop their mails, and is loud when nobody is left', async () => {
    const [ann, bob] = [`Ann <Ann-${randomUUID()}@Example.org>`, `bob-${randomUUID()}@example.org`] as const;
    const bare = ann.slice(5, -1).toLowerCase();
    const channels: Record<string, Channel> = {
      both: oncall(ann, bob),
      only: { ...oncall(ann), fallback: 'both' },
    };
    const deps = depsFor(smtp.url, channels);
    const before = smtp.mails.length;
    await work(deps, await put('both'));
    const toAnn = smtp.mails.slice(before).find(({ envelope }) => envelope.to[0]?.toLowerCase() === bare);
    expect(toAnn?.raw).toMatch(
      /^List-Unsubscribe:\s+<https:\/\/shiftwatch\.example\.org\/unsubscribe\/[\w-]+\.[\w-]{43}>\r$/m,
    );
    expect(toAnn?.raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect(toAnn?.parsed.html).toContain('No more of these mails');

    await stopMails(line.pool, bare, nowMs);
    const between = smtp.mails.length;
    await work(deps, await put('both'));
    expect(smtp.mails.slice(between).map(({ envelope }) => envelope.to)).toEqual([[bob]]);
    expect(smtp.mails.at(-1)?.parsed.to).toMatchObject({ text: bob });
    const id = await put('only');
    expect(await work(deps, id)).toEqual({ kind: 'done' });
    expect(await outcomeOf(id)).toBe('all_unsubscribed');
    expect(logged.map(({ fields }) => [fields['channel'], fields['reason']])).toContainEqual([
      'only',
      'all_unsubscribed',
    ]);
    expect((await fallbackOf(id)).map(({ payload }) => payload.channel)).toEqual(['both']);
  });

  it('asks nobody to unsubscribe where there is no place to', async () => {
    const deps = depsFor(smtp.url, { oncall: oncall(`i-${randomUUID()}@example.org`) });
    for (const [publicUrl, one] of [
      [null, 0],
      ['http://intranet', 1],
    ] as const) {
      await work({ ...deps, mail: { ...deps.mail, publicUrl } }, await put('oncall'));
      const { raw } = smtp.mails.at(-1) ?? { raw: '' };
      expect(raw.match(/^List-Unsubscribe:\s/gm) ?? []).toHaveLength(one);
      // One click is for HTTPS alone.
      expect(raw).not.toMatch(/^List-Unsubscribe-Post/m);
    }
  });

  it('shows pictures that belong to the HTML, drawn once for all recipients', async () => {
    const to = ['j', 'k'].map((name) => `${name}-${randomUUID()}@example.org`);
    const deps = depsFor(smtp.url, { oncall: oncall(...to) });
    const before = smtp.mails.length;
    await work(deps, await put('oncall', conceptMail()));
    const [one, other] = smtp.mails.slice(before);
    expect(
      one?.parsed.attachments.map(({ contentType, related, contentDisposition }) => [
        contentType,
        related,
        contentDisposition,
      ]),
    ).toEqual(Array.from({ length: 3 }, () => ['image/png', true, 'inline']));
    expect(one?.parsed.attachments.map(({ content }) => content.length)).toEqual(
      other?.parsed.attachments.map(({ content }) => content.length),
    );
    const ids = [one, other].flatMap((mail) => mail?.parsed.attachments.map(({ cid }) => cid));
    expect(new Set(ids).size).toBe(6);
    expect(one?.raw).toMatch(
      /multipart\/alternative[^]*text\/plain[^]*multipart\/related[^]*text\/html[^]*image\/png/,
    );
    expect(one?.parsed.text).toContain(
      'accuracy, each of the last 36 windows by itself (1 without a figure): 0.86 → 0.71 (limit 0.83, training 0.86).',
    );
  });

  it('goes without a chart that cannot be drawn, and counts it', async () => {
    const draw = async (chart: Chart) => {
      if (chart.kind === 'timeline') throw new Error('no font');
      return await pictureOf(chart);
    };
    const { count } = mailRecipients(line.pool);
    const pictures = await drawPictures(conceptMail(), { timeZone: 'UTC', draw, count, log });
    expect(pictures.map(({ chart }) => chart.kind)).toEqual(['distribution', 'distribution']);
    expect(logged).toMatchObject([
      { fields: { reason: 'chart_failed', chart: 'timeline', error: 'no font' } },
    ]);
    expect((await pipelineFacts(line.pool)).mail_troubles).toEqual([{ what: 'chart_failed', count: 1 }]);
  });
});
