import { describe, expect, it } from 'vitest';
import { composeCall } from '../../src/act/channels/compose-call.ts';
import { composeMail } from '../../src/act/channels/mail/compose-mail.ts';
import type { PostedChannel } from '../../src/act/channels/posted-channel.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Consequence } from '../../src/core/alerts/consequence.ts';
import type { DigestEntry } from '../../src/core/alerts/digest.ts';
import type { DigestNews, IncidentNews, Notification } from '../../src/core/jobs.ts';
import { composeDigest } from '../../src/decide/compose-digest.ts';
import { digestNews } from '../../src/pipeline/messages/send-digests.ts';
import { digestEntry, MORNING, resolvedEntry } from '../decide/digest-entries.ts';
import { chromiumPath, openChromium } from '../dashboard/chromium.ts';
import { sampleNotification } from './sample-notification.ts';

const PUBLIC_URL = 'https://shiftwatch.example.org';
const settings = {
  from: 's@example.org',
  publicUrl: PUBLIC_URL,
  host: 'example.org',
  timeZone: 'Europe/Berlin',
};

function digest(entries: readonly DigestEntry[], paged?: ReadonlyMap<string, Consequence>): DigestNews {
  const span = { channel: 'mail', fromMs: MORNING - 24 * HOUR_MS, dueAtMs: MORNING };
  return digestNews({ ...span, ...composeDigest(entries, paged) });
}

const NIGHT = digest(
  [
    digestEntry({ incidentId: '1' }),
    digestEntry({ incidentId: '2', segment: 'country=DE', kind: 'reminder' }),
    digestEntry({ incidentId: '3' }),
    resolvedEntry({ incidentId: '3' }),
    digestEntry({
      incidentId: '4',
      model: 'churn',
      cause: 'operational',
      consequence: 'operational_drift',
      subjects: ['latency_p95_ms'],
      types: [],
      advice: 'none',
      summary: 'Latency is 231 ms.',
    }),
  ],
  new Map([['1', 'performance_loss']]),
);

function mail(notification: Notification) {
  return composeMail(notification, settings, { messageId: '<d@example.org>', to: ['a@example.org'] });
}

describe('a digest by mail', () => {
  it('says which part of an incident joined it, and which is over', () => {
    const over = { types: ['label_shift'], byMs: MORNING - 48 * HOUR_MS } as const;
    const said = mail(
      digest([digestEntry({ kind: 'reminder', over }), digestEntry({ kind: 'reminder' })]),
    ).text;
    expect(said).toMatch(
      /label shift over by \d+ \w{3} \d{4} [\d:]+ \w+: take back a re-weighting or a threshold made for it/v,
    );
    const ended = digest([digestEntry({ types: ['label_shift'] }), resolvedEntry({})]);
    expect(mail(ended).text).toContain('take back a re-weighting');
    expect(mail(digest([digestEntry({}), resolvedEntry({})])).text).not.toContain('take back');
    expect(mail(digest([digestEntry({ kind: 'reminder' })])).text).not.toContain('over by');
    const later = { types: ['label_shift'], sinceMs: MORNING - 48 * HOUR_MS } as const;
    expect(mail(digest([digestEntry({ later })])).text).toMatch(/label shift since \d+ \w{3} \d{4}/v);
  });

  it('names when nothing came while an incident was open', () => {
    const silent = [{ startMs: MORNING - 19 * HOUR_MS, endMs: MORNING - 18 * HOUR_MS }];
    expect(mail(digest([digestEntry({ silent })])).text).toContain(
      '13:00–14:00 CET · no predictions came 2 Mar 2026 13:00–14:00 CET · incident 12',
    );
  });

  it('says in a few lines what could wait, and what ended', () => {
    const { subject, text } = mail(NIGHT);
    expect(subject).toBe('[shiftwatch] Digest of 3 Mar 2026: 4 incidents');
    expect(text).toContain(`DIGEST
3 Mar 2026

3 incidents that could wait; 1 incident has ended.

Covers:     2 Mar 2026 08:00 CET – 3 Mar 2026 08:00 CET

churn 3
- Operation worse than before, latency p95 ms (new)
    Latency is 231 ms.
    since 2 Mar 2026 12:00 CET · can wait: within its limits · judged 2 Mar 2026 13:00–14:00 CET · incident 4
    https://shiftwatch.example.org/incidents/4

credit-risk 3
- Covariate shift (new)
    The inputs have moved: age.
    since 2 Mar 2026 12:00 CET · watch · told at once since: loss of performance · judged 2 Mar 2026 13:00–14:00 CET · incident 1
    https://shiftwatch.example.org/incidents/1
- Covariate shift in country=DE (still open)
    The inputs have moved: age.
    since 2 Mar 2026 12:00 CET · can wait: no loss is confirmed · watch · judged 2 Mar 2026 13:00–14:00 CET · incident 2
    https://shiftwatch.example.org/incidents/2
- Covariate shift (resolved)
    The inputs have moved: age.
    from 2 Mar 2026 12:00 CET to 3 Mar 2026 06:00 CET · incident 3
    https://shiftwatch.example.org/incidents/3
`);
  });

  it('says the same in HTML, and obeys no name from a log', () => {
    const hostile = digest([
      digestEntry({ model: '<b>m</b>', segment: '"><script>', summary: 'a <i>b</i>' }),
    ]);
    const { html } = mail(hostile);
    expect(html).toContain('&lt;b&gt;m&lt;/b&gt;');
    expect(html).not.toMatch(/<script|<b>m|<i>b/);
    const words = mail(NIGHT).html.replaceAll(/<[^>]+>/g, ' ');
    for (const line of [
      'Covariate shift in country=DE',
      'still open',
      'told at once since: loss of performance',
    ]) {
      expect(words).toContain(line);
    }
  });

  it('begins a conversation of its own each day', () => {
    expect(mail(NIGHT).references).toMatch(/^<incident-digest-mail-\d+@example\.org>$/);
    const next = digestNews({ ...NIGHT.digest, dueAtMs: MORNING + 24 * HOUR_MS });
    expect(mail(next).references).not.toBe(mail(NIGHT).references);
  });

  const chromium = chromiumPath();
  it.skipIf(chromium === null)(
    'fits a phone and a desk, also with names as long as they may be',
    async () => {
      const browser = await openChromium(chromium ?? '');
      try {
        for (const [width, of] of [
          [375, NIGHT],
          [375, digest(manyEntries())],
          [800, NIGHT],
        ] as const) {
          const page = await browser.newPage({ viewport: { width, height: 800 } });
          await page.setContent(mail(of).html);
          const over = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect(over, `at ${width} pixels`).toBe(0);
        }
      } finally {
        await browser.close();
      }
    },
    60_000,
  );

  it('stays far below what mail programs cut, however much there is to say', () => {
    const many = digest(manyEntries());
    const { html, text } = mail(many);
    expect(html.length).toBeLessThan(60_000);
    expect(text).toContain('And 470 more; the page shows them all.');
  });
});

