import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { testApi } from './fakes.ts';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema?: unknown }> }>;
}

async function document(): Promise<Json> {
  return (await testApi().app.inject('/api/v1/openapi.json')).json<Json>();
}

/** Everything that stands where a schema does, with its place. */
function* schemas(part: unknown, place: string): Generator<readonly [string, unknown]> {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, item] of Object.entries(part)) {
    const at = `${place}/${key}`;
    if (key === 'schema' || place === '/components/schemas') yield [at, item];
    else yield* schemas(item, at);
  }
}

it('is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(await document()));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

it('holds nothing but valid JSON Schemas', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const whole = await document();
  const all = [...schemas(whole, '')];
  expect(all.length).toBeGreaterThan(100);
  const wrong = all.flatMap(([place, schema]) =>
    ajv.validateSchema(schema as object) === true
      ? []
      : (ajv.errors ?? []).map(({ instancePath, message }) => `${place}${instancePath}: ${message ?? ''}`),
  );
  expect(wrong).toEqual([]);
});

it('holds nothing that generators of clients stumble over', async () => {
  const whole = await document();
  const text = JSON.stringify(whole);
  const patterns = new Set(
    [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, one]) => JSON.parse(one ?? '') as string),
  );
  expect(patterns.size).toBeGreaterThan(2);
  // Without a flag, as JSON Schema says, and without what only some languages know.
  for (const pattern of patterns) {
    expect(() => new RegExp(pattern)).not.toThrow();
    expect(pattern).not.toMatch(/\\[pP]\{|\(\?[^:]/);
  }
  // `items: false` behind a tuple is valid, and many tools expect a schema there.
  expect(booleanItems(whole, '')).toEqual([]);
  expect(whole['servers']).toEqual([{ url: '/', description: expect.any(String) }]);
});

it('says of every success what it holds, unless it holds nothing', async () => {
  const { paths } = (await document()) as { paths: Record<string, Record<string, Operation>> };
  const unsaid = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) => {
      const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      if (successes.length === 0) return [`${method} ${path}: no success`];
      return successes.flatMap(([status, { content = {} }]) => {
        const kinds = Object.entries(content);
        const isSaid = kinds.length > 0 && kinds.every(([, { schema }]) => schema !== undefined);
        return isSaid || status === '204' || method === 'head' ? [] : [`${method} ${path}: ${status}`];
      });
    }),
  );
  expect(unsaid).toEqual([]);
});

it('names no schema that nothing refers to, and none twice', async () => {
  const whole = await document();
  const { schemas: named } = whole['components'] as { schemas: Record<string, unknown> };
  const reached = new Set<string>();
  const wanted = [whole['paths']];
  while (wanted.length > 0) {
    const references = JSON.stringify(wanted.pop()).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name = ''] of references) {
      if (!reached.has(name)) wanted.push(named[name]);
      reached.add(name);
    }
  }
  expect(Object.keys(named).filter((name) => !reached.has(name))).toEqual([]);
  expect(Object.keys(named).filter((name) => name.endsWith('Input'))).toEqual([]);
});

function booleanItems(part: unknown, place: string): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, item]) =>
    key === 'items' && typeof item === 'boolean' ? [place] : booleanItems(item, `${place}/${key}`),
  );
}
