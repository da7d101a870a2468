import { expect, test } from 'vitest';
import { fleetSentence } from '../../src/words/fleet-sentence.ts';

const incident = {
  cause: 'shift',
  verdict: 'data_fault',
  subjects: ['age'],
  since: '2025-12-20T00:00:00.000Z',
} as const;
const worst = { model: 'credit-risk', incident };
const say = (models: number, needing: number, lookedAfter = 0): string =>
  fleetSentence(
    { models, needing: { models: needing, worst: needing === 0 ? null : worst, looked_after: lookedAfter } },
    () => '20 Dec 00:00 UTC',
  );

test('how many need somebody, which is worst, what, and since when', () => {
  expect(say(1_000, 2)).toBe(
    '2 of 1,000 models need someone; worst: credit-risk, data fault since 20 Dec 00:00 UTC.',
  );
  expect(say(1_000, 1, 3)).toBe(
    '1 of 1,000 models needs someone; worst: credit-risk, data fault since 20 Dec 00:00 UTC. 3 more are looked after.',
  );
  expect(say(1_000, 0)).toBe('None of 1,000 models needs someone.');
  expect(say(1, 0, 1)).toBe('None of 1 model needs someone. 1 is looked after.');
});
