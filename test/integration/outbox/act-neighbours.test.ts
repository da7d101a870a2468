/** What one channel suffers keeps nothing from the others. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { Channel } from '../../../src/act/notify-handler.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { startHttp, type TestHttp } from '../../harness/http.ts';
import { type ActLine, startActLine, startNotify } from '../act-line.ts';

describeWith(['postgres'], 'a channel beside one in trouble', () => {
  let line: ActLine;
  let silent: TestHttp;
  let good: TestHttp;
  /** The silent receiver answers then. */
  const answer = Promise.withResolvers<void>();
  beforeAll(async () => {
    line = await startActLine('act_neighbours');
    [silent, good] = [await startHttp({ after: answer.promise }), await startHttp()];
    const hook = (url: string): Channel => ({
      type: 'webhook',
      url,
      format: 'standard',
      secret: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0',
      headers: new Map(),
    });
    const channels = new Map<string, Channel>([
      ['silent', hook(silent.url)],
      ['good', hook(good.url)],
      ['mail', { type: 'email', to: ['a@example.org'] }],
    ]);
    startNotify(line, line.notifyDeps(`smtp://127.0.0.1:${await freePort()}`, { channels }));
  });

  const put = async (channel: string): Promise<string> =>
    await line.put({ kind: 'notify', channel, notification: sampleNotification() }, randomUUID());

  it('is told while the other takes the message and does not answer', async () => {
    const waiting = await put('silent');
    await silent.waitForRequest();
    const sent = await put('good');
    expect(await line.outcome(sent)).toBe('sent');
    expect(good.requests).toHaveLength(1);
    expect(await line.attempts(waiting)).not.toContainEqual(expect.objectContaining({ outcome: 'sent' }));
    answer.resolve();
    expect(await line.outcome(waiting)).toBe('sent');
    expect(silent.requests).toHaveLength(1);
  });

  it('is told while there is no mail server, which costs mails only', async () => {
    const before = good.requests.length;
    const mails = [await put('mail'), await put('mail'), await put('mail')];
    const posts = [await put('good'), await put('good')];
    for (const id of posts) expect(await line.outcome(id)).toBe('sent');
    expect(good.requests).toHaveLength(before + posts.length);
    const sent = await line.pool.query(`select 1 from outbox where id = any($1) and outcome = 'sent'`, [
      mails,
    ]);
    expect(sent.rows).toEqual([]);
  });
});
