import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { composeCall } from '../../src/act/channels/compose-call.ts';
import type { CallContext, PostedChannel } from '../../src/act/channels/posted-channel.ts';
import type { IncidentNews, Notification, NotificationKind, RunNews } from '../../src/core/jobs.ts';
import { EVERY_NEWS } from './every-news.ts';
import { sampleFeature, sampleNotification, sampleRunNews } from './sample-notification.ts';

const AT = Date.UTC(2026, 2, 1, 11);
const SECRET = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
const context: CallContext = {
  deliveryId: '5f0c',
  madeAtMs: AT,
  atMs: AT,
  publicUrl: 'https://shiftwatch.example.org',
  timeZone: 'UTC',
};
const url = 'https://receiver.example.org/hook';
const headers = new Map([['x-team', 'risk']]);
const CHANNELS: readonly PostedChannel[] = [
  { type: 'slack', url },
  { type: 'teams', url },
  { type: 'pagerduty', url, routingKey: 'R0UT' },
  { type: 'alertmanager', url, headers },
  { type: 'webhook', url, format: 'standard', secret: SECRET, headers },
  { type: 'webhook', url, format: 'alertmanager', secret: null, headers },
];
const named = CHANNELS.map((channel) => [nameOf(channel), channel] as const);
/** Whoever keeps incidents of its own has nothing to open or to end. */
const NO_INCIDENT: readonly NotificationKind[] = [
  'retrain_awaiting_approval',
  'retrain_expired',
  'retrain_dry_run',
  'retrain_outcome',
  'digest',
];

/** What the tests look at in the bodies. */
interface Posted {
  readonly dedup_key: string;
  readonly payload: { readonly summary: string };
  readonly [index: number]: { readonly endsAt: string; readonly labels: object };
}

function nameOf(channel: PostedChannel): string {
  return channel.type === 'webhook' ? `webhook ${channel.format}` : channel.type;
}

/** By what a message names what it is about; a card of Teams escapes the rest of a long name. */
function toldOf({ about, model }: Notification): string {
  return about === 'digest' ? 'credit-risk' : (model.split('_', 1)[0] ?? '');
}

function bodyOf(
  channel: PostedChannel,
  news: Notification | Partial<IncidentNews> = {},
  at: Partial<CallContext> = {},
) {
  const whole = 'about' in news ? (news as Notification) : sampleNotification(news);
  const call = composeCall(whole, channel, { ...context, ...at });
  if (!call.ok) throw new Error(call.error);
  const json = JSON.parse(call.value.body) as Posted;
  return { ...call.value, json };
}

