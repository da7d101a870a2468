import { expect, test } from 'vitest';
import { labelPositionKey, labelSourceRank, outranks } from '../../src/core/events/effective-label.ts';
import { LABEL_SOURCES, type LabelEvent } from '../../src/core/events/events.ts';
import { LabelColumns } from '../../src/core/events/label-columns.ts';
import { idHash } from '../../src/core/ids/id-hash.ts';
import { createRandom } from '../../src/stats/random.ts';

const random = createRandom(11);
const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;

/** Few values each, so that many are alike in all but one. */
function labelEvent(i: number): LabelEvent {
  return {
    type: 'label',
    model: 'm',
    position: {
      source: one(['kafka:a', 'kafka:b', 'http']),
      partition: one([0, 7, 123]),
      offset: one([0n, 9n, 10n, 2n ** 53n + 1n, BigInt(i)]),
    },
    timestampMs: one([0, 1_750_000_000_000, 1_750_000_000_001]),
    predictionId: one(['a1', 'ü', `p${i}`]),
    label: one(['deny', 'approve', '', 0, -1.5]),
    labelSource: one(LABEL_SOURCES),
    final: one([true, false]),
  };
}

const events = Array.from({ length: 1_000 }, (_, i) => labelEvent(i));
const columns = new LabelColumns();
for (const [i, event] of events.entries()) columns.add(i % 3, event);
const candidateOf = ({ label, labelSource, final, timestampMs, position }: LabelEvent) => ({
  label,
  sourceRank: labelSourceRank(labelSource),
  final,
  atMs: timestampMs,
  position: labelPositionKey(position.source, position.partition, position.offset),
});

test('labels in columns say what their events said, and what they say in the database', () => {
  expect(columns.length).toBe(events.length);
  for (const [i, event] of events.entries()) {
    expect(columns.candidate(i)).toEqual(candidateOf(event));
    expect(columns.predictionId(i)).toBe(event.predictionId);
    expect(columns.text(i)).toBe(typeof event.label === 'string' ? event.label : null);
  }
  expect(columns.map((each) => each)).toEqual(
    events.map(({ predictionId }, i) => ({ modelId: i % 3, idHash: idHash(predictionId) })),
  );
});

test('those that waited in the database come back as they were', () => {
  const again = new LabelColumns();
  const kept = events.map((event, modelId) => ({
    ...candidateOf(event),
    modelId,
    idHash: idHash(event.predictionId),
  }));
  // No program of ours has written such a position; it is kept as it is all the same.
  kept.push({ ...kept[0]!, position: 'by/hand' }, { ...kept[0]!, position: '' });
  for (const label of kept) again.addKept(label);
  for (const [i, { modelId, idHash: hash, ...candidate }] of kept.entries()) {
    expect(again.candidate(i)).toEqual(candidate);
    expect([again.modelIds[i], again.idHash(i)]).toEqual([modelId, hash]);
  }
});

test('one outranks another as its event does', () => {
  let alike = 0;
  for (let n = 0; n < 20_000; n++) {
    const [a, b] = [Math.floor(random() * 1_000), Math.floor(random() * 1_000)];
    const [first, other] = [candidateOf(events[a]!), candidateOf(events[b]!)];
    if (first.sourceRank === other.sourceRank && first.final === other.final && first.atMs === other.atMs)
      alike += 1;
    expect(columns.outranks(a, b)).toBe(outranks(first, other));
  }
  expect(alike).toBeGreaterThan(500);
});
