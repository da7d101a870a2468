import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, it } from 'vitest';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import type { Channel, NotifyDeps } from '../../../src/act/notify-handler.ts';
import type { Notification, NotifyMessage } from '../../../src/core/jobs.ts';
import { deliveryStore } from '../../../src/store/outbox/deliveries.ts';
import { sampleNotification, sampleRunNews } from '../../act/sample-notification.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp } from '../../harness/http.ts';
import { addressesOf, startSmtp } from '../../harness/smtp.ts';
import type { TestSmtp } from '../../harness/smtp.ts';
import { NEVER, startActLine, startNotify } from '../act-line.ts';
import type { ActLine, Attempt } from '../act-line.ts';

const message: NotifyMessage = { kind: 'notify', channel: 'oncall', notification: sampleNotification() };

describeWith(['postgres'], 'mails about alerts', () => {
  let line: ActLine;
  let smtp: TestSmtp;
  let deps: NotifyDeps;
  beforeAll(async () => {
    line = await startActLine('act_notify');
    smtp = await startSmtp({ login: { user: 'watch', pass: 'sesame:1' } });
    deps = line.notifyDeps(smtp.url);
    startNotify(line, deps);
  });

  const put = (rest: Partial<NotifyMessage> = {}): Promise<string> =>
    line.put({ ...message, ...rest }, randomUUID());
  const words = (attempts: readonly Attempt[]): string[] =>
    attempts.map(({ target, outcome, status }) => `${target} ${outcome} ${status}`);
  const mailsSince = (count: number) => smtp.mails.slice(count);

  it('sends one mail to each recipient, with headers that thread and stay quiet', async () => {
    const id = await put();
    expect(await line.outcome(id)).toBe('sent');
    const mails = mailsSince(0);
    expect(mails.map(({ envelope }) => envelope.to)).toEqual([['a@example.org'], ['b@example.org']]);
    const parsed = mails[0]?.parsed;
    expect(parsed?.subject).toBe('[shiftwatch] credit-risk 3: concept drift since 1 Mar 09:00');
    expect(addressesOf(parsed?.to)).toEqual(['a@example.org', 'b@example.org']);
    expect(parsed?.inReplyTo).toBe('<incident-12-1772355600@example.org>');
    expect(parsed?.references).toBe('<incident-12-1772355600@example.org>');
    expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed?.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mails[0]?.raw).toMatch(/^List-Id: shiftwatch alerts <alerts\.shiftwatch\.example\.org>/im);
    expect(mails[0]?.raw).toMatch(/^Content-Type: multipart\/alternative/im);
    expect(parsed?.text).toContain('WHAT TO DO: Retrain');
    expect(parsed?.html).toContain('Open shiftwatch');
    const stored = await line.pool.query<{ message_id: string }>(
      `select message_id from delivery where outbox_id = $1 order by target`,
      [id],
    );
    expect(mails.map(({ parsed: mail }) => mail.messageId)).toEqual(stored.rows.map((row) => row.message_id));
    expect(words(await line.attempts(id))).toEqual(['a@example.org sent 250', 'b@example.org sent 250']);
  });

  it('tries a deferred recipient again and leaves alone who has it', async () => {
    const before = smtp.mails.length;
    smtp.failNext({ at: 'rcpt', code: 451 });
    const id = await put();
    expect(await line.outcome(id)).toBe('sent');
    expect(words(await line.attempts(id))).toEqual([
      'a@example.org deferred 451',
      'a@example.org sent 250',
      'b@example.org sent 250',
    ]);
    expect(mailsSince(before).map(({ envelope }) => envelope.to[0])).toEqual([
      'b@example.org',
      'a@example.org',
    ]);
  });

  it('tells of the end of an incident after its beginning, though that had to be tried again', async () => {
    const before = smtp.mails.length;
    const incidentId = '77';
    smtp.failNext({ at: 'rcpt', code: 451 });
    const firing = await put({ notification: { ...message.notification, incidentId } });
    const resolved = await put({
      notification: sampleNotification({ incidentId, kind: 'resolved' }),
    });
    expect(await line.outcome(resolved)).toBe('sent');
    expect(await line.outcome(firing)).toBe('sent');
    const words = mailsSince(before).map(({ envelope, parsed }) => [
      envelope.to[0]?.slice(0, 1),
      parsed.text?.split('\n', 1)[0]?.split(':')[0],
    ]);
    expect(words.filter(([to]) => to === 'a')).toEqual([
      ['a', 'ALERT'],
      ['a', 'RESOLVED'],
    ]);
    expect(words.slice(0, 2).map(([, word]) => word)).toEqual(['ALERT', 'ALERT']);
  });

  it('tells what the release before has written', async () => {
    const before = smtp.mails.length;
    const rows = JSON.parse(
      await readFile(join(import.meta.dirname, '../../act/told-before.json'), 'utf8'),
    ) as {
      readonly [name: string]: { readonly row: Notification };
    };
    const id = await put({ notification: rows['log_incident']!.row });
    expect(await line.outcome(id)).toBe('sent');
    expect(mailsSince(before)[0]?.parsed.text).toMatch(/^EVENTS MISSING\nml\.predictions partition 0\n/);
  });

  it('gives a rejected recipient up at once, and says so', async () => {
    smtp.failNext({ at: 'rcpt', code: 550, message: 'no such user' });
    const id = await put();
    expect(await line.outcome(id)).toBe('partly_sent');
    expect(await line.attempts(id)).toMatchObject([
      { target: 'a@example.org', state: 'dead', outcome: 'rejected', status: 550 },
      { target: 'b@example.org', state: 'sent' },
    ]);
  });

  it('gives up after its attempts, and knows what a refused login, a busy and a vanished server are', async () => {
    const one = new Map([['oncall', { type: 'email', to: ['a@example.org'] } as const]]);
    const run = async (own: NotifyDeps): Promise<Attempt[]> => {
      // Not for the queue: its worker would take the row with the other server.
      const id = await line.put({ ...message, channel: 'nobody' }, randomUUID());
      await line.outcome(id);
      await line.pool.query(
        `update outbox set done_at = null, payload = jsonb_set(payload, '{channel}', '"oncall"') where id = $1`,
        [id],
      );
      const handle = createNotifyHandler({ ...own, channels: one });
      while ((await handle({ outboxId: id, signal: NEVER })).kind === 'retry');
      return await line.attempts(id);
    };
    for (let n = 0; n < 4; n += 1) smtp.failNext({ at: 'data', code: 421 });
    const busy = await run(deps);
    expect(busy.map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred', 'deferred', 'deferred']);
    expect(busy[0]?.state).toBe('dead');
    const wrong = await run(line.notifyDeps(`smtp://watch:wrong@127.0.0.1:${smtp.port}`));
    // A wrong password stays wrong.
    expect(wrong.map(({ outcome, status, state }) => `${outcome} ${status} ${state}`)).toEqual([
      'login_failed 535 dead',
    ]);
    const gone = await startSmtp();
    await gone.stop();
    const vanished = await run(line.notifyDeps(gone.url));
    expect(vanished.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => 'connection_failed'),
    );
  });

  it('sends again under the same Message-ID when it crashed between sending and writing it down', async () => {
    const before = smtp.mails.length;
    const id = await line.put({ ...message, channel: 'nobody' }, randomUUID());
    await line.outcome(id);
    await line.pool.query(
      `update outbox set done_at = null, payload = jsonb_set(payload, '{channel}', '"solo"') where id = $1`,
      [id],
    );
    const real = deliveryStore(line.pool);
    const channels = new Map([['solo', { type: 'email', to: ['a@example.org'] } as const]]);
    const crashing = createNotifyHandler({
      ...deps,
      channels,
      deliveries: { ...real, record: () => Promise.reject(new Error('killed here')) },
    });
    await expect(crashing({ outboxId: id, signal: NEVER })).rejects.toThrow('killed here');
    const next = createNotifyHandler({ ...deps, channels, leaseMs: 60_000 });
    expect(await next({ outboxId: id, signal: NEVER })).toMatchObject({
      kind: 'retry',
      reason: 'another attempt is under way',
    });
    const later = createNotifyHandler({ ...deps, channels, leaseMs: 0 });
    expect(await later({ outboxId: id, signal: NEVER })).toEqual({ kind: 'done' });
    const ids = mailsSince(before).map(({ parsed }) => parsed.messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await later({ outboxId: id, signal: NEVER })).toEqual({ kind: 'done' });
    expect(mailsSince(before)).toHaveLength(2);
  });

  it('finishes what has nowhere to go', async () => {
    expect(await line.outcome(await put({ channel: 'gone' }))).toBe('channel_unknown');
    const handle = createNotifyHandler({ ...deps, mailer: null, channels: new Map() });
    expect(await handle({ outboxId: '999999', signal: NEVER })).toEqual({ kind: 'done' });
  });

  it('posts to chats and pagers: again under the same id when they falter, never after 410', async () => {
    const server = await startHttp({ status: 503 }, { status: 429, headers: { 'retry-after': '0' } });
    const secret = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
    const headers = new Map<string, string>();
    const channels = new Map<string, Channel>([
      ['hook', { type: 'webhook', url: `${server.url}/hook`, format: 'standard', secret, headers }],
      ['pager', { type: 'pagerduty', url: `${server.url}/pager`, routingKey: 'R0UT' }],
    ]);
    const run = async (channel: string, notification: Notification = sampleNotification()) => {
      const id = await line.put({ ...message, channel: 'nobody', notification }, randomUUID());
      await line.outcome(id);
      await line.pool.query(
        `update outbox set done_at = null, payload = jsonb_set(payload, '{channel}', to_jsonb($2::text)) where id = $1`,
        [id, channel],
      );
      const handle = createNotifyHandler({ ...deps, channels });
      while ((await handle({ outboxId: id, signal: NEVER })).kind === 'retry');
      return { attempts: words(await line.attempts(id)), outcome: await line.outcome(id) };
    };
    expect(await run('hook')).toEqual({
      attempts: ['webhook:hook http_status 503', 'webhook:hook http_status 429', 'webhook:hook sent 200'],
      outcome: 'sent',
    });
    const ids = server.requests.map((request) => request.headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    // When the message was made is no matter of the attempt.
    expect(new Set(server.requests.map(({ body }) => body.toString())).size).toBe(1);
    const last = server.requests.at(-1);
    const signed = last?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(last?.body ?? '', signed)).toMatchObject({ type: 'alert.firing' });
    server.reply({ status: 410 });
    expect(await run('pager')).toEqual({ attempts: ['pagerduty:pager gone 410'], outcome: 'undeliverable' });
    expect(await run('pager', sampleRunNews('retrain_dry_run'))).toEqual({
      attempts: [],
      outcome: 'not_for_channel',
    });
  });
});
