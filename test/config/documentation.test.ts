/** The examples of docs/configuration.md are configurations that work, and its defaults are the defaults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { configOf } from './example.ts';

const read = (page: string): string => readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
const text = read('configuration.md');
const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');

const ENV = {
  DATABASE_URL: 'postgres://localhost/shiftwatch',
  KAFKA_BROKERS: 'k1:9092,k2:9092',
  KAFKA_PASSWORD: 'p',
  SMTP_URL: 'smtp://localhost',
  AIRFLOW_TOKEN: 't',
  HOOK_HOST: 'example.org',
  WEBHOOK_SECRET: 's',
  OLD_WEBHOOK_SECRET: 'o',
  OIDC_SECRET: 'c',
};
const FILES = new Map([
  ['/etc/shiftwatch/kafka-ca.pem', 'PEM'],
  ['/etc/shiftwatch/webhook.secret', 's\n'],
]);

describe('docs/configuration.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it.each(examples)('example %#', async (example) => {
    await expect(configOf(example, ENV, FILES)).resolves.toHaveProperty('models');
  });

  it('tells the defaults as they are', async () => {
    const rows = [...text.matchAll(/^\| `([a-z_.]+)` \| `([^`]*)` \|/gm)].map(([, key, value]) => [
      key,
      value,
    ]);
    const minimal = `models: [{ name: m, task: regression, retrain: { webhook: h, triggers: { drift: [concept_drift] } } }]
kafka: { brokers: "k:1", topics: { labels: [l] } }
webhooks: { h: { url: "https://example.org", secret: s } }`;
    const { effective } = (await configOf(minimal)).source;
    const model: Record<string, unknown> = { ...effective.models[0] };
    const lookUp = (key: string): unknown =>
      [effective, model]
        .map((root) =>
          key
            .split('.')
            .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], root),
        )
        .find((value) => value !== undefined);
    const checked = rows.filter(([key = '']) => lookUp(key) !== undefined);
    expect(checked.length).toBeGreaterThan(15);
    for (const [key = '', value] of checked) expect([key, String(lookUp(key))]).toEqual([key, value]);
  });

  it('names every key that the schema has, or a page that it links does', () => {
    const linked = new Set([...text.matchAll(/\]\(([a-z-]+\.md)/g)].map(([, page = '']) => page));
    const pages = [text, ...[...linked].map(read)];
    const code = pages.flatMap((page) => page.match(/```[\s\S]*?```|`[^`]+`/g) ?? []);
    const words = new Set(code.flatMap((each) => each.match(/[a-z_0-9]+/g) ?? []));
    const keys = new Set(keysOf(configJsonSchema()));
    expect(keys.size).toBeGreaterThan(100);
    expect([...keys].filter((key) => !words.has(key))).toEqual([]);
  });
});

/** Of every mapping in the schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Object.entries(schema).flatMap(([name, value]) =>
    name === 'properties' ? Object.keys(value as object) : [],
  );
  return [...own, ...Object.values(schema).flatMap(keysOf)];
}
