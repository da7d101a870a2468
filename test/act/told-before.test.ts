/**
 * Rows that the release before wrote into the outbox, of every kind: they read as what is written now, and what channels
 * are sent of them is what that release sent, byte for byte. `UPDATE_FIXTURES=1` rewrites the digests of what is sent.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { composeCall } from '../../src/act/channels/compose-call.ts';
import { composeMail } from '../../src/act/channels/mail/compose-mail.ts';
import type { PostedChannel } from '../../src/act/channels/posted-channel.ts';
import { chartsOf } from '../../src/act/charts/charts-of.ts';
import type { Notification } from '../../src/core/jobs.ts';
import { type NotificationBefore, readNotification } from '../../src/store/connection/read-notification.ts';
import { KIND_WORDS } from '../../src/words/words.ts';
import { EVERY_NEWS } from './every-news.ts';

const TOLD = join(import.meta.dirname, 'told-before.json');
const url = 'https://receiver.example.org/hook';
const headers = new Map([['x-team', 'risk']]);
const CHANNELS: readonly PostedChannel[] = [
  { type: 'slack', url },
  { type: 'teams', url },
  { type: 'pagerduty', url, routingKey: 'R0UT' },
  { type: 'alertmanager', url, headers },
  { type: 'webhook', url, format: 'standard', secret: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0', headers },
  { type: 'webhook', url, format: 'alertmanager', secret: null, headers },
];

function sent(notification: Notification): unknown[] {
  const publicUrl = 'https://shiftwatch.example.org';
  const context = {
    deliveryId: '5f0c',
    madeAtMs: Date.UTC(2026, 2, 1, 11),
    atMs: Date.UTC(2026, 2, 1, 11),
    publicUrl,
    timeZone: 'Europe/Berlin',
  };
  const settings = { from: 's@example.org', publicUrl, host: 'example.org', timeZone: 'Europe/Berlin' };
  return [
    composeMail(notification, settings, { messageId: '<d@example.org>', to: ['a@example.org'] }),
    chartsOf(notification, 'Europe/Berlin'),
    ...CHANNELS.map((channel) => composeCall(notification, channel, context)),
  ];
}

function digestOf(notification: Notification): string {
  return createHash('sha256')
    .update(JSON.stringify(sent(notification)))
    .digest('hex')
    .slice(0, 16);
}

const UNSENT = new Set(['awaiting_approval', 'expired', 'dry_run']);

interface Told {
  /** As it stood in the outbox; absent: of a way to differ that is read like another one's. */
  readonly row?: NotificationBefore;
  readonly sent: string;
}

const told = JSON.parse(readFileSync(TOLD, 'utf8')) as Record<string, Told>;
if (process.env['UPDATE_FIXTURES'] === '1') {
  const now = Object.entries(told).map(([name, { row }]) => [name, { sent: digestOf(newsOf(name)), row }]);
  writeFileSync(TOLD, `${JSON.stringify(Object.fromEntries(now))}\n`);
}

function newsOf(name: string): Notification {
  const make = EVERY_NEWS[name];
  if (make === undefined) throw new Error(`no news ${name}`);
  return make();
}

describe('what the release before wrote', () => {
  it('is there of every kind', () => {
    const kinds = new Set(Object.values(told).flatMap(({ row }) => row?.kind ?? []));
    expect(kinds).toEqual(new Set(Object.keys(KIND_WORDS)));
    expect(Object.keys(told)).toEqual(Object.keys(EVERY_NEWS));
  });

  it.each(Object.entries(told))('%s: reads as what is written now', (name, { row }) => {
    if (row === undefined) return;
    const read = readNotification(row);
    expect(read).toMatchObject(withoutLater(newsOf(name)));
    expect(readNotification(read)).toBe(read);
    expect(digestOf(read)).toBe(told[name]?.sent);
  });

  it.each(Object.entries(told))('%s: goes out byte for byte as it did', (name, { sent: digest }) => {
    expect(digestOf(newsOf(name))).toBe(digest);
  });
});

/** What a message about a run did not say once it had been sent. */
function withoutLater(news: Notification): object {
  const wasSent = news.about === 'retrain' && !UNSENT.has(news.retrain.state);
  const later = new Set(wasSent ? ['runId', 'expiresAtMs', 'training'] : []);
  return Object.fromEntries(Object.entries(news).filter(([field]) => !later.has(field)));
}
