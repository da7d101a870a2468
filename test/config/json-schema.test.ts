import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

describe('configJsonSchema', () => {
  const schema = configJsonSchema();

  it('describes what is written, not what it becomes', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      anyOf: [{ required: ['models'] }, { required: ['include'] }],
      additionalProperties: false,
    });
    const { model } = schema['$defs'] as Record<string, Record<string, unknown>>;
    expect(model?.['required']).toEqual(['name', 'task']);
    expect(JSON.stringify(model)).toContain('"size":{"type":"string","pattern":');
  });

  it('asks of a model what its defaults may give only where there are none', () => {
    const properties = schema['properties'] as Record<string, Record<string, unknown>>;
    expect(properties['models']?.['items']).toMatchObject({ required: ['name'] });
    expect(Object.keys(properties['model_defaults']?.['properties'] as object)).not.toContain('name');
    expect(properties['model_defaults']).not.toHaveProperty('properties.retrain.required');
    expect(properties['model_defaults']).toHaveProperty('properties.windows.items.required', ['size']);
    expect(schema).toMatchObject({
      if: { required: ['model_defaults'] },
      else: { properties: { models: { items: { $ref: '#/$defs/model' } } } },
    });
  });

  it.each([
    [true, { models: [{ name: 'a', task: 'regression' }] }],
    [false, { models: [{ name: 'a' }] }],
    [true, { include: 'models/*.yaml' }],
    [false, {}],
    [true, { model_defaults: { task: 'regression' }, models: [{ name: 'a' }] }],
    [false, { model_defaults: { task: 'regression' }, models: [{ task: 'regression' }] }],
    [false, { model_defaults: { name: 'a' }, models: [{ name: 'a', task: 'regression' }] }],
    [
      true,
      { model_defaults: { retrain: { cooldown: '1d' } }, models: [{ name: 'a', retrain: { webhook: 'w' } }] },
    ],
    [false, { models: [{ name: 'a', task: 'regression', retrain: { webhook: 'w' } }] }],
  ])('accepts (%s) what an editor is given: %j', (accepted, file) => {
    expect(new Ajv2020({ strict: false }).validate(schema, file)).toBe(accepted);
  });

  it('forbids unknown keys everywhere', () => {
    const open: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const entry = node as Record<string, unknown>;
      if (entry['type'] === 'object' && entry['additionalProperties'] === undefined) open.push(path);
      for (const [key, child] of Object.entries(entry)) walk(child, `${path}.${key}`);
    };
    walk(schema, '');
    expect(open).toEqual([]);
  });

  it('has only patterns that every language knows', () => {
    const patterns = [...JSON.stringify(schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, one]) => JSON.parse(one ?? '') as string,
    );
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern)).not.toThrow();
      expect(pattern).not.toMatch(/\\[pP]\{|\(\?[^:]/);
    }
  });
});
