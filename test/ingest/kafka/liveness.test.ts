import { expect, it } from 'vitest';
import { createLiveness } from '../../../src/ingest/kafka/liveness.ts';

function livenessAt(startMs: number) {
  let nowMs = startMs;
  const liveness = createLiveness({ nowMs: () => nowMs }, 90_000);
  return { liveness, advance: (byMs: number) => (nowMs += byMs) };
}

it('is measured by activity, not by promises', () => {
  const { liveness, advance } = livenessAt(1_000);
  advance(90_000);
  expect(liveness.health()).toEqual({ alive: true, reason: null, lastActivityMs: 1_000 });
  advance(1_000);
  expect(liveness.health()).toMatchObject({ alive: false, reason: 'no contact with Kafka for 91 s' });
  liveness.touch();
  expect(liveness.health()).toEqual({ alive: true, reason: null, lastActivityMs: 92_000 });
});

it('does not come back from a death for good, and keeps its first cause', () => {
  const { liveness } = livenessAt(0);
  liveness.die('the first cause');
  liveness.die('a second');
  liveness.touch();
  expect(liveness.health()).toMatchObject({ alive: false, reason: 'the first cause' });
});

it('names what is wrong while it lives, until that is over', () => {
  const { liveness } = livenessAt(0);
  liveness.concern('topics', 'no topic x');
  liveness.concern('handler', 'no database');
  liveness.concern('handler', 'no database still');
  expect(liveness.health()).toMatchObject({ alive: true, reason: 'no topic x; no database still' });
  liveness.concern('topics', null);
  liveness.concern('handler', null);
  expect(liveness.health().reason).toBeNull();
});
