import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/act/retrain/callback.ts';
import { signatureHeaders, verifySignature, webhookKey } from '../../src/act/webhook/signature.ts';
import type { WebhookKey, WebhookSecret } from '../../src/act/webhook/signature.ts';

const NOW = Date.UTC(2026, 2, 1);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const RUN = '0b6f3a52-5f0e-4a58-9a0e-0b8a1f1f3f11';

function key(secret: WebhookSecret = SECRET): WebhookKey {
  const made = webhookKey(secret);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function signed(body: string, atMs = NOW, secret: WebhookSecret = SECRET) {
  return { headers: signatureHeaders(key(secret), 'msg_1', atMs, body), body: Buffer.from(body) };
}

describe('signatures', () => {
  it('agree with the published example of the standard', () => {
    const body = '{"test": 2432232314}';
    const headers = signatureHeaders(key(), 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, body);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('with a plain secret verify at a receiver that has its base64', () => {
    const nowMs = Date.now();
    const { headers, body } = signed('{}', nowMs, 'correct horse battery');
    const receiver = new Webhook(`whsec_${Buffer.from('correct horse battery').toString('base64')}`);
    expect(receiver.verify(body, headers)).toEqual({});
  });

  it('refuse a secret that is not what it says', () => {
    expect(webhookKey('whsec_***')).toEqual({ ok: false, error: 'invalid_secret' });
    expect(webhookKey('whsec_')).toEqual({ ok: false, error: 'invalid_secret' });
    expect(webhookKey('')).toEqual({ ok: false, error: 'invalid_secret' });
  });

  it.each([
    [-300_000, true],
    [-301_000, false],
    [300_000, true],
    [301_000, false],
  ])('%d ms away from now are good: %s', (awayMs, good) => {
    expect(verifySignature(key(), signed('{}', NOW + awayMs), NOW).ok).toBe(good);
  });

  it('fit the body, the id and the time they were made for', () => {
    const request = signed('{"status":"running"}');
    expect(verifySignature(key(), request, NOW)).toEqual({ ok: true, value: { id: 'msg_1' } });
    const changes = [
      { ...request, body: Buffer.from('{"status":"failed"}') },
      { ...request, headers: { ...request.headers, 'webhook-id': 'msg_2' } },
      { ...request, headers: { ...request.headers, 'webhook-timestamp': String(NOW / 1000 + 1) } },
      { ...request, headers: { ...request.headers, 'webhook-signature': 'v1,AAAA' } },
      {
        ...request,
        headers: { ...request.headers, 'webhook-signature': request.headers['webhook-signature']?.slice(3) },
      },
    ];
    for (const changed of changes) {
      expect(verifySignature(key(), changed, NOW)).toEqual({ ok: false, error: 'signature_mismatch' });
    }
    expect(verifySignature(key('whsec_AAAA'), request, NOW).ok).toBe(false);
  });

  it('are enough when one of several fits', () => {
    const request = signed('{}');
    const other = signed('{}', NOW, 'old secret').headers['webhook-signature'];
    const both = `v1a,xyz ${other} ${request.headers['webhook-signature']}`;
    const headers = { ...request.headers, 'webhook-signature': both };
    expect(verifySignature(key(), { ...request, headers }, NOW).ok).toBe(true);
  });

  it('of a secret that is being replaced verify with the new one and with the old', () => {
    const old = 'the one before';
    const nowMs = Date.now();
    const { headers, body } = signed('{"a":1}', nowMs, [SECRET, old]);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    const receivers = [SECRET, Buffer.from(old).toString('base64')].map((secret) => new Webhook(secret));
    for (const receiver of receivers) expect(receiver.verify(body, headers)).toEqual({ a: 1 });
    expect(() => new Webhook('whsec_AAAA').verify(body, headers)).toThrow('No matching signature');
  });

  it('made with either secret are taken while both are configured, and the old one not after', () => {
    const both = key([SECRET, 'old secret']);
    for (const secret of [SECRET, 'old secret']) {
      expect(verifySignature(both, signed('{}', NOW, secret), NOW).ok).toBe(true);
    }
    expect(verifySignature(both, signed('{}', NOW, 'older secret'), NOW).ok).toBe(false);
    expect(verifySignature(key(), signed('{}', NOW, 'old secret'), NOW).ok).toBe(false);
    expect(webhookKey([SECRET, 'whsec_***']).ok).toBe(false);
  });

  it('say what is missing', () => {
    const request = signed('{}');
    for (const name of Object.keys(request.headers)) {
      const headers = { ...request.headers, [name]: undefined };
      expect(verifySignature(key(), { ...request, headers }, NOW)).toMatchObject({
        error: 'headers_missing',
      });
    }
    const headers = { ...request.headers, 'webhook-timestamp': '1e9' };
    expect(verifySignature(key(), { ...request, headers }, NOW)).toMatchObject({
      error: 'timestamp_invalid',
    });
  });
});

describe('readReport', () => {
  const read = (body: unknown, secret: WebhookSecret | null = SECRET) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return readReport({ ...signed(text), runId: RUN, receivedAtMs: NOW }, secret);
  };

  it('reads everything a pipeline can say', () => {
    expect(
      read({
        status: 'succeeded',
        external_id: 'dag-7',
        new_version: '4',
        detail: 'took 2 h',
        metrics: { accuracy: 0.9 },
        progress: { metric: 'val_accuracy', value: 0.9, epoch: 3, elapsed_s: 60, energy_j: 5e4 },
        run_id: RUN,
      }),
    ).toEqual({
      ok: true,
      value: {
        status: 'succeeded',
        externalId: 'dag-7',
        newVersion: '4',
        detail: 'took 2 h',
        metrics: { accuracy: 0.9 },
        progress: [
          {
            metric: 'val_accuracy',
            value: 0.9,
            step: null,
            epoch: 3,
            elapsedS: 60,
            energyJ: 5e4,
            cost: null,
          },
        ],
      },
    });
  });

  it('takes the least, and the word of the API for it', () => {
    const least = { externalId: null, newVersion: null, detail: null, metrics: null, progress: [] };
    expect(read({ status: 'running' })).toEqual({ ok: true, value: { status: 'running', ...least } });
    expect(read({ state: 'failed', detail: null })).toEqual({
      ok: true,
      value: { status: 'failed', ...least },
    });
  });

  it.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no status', {}],
    ['another status', { status: 'done' }],
    ['a number for a name', { status: 'running', external_id: 7 }],
    ['a list of metrics', { status: 'running', metrics: [1] }],
    ['another run', { status: 'running', run_id: 'x' }],
    ['a version without a name', { status: 'succeeded', new_version: '' }],
    ['a version that no log could name', { status: 'succeeded', new_version: 'v\u00004' }],
    ['a version that is too long', { status: 'succeeded', new_version: 'v'.repeat(257) }],
    ['a version of half a character', { status: 'succeeded', new_version: '\ud800' }],
    ['progress that is a word', { status: 'running', progress: 'half' }],
    ['progress without a metric', { status: 'running', progress: { value: 1 } }],
    ['progress without a value', { status: 'running', progress: { metric: 'accuracy' } }],
    ['a metric that is no name', { status: 'running', progress: { metric: '<b>', value: 1 } }],
    ['a metric over two lines', { status: 'running', progress: { metric: 'a\nb', value: 1 } }],
    ['a metric that is too long', { status: 'running', progress: { metric: 'a'.repeat(101), value: 1 } }],
    ['a value that is a text', { status: 'running', progress: { metric: 'a', value: '0.9' } }],
    ['a value beyond numbers', '{"status":"running","progress":{"metric":"a","value":1e999}}'],
    ['half a step', { status: 'running', progress: { metric: 'a', value: 1, step: 0.5 } }],
    ['a step before the first', { status: 'running', progress: { metric: 'a', value: 1, step: -1 } }],
    ['a step beyond counting', { status: 'running', progress: { metric: 'a', value: 1, step: 2 ** 53 } }],
    ['time that runs backwards', { status: 'running', progress: { metric: 'a', value: 1, elapsed_s: -1 } }],
    ['endless energy', '{"status":"running","progress":{"metric":"a","value":1,"energy_j":1e999}}'],
    ['energy of a star', { status: 'running', progress: { metric: 'a', value: 1, energy_j: 1e16 } }],
    ['a cost in words', { status: 'running', progress: { metric: 'a', value: 1, cost: '3 €' } }],
    ['lists of lists', { status: 'running', progress: [[{ metric: 'a', value: 1 }]] }],
    [
      'a hundred and one points',
      {
        status: 'running',
        progress: Array.from({ length: 101 }, (_, step) => ({ metric: 'a', value: 1, step })),
      },
    ],
  ])('refuses %s', (_, body) => {
    expect(read(body)).toMatchObject({ ok: false, error: { reason: 'malformed' } });
  });

  it('takes a list of points, and what it does not know beside them', () => {
    const points = Array.from({ length: 100 }, (_, step) => ({
      metric: 'loss',
      value: -0,
      step,
      host: 'gpu-1',
    }));
    const found = read({ status: 'running', progress: points });
    expect(found.ok && found.value.progress).toHaveLength(100);
    expect(found.ok && found.value.progress[99]).toMatchObject({ step: 99, epoch: null });
    expect(found.ok && Object.keys(found.value.progress[0] ?? {})).not.toContain('host');
  });

  it('looks at the signature before the body, and needs a secret', () => {
    expect(read('{', 'another secret')).toMatchObject({ error: { reason: 'bad_signature' } });
    expect(read({ status: 'running' }, null)).toMatchObject({ error: { reason: 'bad_signature' } });
  });
});
