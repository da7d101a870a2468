/** `contracts/`: what others can hold their code to. `npm run docs` writes the files anew. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { eventJsonSchema } from '../../src/decode/event-schema.ts';
import { VERSION } from '../../src/pipeline/serve/version.ts';
import { testApi } from '../api/fakes.ts';

const FOLDER = join(import.meta.dirname, '../../contracts');

const contracts: Readonly<Record<string, () => Promise<object>>> = {
  'config.schema.json': async () => configJsonSchema(),
  'features.schema.json': async () => eventJsonSchema('features'),
  'label.schema.json': async () => eventJsonSchema('label'),
  'openapi.json': async () => {
    const { app } = testApi({ version: VERSION });
    return (await app.inject('/api/v1/openapi.json')).json<object>();
  },
  'prediction.schema.json': async () => eventJsonSchema('prediction'),
};

it.each(Object.keys(contracts))('contracts/%s is what the code declares', async (name) => {
  const made = `${JSON.stringify(await contracts[name]?.(), null, 2)}\n`;
  if (process.env['UPDATE_FIXTURES'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, name), made);
  }
  expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(made);
});

it('there are no others, and each schema has a name of its own and is one', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(contracts));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const ids = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.schema.json'))
    .map((name) => {
      const schema = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { $id: string };
      expect(ajv.validateSchema(schema)).toBe(true);
      ajv.compile(schema);
      return schema.$id;
    });
  expect(ids).toEqual(
    ['config', 'features', 'label', 'prediction'].map((id) => `urn:shiftwatch:schema:${id}`),
  );
});
