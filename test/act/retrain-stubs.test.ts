/** The worked example of each target, sent to a stub that behaves like it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { retrainCall } from '../../src/act/retrain/retrain-call.ts';
import { createAddressGuard } from '../../src/act/webhook/address-guard.ts';
import { postWebhook } from '../../src/act/webhook/post-webhook.ts';
import type { SendResult } from '../../src/act/delivery.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { RetrainRequest } from '../../src/core/jobs.ts';
import { startTarget, type StubTarget, TARGETS, TOKEN } from './target-stubs.ts';
import { hideNothing } from '../../src/core/hide-texts.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/retraining-targets.md'), 'utf8');
const EXAMPLES = new Map(
  [...PAGE.matchAll(/```yaml\n(webhooks:\n[^`]*preset: (\S+)\n[^`]*)```/g)].map(
    ([, config = '', preset = '']) => [preset, config],
  ),
);
const NOW = Date.UTC(2026, 2, 1, 3);
const DELIVERY = '5f0c7a1e-8d2b-4c3a-b6e5-f4d3c2b1a090';
const guard = createAddressGuard(['127.0.0.1']);

/** As long as it may become: each list full, names with everything a shell or a form could trip over. */
const request: RetrainRequest = {
  runId: '0f5d1c7e-2a0b-4f6e-9d51-7a3b8c9d0e1f',
  model: `credit "risk" & 'Zürich' ${'x'.repeat(60)}`,
  modelVersion: '3',
  trigger: 'drift',
  reason: 'drift_firing',
  requestedAtMs: NOW,
  window: { id: '345', startMs: NOW - 3_600_000, endMs: NOW },
  verdict: 'concept_drift',
  advice: 'retrain',
  summary: 'accuracy fell from 0.86 to 0.71 — "so" & so\n',
  evidence: Array.from({ length: 20 }, (_, at) => ({
    claim: `feature ${at} moved far away from where it was in training ${'…'.repeat(40)}`,
    statistic: 'psi',
    value: 0.4,
    p_value: 1e-9,
  })),
  performance: null,
  incident: {
    id: '7',
    sinceMs: NOW - 86_400_000,
    windowCount: 24,
    windows: Array.from({ length: 20 }, (_, at) => ({
      id: String(at),
      startMs: NOW - at * 3_600_000,
      endMs: NOW,
      verdict: 'concept_drift' as const,
    })),
  },
  training: {
    begins: 'concept_drift',
    labelsKnown: true,
    rows: 90_000,
    labels: 70_000,
    intervals: Array.from({ length: 20 }, (_, at) => ({
      fromMs: NOW - at,
      toMs: NOW,
      rows: 4_500,
      labels: 3_500,
    })),
    leftOut: Array.from({ length: 20 }, (_, at) => ({
      fromMs: NOW - at,
      toMs: NOW,
      rows: 10,
      labels: 1,
      reason: 'data_fault' as const,
    })),
  },
  dataStored: true,
  requestedBy: null,
  comment: null,
};

interface Sent {
  readonly result: SendResult;
  readonly target: StubTarget;
}

/** Sends the example of a preset to its stub, as often as asked and under the same delivery. */
async function sent(
  stub: string,
  change: (config: string) => string = (config) => config,
  times = 1,
): Promise<Sent> {
  const behaves = TARGETS[stub];
  const example = EXAMPLES.get(stub.split(' ')[0] ?? '');
  if (behaves === undefined || example === undefined) throw new Error(`there is no ${stub}`);
  const target = await startTarget(behaves);
  const host = new URL(target.url).host;
  const config = change(example.replace(/https:\/\/((?:[^@/\s"]*@)?)[^/\s"]+/, `http://$1${host}`));
  const parsed = await parseConfig(
    `${config}public_url: https://sw.example.org\nmodels: [{ name: m, task: classification }]\n`,
    {
      file: 'shiftwatch.yaml',
      env: { TOKEN, SECRET: TOKEN, WEBHOOK_SECRET: TOKEN },
      readFile: async () => '',
    },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const webhook = parsed.value.webhooks.get('train');
  if (webhook === undefined) throw new Error('no webhook');
  let result: SendResult | null = null;
  for (let time = 0; time < times; time++) {
    const atMs = Date.now();
    const call = retrainCall(request, webhook, {
      deliveryId: DELIVERY,
      atMs,
      publicUrl: parsed.value.publicUrl,
    });
    if (!call.ok) throw new Error(call.error);
    result = await postWebhook(call.value, {
      nowMs: atMs,
      signal: new AbortController().signal,
      guard,
      hide: hideNothing,
    });
  }
  if (result === null) throw new Error('nothing was sent');
  return { result, target };
}

/** They know no repetition: a second run can start where an answer was lost. The docs say so. */
const STARTS_AGAIN = new Set(['github', 'github-workflow', 'argo-events', 'kubeflow', 'dagster']);

describe.each(Object.keys(TARGETS))('%s', (stub) => {
  const change = (config: string): string =>
    stub === 'airflow 2' ? config.replace('/api/v2/', '/api/v1/') : config;

  it('takes the request, however long it is', async () => {
    const { result, target } = await sent(stub, change);
    expect(result, JSON.stringify(target.answers)).toMatchObject({ outcome: 'sent', next: 'done' });
    expect(target.runs.size).toBe(1);
  });

  it('a repetition is a success', async () => {
    const { result, target } = await sent(stub, change, 2);
    expect(result).toMatchObject({ outcome: 'sent', next: 'done' });
    expect(target.runs.size).toBe(STARTS_AGAIN.has(stub) ? 2 : 1);
  });

  it('a wrong secret is no success', async () => {
    const { result, target } = await sent(stub, (config) =>
      change(config).replaceAll(/\$\{[A-Z_]+\}/g, 'wrong'),
    );
    expect(result).toMatchObject({ outcome: 'http_status', status: 401, next: 'again' });
    expect(target.runs.size).toBe(0);
  });
});

describe('what is answered with 200', () => {
  it('may be an error of Dagster', async () => {
    const { result, target } = await sent('dagster', (config) => config.replace('job: retrain', 'job: gone'));
    expect(result).toMatchObject({ outcome: 'refused', status: 200 });
    expect(result.detail).toContain('PipelineNotFoundError: Could not find Pipeline gone');
    expect(target.runs.size).toBe(0);
  });

  it('may be one of a target of one’s own', async () => {
    const { result } = await sent('template', (config) =>
      config.replace('result.ok: true', 'result.ok: "yes"'),
    );
    expect(result).toMatchObject({ outcome: 'refused', detail: 'result.ok is true, not "yes"' });
  });
});

it('Jenkins says where the build waits', async () => {
  const { target } = await sent('jenkins');
  expect(target.answers[0]?.headers?.['location']).toContain('/queue/item/1/');
  expect(
    JSON.parse((target.runs.values().next().value as Record<string, string>)['shiftwatch'] ?? ''),
  ).toMatchObject({
    run_id: request.runId,
    model: request.model,
  });
});
