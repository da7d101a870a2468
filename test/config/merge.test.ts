/** Anchors, aliases and merge keys mean what YAML says; their mistakes have fixtures. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { configOf } from './example.ts';

test('own keys stand, and of those merged the first that has a key gives it', async () => {
  const { models } = await configOf(`models:
  - &a { name: a, task: classification, min_rows: 10, labels: { horizon: 9d } }
  - &b { <<: *a, name: b, min_rows: 20 }
  - { <<: [*b, *a, { min_rows: 30, sampling: 0.5 }], name: c, labels: { mature_after: 8d } }
`);
  const read = models.map(({ name, minRows, sampling }) => [name, minRows, sampling]);
  expect(read).toEqual([
    ['a', 10, undefined],
    ['b', 20, undefined],
    ['c', 20, 0.5],
  ]);
  const day = 86_400_000;
  expect(models.map(({ labels }) => labels.horizonMs / day)).toEqual([9, 9, 30]);
});

test('a merge key in quotes is a key like any other', async () => {
  await expect(
    configOf('models:\n  - { name: a, task: regression, "<<": { min_rows: 2 } }\n'),
  ).rejects.toThrow('shiftwatch.yaml:2:34: models[0]["<<"]: unknown key');
});

test('one anchor stands for what hundreds of models share', async () => {
  const others = Array.from({ length: 500 }, (_, at) => `  - { <<: *base, name: m${at}, windows: *w }\n`);
  const { models } = await configOf(
    `models:\n  - &base { name: m, task: regression, windows: &w [{ size: 1h }, { size: 1d }] }\n${others.join('')}`,
  );
  expect(models).toHaveLength(501);
  expect(models.every(({ windows }) => windows.length === 2)).toBe(true);
});

test('a reference behind a merge is one wherever it is read', async () => {
  const text = `webhooks:
  a: &a { url: "https://example.org", secret: "\${SECRET}" }
  b: { <<: *a, url: "https://example.com" }
models: [{ name: m, task: regression }]
`;
  const { source } = await configOf(text, { SECRET: 'hunter2' });
  expect([...source.references]).toEqual([
    ['webhooks.a.secret', '${SECRET}'],
    ['webhooks.b.secret', '${SECRET}'],
  ]);
  const unset = await parseConfig(text, { file: 'f', env: {}, readFile: () => Promise.reject(new Error()) });
  expect(unset).toMatchObject({ error: [{ line: 2, column: 47, path: 'webhooks.a.secret' }] });
});
