import { expect, it } from 'vitest';
import { createAssignment } from '../../../src/ingest/kafka/assignment.ts';

const OWNED = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 1 },
];

it('knows the lag once both the position and the end are known', () => {
  const assignment = createAssignment();
  assignment.replace(OWNED);
  assignment.observe(
    'a',
    [
      { partition: 0, low: '5', high: '20' },
      { partition: 7, low: '0', high: '1' },
    ],
    123,
  );
  assignment.moveTo('a', 0, 12n);
  expect(assignment.lag()).toEqual([
    {
      source: 'kafka:a',
      topic: 'a',
      partition: 0,
      position: 12n,
      lowOffset: 5n,
      highOffset: 20n,
      lag: 8n,
      observedAtMs: 123,
    },
    {
      source: 'kafka:a',
      topic: 'a',
      partition: 1,
      position: null,
      lowOffset: 0n,
      highOffset: 0n,
      lag: null,
      observedAtMs: 0,
    },
  ]);
  // The end was observed before the position passed it.
  assignment.moveTo('a', 0, 25n);
  expect(assignment.lag()[0]?.lag).toBe(0n);
});

it('reports a durable position until it has been committed', () => {
  const assignment = createAssignment();
  assignment.replace(OWNED);
  const position = { topic: 'a', partition: 1, committedOffset: 9n };
  assignment.durable(position);
  assignment.durable({ topic: 'b', partition: 0, committedOffset: 1n });
  expect(assignment.uncommitted()).toEqual([position]);
  expect(assignment.uncommitted()).toEqual([position]);
  assignment.committed([position]);
  assignment.durable(position);
  expect(assignment.uncommitted()).toEqual([]);
  assignment.durable({ ...position, committedOffset: 10n });
  expect(assignment.uncommitted()).toEqual([{ ...position, committedOffset: 10n }]);
});

it('forgets everything with a new epoch', () => {
  const assignment = createAssignment();
  const before = assignment.replace(OWNED);
  assignment.moveTo('a', 0, 12n);
  assignment.durable({ topic: 'a', partition: 0, committedOffset: 9n });
  expect(assignment.replace([{ topic: 'a', partition: 0 }])).toBe(before + 1);
  expect(assignment.uncommitted()).toEqual([]);
  expect(assignment.lag()).toMatchObject([{ partition: 0, position: null }]);
  assignment.moveTo('a', 1, 3n);
  expect(assignment.assigned()).toEqual([
    { source: 'kafka:a', topic: 'a', partition: 0, lowOffset: 0n, highOffset: 0n },
  ]);
  expect(assignment.topics()).toEqual(['a']);
});
