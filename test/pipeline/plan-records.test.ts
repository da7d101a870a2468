import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { LabelEvent, PredictionEvent } from '../../src/core/events/events.ts';
import { fail, ok } from '../../src/core/result.ts';
import { deadLetter } from '../../src/decode/dead-letter.ts';
import { type DecodedRecord, planRecords } from '../../src/pipeline/intake/plan-records.ts';
import { EventTimes } from '../../src/window/event-times.ts';
import { modelSpec } from '../harness/model-spec.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const model = { id: 1, spec: modelSpec() };
const other = { id: 2, spec: modelSpec({ name: 'other' }) };
const catalog = { model: (name: string) => (name === 'other' ? other : model) };

/** One message whose events lie one in each of these hours before noon. */
function message(
  offset: bigint,
  hours: readonly number[],
  changes: Partial<PredictionEvent> = {},
): DecodedRecord[] {
  const position = { source: 'kafka:calls', partition: 0, offset };
  return hours.map((hour, row) => {
    const event: PredictionEvent = {
      type: 'prediction',
      model: 'credit-risk',
      modelVersion: '1',
      predictionId: null,
      timestampMs: NOON - hour * HOUR_MS,
      position,
      features: new Map(),
      tags: new Map(),
      prediction: 'approve',
      score: null,
      probabilities: null,
      latencyMs: null,
      cost: null,
      energyJ: null,
      holdout: false,
      error: null,
      ...changes,
    };
    return {
      result: ok(event),
      type: 'prediction',
      position,
      bytes: Buffer.from(row === 0 ? 'message' : ''),
    };
  });
}

const hoursBack = (count: number): number[] => Array.from({ length: count }, (_, i) => count - 1 - i);
const kinds = (records: readonly DecodedRecord[]) =>
  planRecords(records, new EventTimes(), catalog).map((planned) =>
    planned.kind === 'uncounted' ? planned.outcome : planned.kind,
  );

test('a row is late by the rows before it, not by itself or those after it', () => {
  const old = 24 * 7;
  const rows = [old + 20, 1, old, old + 1, old + 2, 0].flatMap((hour, at) => message(BigInt(at), [hour]));
  // Grace is ten minutes: one hour more than accept_late is too late.
  expect(kinds(rows)).toEqual(['row', 'row', 'row', 'row', 'late', 'row']);
});

test('one message of too many windows is one dead letter, and moves no time', () => {
  const planned = planRecords(message(0n, hoursBack(501)), new EventTimes(), catalog);
  const letters = planned.flatMap((each) => (each.kind === 'too_many_windows' ? each : []));
  expect(letters).toHaveLength(501);
  expect(letters.filter(({ windows }) => windows !== null)).toHaveLength(1);
  expect(letters[0]).toMatchObject({
    windows: 501,
    letter: { reason: 'too_many_windows', bytes: Buffer.from('message') },
  });
  expect(kinds([...message(0n, hoursBack(501)), ...message(1n, [24 * 30])]).at(-1)).toBe('row');
  expect(new Set(kinds([...message(0n, hoursBack(500)), ...message(1n, [24 * 30])]).slice(0, 500))).toEqual(
    new Set(['row']),
  );
  expect(kinds([...message(0n, hoursBack(500)), ...message(1n, [24 * 30])]).at(-1)).toBe('late');
});

test('a row is late from the first millisecond beyond grace and accept_late', () => {
  // Ten minutes and seven days, in hours.
  const bound = 24 * 7 + 1 / 6;
  const ms = 1 / HOUR_MS;
  const rows = [0, bound, bound + ms, bound - ms].flatMap((hour, at) => message(BigInt(at), [hour]));
  expect(kinds(rows)).toEqual(['row', 'row', 'late', 'row']);
});

test('neither a label nor a dead letter nor another model moves time; another version of the model does', () => {
  const old = 24 * 30;
  const position = { source: 'kafka:calls', partition: 0, offset: 1n };
  const label: LabelEvent = {
    type: 'label',
    model: 'credit-risk',
    timestampMs: NOON,
    predictionId: 'p',
    position,
    label: 'approve',
    labelSource: 'natural',
    final: true,
  };
  const bytes = Buffer.from('message');
  const future = deadLetter(position, 'timestamp_in_future', '', bytes, 'credit-risk');
  const moveNothing: DecodedRecord[] = [
    { result: ok(label), type: 'label', position, bytes },
    { result: fail(future), type: 'prediction', position: { ...position, offset: 2n }, bytes },
    ...message(3n, [0], { model: 'other' }),
  ];
  const before = message(0n, [old]);
  expect(kinds([...before, ...moveNothing, ...message(4n, [old + 1])])).toEqual([
    'row',
    'label',
    'refused',
    'row',
    'row',
  ]);
  const newer = message(3n, [0], { modelVersion: '2' });
  expect(kinds([...before, ...newer, ...message(4n, [old + 1])])).toEqual(['row', 'row', 'late']);
});
