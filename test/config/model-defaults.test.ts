/** What `model_defaults` gives to models; its mistakes have fixtures. */
import { expect, test } from 'vitest';
import { maskSecrets } from '../../src/config/mask-secrets.ts';
import { configOf } from './example.ts';

const DEFAULTS = `model_defaults:
  task: classification
  windows: [{ size: 1h }, { size: 1d }]
  segments: [country, "\${SEGMENT}"]
  alerts: { for: 3, clear: 0.7, digest: { at: "09:00" } }
  features: { age: { kind: numeric, importance: high } }
`;
const ENV = { SEGMENT: 'branch' };

test('mappings are merged under a model’s own, and all else is replaced', async () => {
  const config = await configOf(
    `${DEFAULTS}models:
  - { name: a }
  - { name: b, task: regression, windows: [{ size: 6h }], segments: [] }
  - { name: c, alerts: { for: 1, digest: off }, features: { age: { importance: low }, sex: { ignore: true } } }
`,
    ENV,
  );
  // What `config print` shows.
  const { models, ...file } = maskSecrets(config);
  expect(file).not.toHaveProperty('model_defaults');
  expect(models).toMatchObject([
    { task: 'classification', windows: [{ size: '1h' }, { size: '1d' }], segments: ['country', 'branch'] },
    { task: 'regression', windows: [{ size: '6h', grace: '10m' }], segments: [] },
    { task: 'classification', segments: ['country', 'branch'] },
  ]);
  expect(models.map(({ alerts }) => [alerts.for, alerts.clear, alerts.digest])).toEqual([
    [3, 0.7, { at: '09:00' }],
    [3, 0.7, { at: '09:00' }],
    [1, 0.7, 'off'],
  ]);
  expect(models[2]?.features).toEqual({
    age: { kind: 'numeric', importance: 'low' },
    sex: { ignore: true },
  });
});

test('what a model has by a merge key is its own', async () => {
  const { models } = await configOf(
    `${DEFAULTS}models:
  - &a { name: a, alerts: { for: 5 }, min_rows: 7 }
  - { <<: *a, name: b }
`,
    ENV,
  );
  expect(models.map(({ minRows }) => minRows)).toEqual([7, 7]);
  expect(models.map(({ windows }) => windows.length)).toEqual([2, 2]);
});

test('no defaults change nothing', async () => {
  const models = 'models: [{ name: a, task: regression }]\n';
  const { source: empty } = await configOf(`model_defaults: {}\n${models}`);
  const { source: without } = await configOf(models);
  expect(empty.effective).toEqual(without.effective);
});
