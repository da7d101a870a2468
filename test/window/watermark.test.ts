import { expect, test } from 'vitest';
import { modelWatermark, type PartitionProgress } from '../../src/window/watermark.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const MINUTE = 60_000;

function partition(overrides: Partial<PartitionProgress>): PartitionProgress {
  return {
    source: 'kafka:ml.predictions',
    partition: 0,
    caughtUp: false,
    progressedAtMs: NOON,
    holdsWatermark: true,
    maxEventMs: NOON,
    modelSeenAtMs: NOON,
    anyModelMaxEventMs: NOON,
    ...overrides,
  };
}

test('time is the slowest partition that may still deliver', () => {
  const partitions = [partition({}), partition({ partition: 1, maxEventMs: NOON - 5 * MINUTE })];
  expect(modelWatermark(partitions, NOON, MINUTE)).toBe(NOON - 5 * MINUTE);
});

test('a partition read to its end and silent for long enough no longer holds time', () => {
  const idle = partition({
    caughtUp: true,
    progressedAtMs: NOON - 2 * MINUTE,
    maxEventMs: NOON - 120 * MINUTE,
  });
  expect(modelWatermark([partition({}), idle], NOON, MINUTE)).toBe(NOON);
  // With lag it holds, however long it has been silent.
  expect(modelWatermark([partition({}), { ...idle, caughtUp: false }], NOON, MINUTE)).toBe(
    NOON - 120 * MINUTE,
  );
});

test('a partition that has not delivered anything yet holds time until it is idle', () => {
  const silent = partition({
    maxEventMs: null,
    modelSeenAtMs: null,
    anyModelMaxEventMs: null,
    caughtUp: true,
  });
  expect(modelWatermark([partition({}), silent], NOON + 1, MINUTE)).toBeNull();
  expect(modelWatermark([partition({ progressedAtMs: NOON + MINUTE }), silent], NOON + MINUTE, MINUTE)).toBe(
    NOON,
  );
});

test('a model that fell silent in a busy log takes the time of the others', () => {
  const retired = partition({
    maxEventMs: NOON - 600 * MINUTE,
    modelSeenAtMs: NOON - 600 * MINUTE,
    anyModelMaxEventMs: NOON,
  });
  expect(modelWatermark([retired], NOON, MINUTE)).toBe(NOON);
});

test('when everything is silent the wall clock moves time, trailing by the idle time', () => {
  const idle = partition({ caughtUp: true, progressedAtMs: NOON });
  expect(modelWatermark([idle], NOON + 10 * MINUTE, MINUTE)).toBe(NOON + 9 * MINUTE);
});

test('label logs never hold time, and nothing known is no time at all', () => {
  const labels = partition({ holdsWatermark: false, maxEventMs: 0 });
  expect(modelWatermark([partition({}), labels], NOON, MINUTE)).toBe(NOON);
  expect(modelWatermark([labels], NOON, MINUTE)).toBeNull();
  expect(modelWatermark([], NOON, MINUTE)).toBeNull();
});