describe('a digest by other channels', () => {
  const context = {
    deliveryId: 'd',
    madeAtMs: MORNING,
    atMs: MORNING,
    publicUrl: PUBLIC_URL,
    timeZone: 'UTC',
  };
  const url = 'https://receiver.example.org/hook';
  const headers = new Map<string, string>();
  const taking: PostedChannel[] = [
    { type: 'slack', url },
    { type: 'teams', url },
    { type: 'webhook', url, format: 'standard', secret: null, headers },
  ];
  const refusing: PostedChannel[] = [
    { type: 'pagerduty', url, routingKey: 'k' },
    { type: 'alertmanager', url, headers },
    { type: 'webhook', url, format: 'alertmanager', secret: null, headers },
  ];

  it.each(taking.map((channel) => [channel.type, channel] as const))(
    '%s takes it, and its size',
    (_, channel) => {
      const call = composeCall(NIGHT, channel, context);
      if (!call.ok) throw new Error(call.error);
      for (const words of ['credit-risk', 'churn', 'The inputs have moved: age.', PUBLIC_URL]) {
        expect(call.value.body).toContain(words);
      }
      const large = composeCall(digest(manyEntries()), channel, context);
      // Teams takes 28 kB and no more; of a webhook nothing is known.
      expect(large.ok && large.value.body.length).toBeLessThan(channel.type === 'webhook' ? 32_000 : 28_000);
      expect(call.value.body).toContain(`${PUBLIC_URL}/incidents/1`);
      if (large.ok && channel.type === 'slack') {
        expect((JSON.parse(large.value.body) as { blocks: unknown[] }).blocks.length).toBeLessThanOrEqual(50);
      }
    },
  );

  it.each(refusing.map((channel) => [channel.type, channel] as const))(
    '%s keeps incidents and takes none',
    (_, channel) => {
      expect(composeCall(NIGHT, channel, context)).toEqual({ ok: false, error: 'not_for_channel' });
    },
  );

  it('names every incident to a program', () => {
    const [, , webhook] = taking as [PostedChannel, PostedChannel, PostedChannel];
    const call = composeCall(NIGHT, webhook, context);
    expect(call.ok && JSON.parse(call.value.body)).toMatchObject({
      type: 'alert.digest',
      data: {
        notifications: 5,
        incidents: 4,
        models: [
          { model: 'churn', incidents: [{ id: '4', cause: 'operational' }] },
          {
            model: 'credit-risk',
            incidents: [
              { id: '1', standing: 'new', consequence: 'covariate_shift', paged_for: 'performance_loss' },
              { id: '2', standing: 'open', segment: 'country=DE' },
              { id: '3', standing: 'resolved', until: '2026-03-03T05:00:00.000Z' },
            ],
          },
        ],
      },
    });
  });
});

describe('urgency reaches a pager', () => {
  const severity = (rest: Partial<IncidentNews>): unknown => {
    const context = { deliveryId: 'd', madeAtMs: MORNING, atMs: MORNING, publicUrl: null, timeZone: 'UTC' };
    const channel = { type: 'pagerduty', url: 'https://pager.example.org', routingKey: 'k' } as const;
    const call = composeCall(
      sampleNotification({ firedVerdict: 'covariate_shift', ...rest }),
      channel,
      context,
    );
    return call.ok && (JSON.parse(call.value.body) as { payload: { severity: string } }).payload.severity;
  };
  const routed = (pagedFor: Consequence) =>
    ({
      urgency: 'page',
      reason: 'consequence_pages',
      consequence: pagedFor,
      pagedFor,
      atMs: MORNING,
    }) as const;

  it.each([
    ['performance_loss', 'critical'],
    ['operational_limit', 'warning'],
    ['covariate_shift', 'warning'],
  ] as const)('%s is %s', (pagedFor, expected) => {
    expect(severity({ routed: routed(pagedFor) })).toBe(expected);
  });

  it('by what people were told first where it was not routed', () => {
    expect(severity({})).toBe('warning');
  });
});

function manyEntries(): DigestEntry[] {
  return Array.from({ length: 500 }, (_, index) =>
    digestEntry({
      incidentId: String(index),
      model: `model-${index}-${'m'.repeat(80)}`,
      segment: `country=${'c'.repeat(80)}`,
      summary: 's'.repeat(400),
    }),
  );
}
