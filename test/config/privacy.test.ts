import { expect, it } from 'vitest';
import { maskSecrets } from '../../src/config/mask-secrets.ts';
import { configOf } from './example.ts';

const KEY = 'a key that nobody else knows, really';
const said = async (model: string, all = '') =>
  await configOf(
    `privacy: { key: "\${KEY}" ${all} }\nmodels: [{ name: m, task: regression, privacy: { ${model} } }]`,
    { KEY },
  );

it('is of a model, with the key and the default of all', async () => {
  const [model] = (await said('drop: [iban], hash: [email, prediction_id]', ', min_count: 7')).models;
  expect([...(model?.privateFields?.drop ?? [])]).toEqual(['iban']);
  expect([...(model?.privateFields?.hash ?? [])]).toEqual(['email', 'prediction_id']);
  expect(model?.minCount).toBe(7);
  const [other] = (await said('min_count: 3', ', min_count: 7')).models;
  expect(other).toMatchObject({ minCount: 3 });
  expect(other).not.toHaveProperty('privateFields');
  const [none] = (await said('min_count: 1')).models;
  expect(none).not.toHaveProperty('minCount');
});

it('shows names and never the key, however what it made is printed', async () => {
  const config = await said('hash: [email]');
  expect(maskSecrets(config).privacy.key).toBe('***');
  expect(maskSecrets(config).models[0]?.privacy.hash).toEqual(['email']);
  expect(JSON.stringify({ ...config, source: null })).not.toContain('nobody else');
});
