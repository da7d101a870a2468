import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, it } from 'vitest';
import * as channel from '../../src/cli/channel/channel.ts';
import * as webhook from '../../src/cli/channel/webhook.ts';
import type { Config } from '../../src/config/resolve.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startHttp, type TestHttp } from '../harness/http.ts';
import { startSmtp, type TestSmtp } from '../harness/smtp.ts';
import { configOf, run } from './operations.ts';

const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'the one before'];
const HUSHED = /MfKQ9r8|one before|R0UT1NG|hush-hush/;

let http: TestHttp;
let smtp: TestSmtp;
let config: () => Promise<Config>;
beforeAll(async () => {
  http = await startHttp();
  smtp = await startSmtp();
  const own = http.url.replace('http://', 'http://user:hush-hush@');
  const parsed = await configOf(`outbound: { allow_private: [127.0.0.1] }
smtp: { url: "${smtp.url}", from: "shiftwatch@example.org" }
channels:
  mail: { type: email, to: [a@example.org, b@example.org] }
  hook: { type: webhook, url: "${http.url}/hook?token=hush-hush", secret: ["${SECRETS[0]}", "${SECRETS[1]}"], headers: { X-Token: hush-hush } }
  pager: { type: pagerduty, url: "${http.url}/pager", routing_key: R0UT1NG }
  inside: { type: slack, url: "http://10.1.2.3/x" }
webhooks:
  train: { preset: airflow, url: "${own}/api/v2/dags/train/dagRuns", headers: { Authorization: Bearer hush-hush } }`);
  config = async () => parsed;
});

const test = (what: 'channel' | 'webhook', ...args: string[]) =>
  run(what === 'channel' ? channel.register : webhook.register, [what, 'test', ...args], {
    config,
    clock: systemClock,
  });

it.each([
  ['channel', 'hook', 'POST http://127.0.0.1:'],
  ['channel', 'pager', '"routing_key":"***"'],
  ['channel', 'mail', 'Subject: [shiftwatch] channel mail: test'],
  ['webhook', 'train', '"conf":{"test":true,'],
] as const)(
  'prints what %s %s would be sent, without a secret, and sends nothing',
  async (what, name, says) => {
    const { out, said, code } = await test(what, name);
    expect(out).toContain(says);
    expect(out).not.toMatch(HUSHED);
    expect([said, code]).toEqual(['Nothing was sent; --send does it.\n', 0]);
    expect([http.requests.length, smtp.mails.length]).toEqual([0, 0]);
  },
);

it('sends exactly that when it is asked to, marked as a test and signed', async () => {
  const { out, said, code } = await test('channel', 'hook', '--send');
  expect([said, code]).toEqual(['hook: sent 200\n', 0]);
  const request = await http.waitForRequest(({ path }) => path.startsWith('/hook'));
  expect(out.endsWith(`\n\n${request.body.toString()}\n`)).toBe(true);
  expect(request.headers['x-token']).toBe('hush-hush');
  const receiver = new Webhook(Buffer.from(SECRETS[1] ?? '').toString('base64'));
  const signed = request.headers as Record<string, string>;
  expect(receiver.verify(request.body.toString(), signed)).toMatchObject({
    type: 'alert.test',
    data: { reason: 'test', summary: 'This is a test of the channel hook. Nothing has happened.' },
  });
  const shown = [...out.matchAll(/^([\w-]+): (.*)$/gm)].filter(([, name]) => name !== 'X-Token');
  for (const [, name = '', value] of shown) expect(request.headers[name.toLowerCase()]).toBe(value);
});

it('sends a mail to each recipient, and says what became of each', async () => {
  smtp.failNext({ at: 'rcpt', code: 550, message: 'no such user' });
  const { said, code } = await test('channel', 'mail', '--send');
  expect(said).toContain('a@example.org: rejected 550 550 no such user\n');
  expect(said).toContain('b@example.org: sent 250');
  expect(code).toBe(1);
  expect(smtp.mails.map(({ envelope }) => envelope.to)).toEqual([['b@example.org']]);
});

it('ends with 1 when the receiver refuses, or must not be called', async () => {
  http.reply({ status: 403, body: 'not you' });
  const refused = await test('webhook', 'train', '--send');
  expect([refused.said, refused.code]).toEqual(['train: http status 403 not you\n', 1]);
  const inside = await test('channel', 'inside', '--send');
  expect([inside.said, inside.code]).toEqual([expect.stringContaining('10.1.2.3 is no public address'), 1]);
});

it('repeats no secret that a receiver repeats, nor one in where it points to', async () => {
  const sent = http.requests.length;
  const wholeOf = (headers: object, path: string): string => `${path} ${JSON.stringify(headers)}`;
  // What it is sent without an answer, so that the answer can hold it.
  await test('channel', 'hook', '--send');
  await test('webhook', 'train', '--send');
  const echoes = http.requests.slice(sent).map(({ headers, path }) => wholeOf(headers, path));
  expect(echoes.map((echo) => HUSHED.test(echo))).toEqual([true, true]);
  const location = `${http.url}/hook?token=hush-hush`;
  for (const [at, [what, name]] of (
    [
      ['channel', 'hook'],
      ['webhook', 'train'],
    ] as const
  ).entries()) {
    for (const reply of [
      { status: 400, body: echoes[at] ?? '' },
      { status: 302, headers: { location } },
    ]) {
      http.reply(reply);
      const { out, said, code } = await test(what, name, '--send');
      expect([code, said]).toEqual([1, expect.stringMatching(/http status 400|redirect/)]);
      expect(`${out}${said}`).not.toMatch(HUSHED);
    }
  }
  // Nobody went where it pointed to.
  expect(http.requests).toHaveLength(sent + 6);
});

it('knows what is not configured', async () => {
  await expect(test('channel', 'hok')).rejects.toMatchObject({
    message: 'nothing under `channels` is called hok',
    fix: 'Did you mean hook?',
  });
  await expect(test('webhook', 'zzzzzz')).rejects.toMatchObject({ fix: 'known: train.' });
});