describe.each(named)('every channel keeps the contract: %s', (_, channel) => {
  it('says which channel it comes instead of', () => {
    const insteadOf = { channel: 'night-shift', reason: 'undeliverable', detail: 'gone 410' } as const;
    expect(bodyOf(channel, { insteadOf }).body).toContain('night-shift');
    expect(bodyOf(channel).body).not.toContain('night-shift');
  });

  it.each(Object.entries(EVERY_NEWS))(
    'tells %s in JSON without a number that JSON has not, or says that it does not',
    (name, make) => {
      const news = make();
      const call = composeCall(news, channel, context);
      if (!call.ok) {
        expect([...NO_INCIDENT, 'corrected, over']).toContain(news.kind === 'corrected' ? name : news.kind);
        expect(call.error).toBe('not_for_channel');
        return;
      }
      expect(call.value.headers['content-type']).toBe('application/json');
      expect(call.value.body).not.toMatch(/\bundefined\b|NaN|Infinity/);
      expect(JSON.stringify(JSON.parse(call.value.body))).toBe(call.value.body);
      expect(call.value.body).toContain(toldOf(news));
    },
  );

  it('says what happened, and where to look when that is known', () => {
    const { body } = bodyOf(channel);
    expect(body).toContain('accuracy fell from 0.86 to 0.71');
    expect(body).toContain('https://shiftwatch.example.org');
    expect(bodyOf(channel, {}, { publicUrl: null }).body).not.toContain('https://shiftwatch.example.org');
  });

  it.each(['n', '𝒜'])(
    'stays small with 500 moved features and names as long as they may be, of %s',
    (letter) => {
      const name = (index: number): string => `${index}-${letter.repeat(250)}`;
      const features = Array.from({ length: 500 }, (__, index) =>
        sampleFeature(name(index), { drifted: true, severity: 'critical' }),
      );
      const muted = features.map(
        (feature) => ({ feature: feature.name, reason: 'silenced', by: name(1) }) as const,
      );
      const subjects = features.map((feature) => feature.name);
      const body = bodyOf(channel, { features, muted, subjects, segment: letter.repeat(256) });
      expect(Buffer.byteLength(body.body)).toBeLessThan(20_000);
    },
  );

  it('sends the same again on a second attempt, but for how long it counts', () => {
    const first = bodyOf(channel);
    const second = bodyOf(channel, {}, { atMs: AT + 60_000 });
    const timeless = (body: string): string =>
      body
        // When Alertmanager may forget it counts from now.
        .replaceAll(/"endsAt":"2026-03-01T11:0[56]:00.000Z"/g, '');
    expect(timeless(second.body)).toBe(timeless(first.body));
  });

  it('shows names from logs and does not obey them', () => {
    const { body } = bodyOf(channel, {
      model: 'm\u202E\n<!channel> [x](https://evil.example)',
      features: [sampleFeature('<@U123> *bold*', { drifted: true, severity: 'critical' })],
    });
    // Plain text is shown as it is; only `text` and Markdown are looked through for mentions.
    if (channel.type === 'slack') {
      expect(body.replaceAll(/"plain_text","text":"[^"]*"/g, '')).not.toMatch(/<[!@]/);
    }
    if (channel.type === 'teams') expect(body).not.toContain('[x](https://evil.example)');
    expect(JSON.parse(body)).toBeTypeOf('object');
  });
});

it('a webhook names the features that are left out', () => {
  const muted = [{ feature: 'age', reason: 'silenced', by: 'silence 3 by ann' }] as const;
  const [, , , , webhook] = CHANNELS;
  if (webhook === undefined) throw new Error('no webhook');
  expect(bodyOf(webhook, { muted }).json).toMatchObject({ data: { muted } });
  expect(bodyOf(webhook).json).toMatchObject({ data: { muted: [] } });
});

describe('a correction', () => {
  const corrected = (incident: 'withdrawn' | 'open' | 'over'): Partial<IncidentNews> => ({
    kind: 'corrected',
    firedVerdict: 'concept_drift',
    correction: { told: 'concept_drift', incident },
  });
  const [, , pagerduty, alertmanager, webhook, hook] = CHANNELS as [
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
  ];

  it('ends an incident that is withdrawn, and leaves one open that stands', () => {
    expect(bodyOf(pagerduty, corrected('withdrawn')).json).toMatchObject({ event_action: 'resolve' });
    expect(bodyOf(pagerduty, corrected('open')).json).toMatchObject({ event_action: 'trigger' });
    expect(bodyOf(alertmanager, corrected('withdrawn')).json[0]?.endsAt).toBe('2026-03-01T11:00:00.000Z');
    expect(bodyOf(hook, corrected('withdrawn')).json).toMatchObject({ status: 'resolved' });
    expect(bodyOf(hook, corrected('open')).json).toMatchObject({ status: 'firing' });
  });

  it('opens none that is over', () => {
    for (const channel of [pagerduty, alertmanager, hook]) {
      const call = composeCall(sampleNotification(corrected('over')), channel, context);
      expect(call).toEqual({ ok: false, error: 'not_for_channel' });
    }
    expect(bodyOf(webhook, corrected('over')).json).toMatchObject({
      type: 'alert.corrected',
      data: { correction: { told: 'concept_drift', incident: 'over' } },
    });
  });
});

describe('trouble with a retraining', () => {
  const about = (kind: RunNews['kind']): RunNews =>
    sampleRunNews(kind, {
      incidentId: 'retrain-0195815e',
      run: { id: '0195815e', says: 'Nothing was heard.', next: 'Look.', newVersion: null, outcome: null },
    });
  const [, , pagerduty, alertmanager, webhook, hook] = CHANNELS as [
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
    PostedChannel,
  ];

  it.each(['retrain_failed', 'retrain_silent'] as const)('is one incident from %s to its end', (kind) => {
    const begun = bodyOf(pagerduty, about(kind)).json;
    const ended = bodyOf(pagerduty, about('retrain_recovered')).json;
    expect(begun).toMatchObject({ event_action: 'trigger', payload: { severity: 'critical' } });
    expect(ended).toMatchObject({ event_action: 'resolve', dedup_key: begun.dedup_key });
    const [alert] = [bodyOf(alertmanager, about(kind)).json[0]];
    const [over] = [bodyOf(alertmanager, about('retrain_recovered')).json[0]];
    expect(over?.labels).toEqual(alert?.labels);
    expect(Date.parse(over?.endsAt ?? '')).toBeLessThanOrEqual(AT);
    expect(bodyOf(hook, about('retrain_recovered')).json).toMatchObject({ status: 'resolved' });
  });

  it('is told with the run, and what to do', () => {
    expect(bodyOf(webhook, about('retrain_silent')).json).toMatchObject({
      type: 'alert.retrain_silent',
      data: { run: { id: '0195815e', says: 'Nothing was heard.', next: 'Look.', new_version: null } },
    });
  });
});

describe('PagerDuty', () => {
  const channel = CHANNELS[2] as PostedChannel;

  it('opens and resolves one incident, whatever its verdict becomes', () => {
    const fired = bodyOf(channel, { firedVerdict: 'concept_drift' }).json;
    expect(fired).toMatchObject({
      routing_key: 'R0UT',
      event_action: 'trigger',
      dedup_key: 'shiftwatch-incident-12-1772355600',
      payload: { severity: 'critical', source: 'credit-risk/3', class: 'concept_drift' },
    });
    const resolved = bodyOf(channel, { kind: 'resolved', firedVerdict: 'concept_drift' }).json;
    expect(resolved).toMatchObject({ event_action: 'resolve', dedup_key: fired.dedup_key });
  });

  it('keeps its limits', () => {
    const summary = 'x'.repeat(5_000);
    const { json } = bodyOf(channel, { diagnosis: { ...sampleNotification().diagnosis, summary } });
    expect(json.payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(json.dedup_key.length).toBeLessThanOrEqual(255);
  });
});

describe('Alertmanager', () => {
  const api = CHANNELS[3] as PostedChannel;
  const hook = CHANNELS[5] as PostedChannel;

  it('is given alerts that last until they are repeated, and end when the incident ends', () => {
    const fired = bodyOf(api);
    expect(fired.url).toBe('https://receiver.example.org/hook/api/v2/alerts');
    expect(fired.headers['x-team']).toBe('risk');
    expect(fired.json).toMatchObject([
      { startsAt: '2026-03-01T09:00:00.000Z', endsAt: '2026-03-01T11:05:00.000Z' },
    ]);
    // Nobody repeats what has no incident.
    expect(bodyOf(api, sampleRunNews('retrain_failed')).json[0]?.endsAt).toBe('2026-03-08T11:00:00.000Z');
    const resolved = bodyOf(api, { kind: 'resolved' });
    expect(resolved.json[0]?.endsAt).toBe('2026-03-01T11:00:00.000Z');
    // Labels are what Alertmanager knows an alert by.
    expect(resolved.json[0]?.labels).toEqual(fired.json[0]?.labels);
    // Whichever view of the incident speaks.
    for (const series of ['closed', 'matured'] as const) {
      const { json } = bodyOf(api, { series, firedVerdict: 'concept_drift' });
      expect(json[0]?.labels).toEqual(fired.json[0]?.labels);
    }
  });

  it('knows silence and operation by other names, without a verdict', () => {
    const labels = (rest: Partial<IncidentNews>) => bodyOf(api, rest).json[0]?.labels;
    expect(labels({ cause: 'no_data' })).toMatchObject({
      alertname: 'ShiftwatchNoData',
      severity: 'critical',
    });
    expect(labels({ cause: 'no_data' })).not.toHaveProperty('verdict');
    expect(labels({ cause: 'operational' })).toMatchObject({
      alertname: 'ShiftwatchOperation',
      severity: 'warning',
    });
  });

  it('is imitated for webhooks', () => {
    expect(bodyOf(hook).json).toMatchObject({
      version: '4',
      status: 'firing',
      groupKey: 'shiftwatch-incident-12-1772355600',
      alerts: [
        { status: 'firing', endsAt: '0001-01-01T00:00:00Z', labels: { alertname: 'ShiftwatchShift' } },
      ],
    });
    expect(bodyOf(hook, { kind: 'resolved' }).json).toMatchObject({ status: 'resolved' });
  });
});

it('signs as the Standard Webhooks want it, and names an unusable secret', () => {
  const channel = CHANNELS[4] as Extract<PostedChannel, { type: 'webhook' }>;
  const now = Date.now();
  const call = bodyOf(channel, {}, { atMs: now });
  const verified = new Webhook(SECRET).verify(call.body, call.headers) as { type: string };
  expect(verified.type).toBe('alert.firing');
  expect(call.headers).toMatchObject({ 'webhook-id': '5f0c', 'idempotency-key': '5f0c' });
  expect(composeCall(sampleNotification(), { ...channel, secret: 'whsec_%%%' }, context)).toEqual({
    ok: false,
    error: 'invalid_secret',
  });
});
