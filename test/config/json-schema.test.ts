import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

describe('configJsonSchema', () => {
  const schema = configJsonSchema();

  it('describes what is written, not what it becomes', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['models'],
      additionalProperties: false,
    });
    const models = (schema['properties'] as Record<string, { items: Record<string, unknown> }>)['models']
      ?.items;
    expect(models?.['required']).toEqual(['name', 'task']);
    expect(JSON.stringify(models)).toContain('"size":{"type":"string","pattern":');
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
