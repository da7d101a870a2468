/** The page of worked examples, and the requests it links. `UPDATE_FIXTURES=1` rewrites these. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { composeCall } from '../../src/act/channels/compose-call.ts';
import { parseConfig } from '../../src/config/load.ts';
import { sampleNotification } from './sample-notification.ts';

const PAGE = join(import.meta.dirname, '../../docs/alerting-channels.md');
const AT = Date.UTC(2026, 2, 1, 12);
const SHOWN = new Set(['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature']);
const EXAMPLE =
  /```yaml\n(channels:\n[^`]*type: (\S+)\n[^`]*)```\n\n\[What it is sent\]\(\.\.\/(test\/fixtures\/channels\/\w+\.http)\)/g;
const ROOT = join(import.meta.dirname, '../..');
const SECRET_URL = 'https://receiver.example.org/secret';

async function shown(config: string): Promise<string> {
  const parsed = await parseConfig(`${config}models: [{ name: m, task: classification }]\n`, {
    file: 'shiftwatch.yaml',
    env: { SECRET_URL, SECRET_KEY: 'secret' },
    readFile: async () => '',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const channel = parsed.value.channels.get('oncall');
  if (channel === undefined || channel.type === 'email') throw new Error('no channel that is posted to');
  const call = composeCall(sampleNotification(), channel, {
    deliveryId: '5f0c7a1e-8d2b-4c3a-b6e5-f4d3c2b1a090',
    madeAtMs: AT,
    atMs: AT,
    publicUrl: 'https://sw.example.org',
    timeZone: 'UTC',
  });
  if (!call.ok) throw new Error(call.error);
  const { url, headers, body } = call.value;
  const lines = Object.entries(headers).filter(([name]) => SHOWN.has(name));
  const head = [
    `POST ${url.replace(SECRET_URL, '***')}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  const pretty = JSON.stringify(JSON.parse(body), null, 1)
    .replaceAll('`', String.raw`\u0060`)
    .replaceAll('"secret"', '"***"');
  return `${head.join('\n')}\n\n${pretty}\n`;
}

describe('docs/alerting-channels.md', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const examples = [...page.matchAll(EXAMPLE)];

  it('has an example of each type that is posted to', () => {
    expect(new Set(examples.map(([, , type]) => type))).toEqual(
      new Set(['slack', 'teams', 'pagerduty', 'alertmanager', 'webhook']),
    );
  });

  it.each(examples.map(([, config = '', type, path = '']) => ({ type, config, path })))(
    'links what $type is sent',
    async ({ config, path }) => {
      const text = await shown(config);
      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(join(ROOT, path), text);
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
    },
  );
});
