import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

describe('nearest', () => {
  it.each([
    ['taks', ['task', 'name'], 'task'],
    ['TASK', ['task'], 'task'],
    ['ag', ['age', 'wage'], 'age'],
    ['colour', ['task', 'name'], null],
    ['x', ['abc'], null],
    ['', ['task'], null],
    ['task', [], null],
    ['__proto__', ['constructor'], null],
  ] as const)('%s among %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it('does not walk through words of very different length', () => {
    expect(nearest('a'.repeat(100_000), ['b'.repeat(10), 'task'])).toBeNull();
  });
});
