/** `models[].features`: what people say of single columns. */
import { describe, expect, it } from 'vitest';
import { configOf } from './example.ts';

describe('features of a model', () => {
  it('come to the steps as they were said', async () => {
    const { models } = await configOf(`models:
  - name: m
    task: classification
    features:
      id: { kind: identifier }
      "a name: with a colon": { ignore: true }
      age: { importance: high, direction: down, min_effect: 0.05 }
      plain: {}
  - { name: n, task: regression }
`);
    expect(models[0]?.features).toEqual(
      new Map([
        ['id', { kind: 'identifier' }],
        ['a name: with a colon', { ignore: true }],
        ['age', { importance: 'high', direction: 'down', minEffect: 0.05 }],
        ['plain', {}],
      ]),
    );
    expect(models[1]).not.toHaveProperty('features');
  });
});
