import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RETRAIN_OUTCOME_REASONS, RETRAIN_OUTCOMES } from '../../src/core/retrain/retrain.ts';
import { parseProgress } from '../../src/act/retrain/progress.ts';
import { POLLED_PRESETS } from '../../src/config/schema/channels.ts';
import { configOf } from '../config/example.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/retraining.md'), 'utf8');
const afterwards = text.slice(text.indexOf('## After the request'));

function blocks(language: string): string[] {
  return [...afterwards.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, code]) => code ?? '',
  );
}

it('reports of a run are such as are taken', () => {
  const reports = blocks('json').flatMap((block) => block.trim().split('\n'));
  expect(reports).toHaveLength(3);
  for (const report of reports) {
    const { status, progress } = JSON.parse(report) as { status: string; progress?: unknown };
    expect(['running', 'succeeded', 'failed']).toContain(status);
    expect(parseProgress(progress)).toMatchObject({ ok: true });
  }
});

it('every outcome, every reason and every target that is asked is explained', () => {
  const words = new Set([...afterwards.matchAll(/`([\w-]+)`/g)].map(([, word]) => word));
  for (const word of [...RETRAIN_OUTCOMES, ...RETRAIN_OUTCOME_REASONS, ...POLLED_PRESETS]) {
    expect(words, word).toContain(word);
  }
});

it('the configurations are right', async () => {
  const [target, ...polls] = blocks('yaml');
  const webhook = 'webhooks: { airflow-retrain: { url: "https://example.org/", secret: "whsec_c2VjcmV0" } }';
  const model = 'models:\n  - name: m\n    task: classification\n';
  const withTarget = await configOf(`${webhook}\n${model}${target}`, {});
  expect(withTarget.models[0]?.retrain?.target).toEqual({
    metric: 'val_log_loss',
    value: 0.31,
    lowerIsBetter: true,
  });
  const env = { AIRFLOW_TOKEN: 't', WEBHOOK_SECRET: 'whsec_c2VjcmV0' };
  const polled = await Promise.all(polls.map(async (poll) => await configOf(`${poll}\n${model}`, env)));
  expect(polled.flatMap(({ webhooks }) => [...webhooks.values()].map(({ poll }) => poll?.everyMs))).toEqual([
    120_000, 60_000,
  ]);
});
