import { describe, expect, it } from 'vitest';
import type { Table } from '../../src/core/table.ts';
import { tableToEvents } from '../../src/ingest/file/table-events.ts';
import { decodeText, eventOf } from '../decode/decode.ts';

const MARCH_MS = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const OPTIONS = { model: 'credit "risk"', version: '3', startMs: MARCH_MS, stepMs: HOUR_MS };

const table: Table = {
  rows: 3,
  features: [
    { name: 'age', kind: 'numeric', values: Float64Array.of(42, Number.NaN, Infinity), invalid: 0 },
    {
      name: '__proto__',
      kind: 'categorical',
      codes: Int32Array.of(0, 1, -1),
      levels: ['DE', 'F"R'],
      invalid: 0,
    },
    {
      name: 'member',
      kind: 'boolean',
      codes: Int32Array.of(1, 0, -1),
      levels: ['false', 'true'],
      invalid: 0,
    },
  ],
  prediction: {
    name: 'prediction',
    kind: 'categorical',
    codes: Int32Array.of(0, 1, 0),
    levels: ['approve', 'deny'],
    invalid: 0,
  },
  score: { name: 'score', kind: 'numeric', values: Float64Array.of(0.9, Number.NaN, 0.7), invalid: 0 },
  label: {
    name: 'label',
    kind: 'categorical',
    codes: Int32Array.of(0, -1, 1),
    levels: ['approve', 'deny'],
    invalid: 0,
  },
  timestampMs: null,
  predictionId: null,
};
const told = (given: Table, options: object = {}) =>
  [...tableToEvents(given, { ...OPTIONS, ...options })].map(({ type, predictionId, timestampMs }) => [
    type,
    predictionId,
    (timestampMs - MARCH_MS) / HOUR_MS,
  ]);

describe('rows as events', () => {
  it('are what the decoder reads back', () => {
    const events = [...tableToEvents(table, OPTIONS)].map(({ json }) => eventOf(decodeText(json)));
    expect(events).toHaveLength(5);
    expect(events[0]).toMatchObject({
      type: 'prediction',
      model: 'credit "risk"',
      modelVersion: '3',
      predictionId: '1',
      timestampMs: MARCH_MS,
      features: new Map<string, unknown>([
        ['age', 42],
        ['__proto__', 'DE'],
        ['member', true],
      ]),
      prediction: 'approve',
      score: 0.9,
    });
    expect(events[1]).toMatchObject({
      type: 'label',
      predictionId: '1',
      label: 'approve',
      timestampMs: MARCH_MS,
    });
    expect(events[2]).toMatchObject({
      features: new Map<string, unknown>([
        ['age', null],
        ['__proto__', 'F"R'],
        ['member', false],
      ]),
      score: null,
    });
    expect(events[3]).toMatchObject({
      features: new Map<string, unknown>([
        ['age', 'Infinity'],
        ['__proto__', null],
        ['member', null],
      ]),
    });
  });

  it('have labels after the delay, all in order of time, and none where the row has none', () => {
    expect(told(table, { labelDelayMs: 1.5 * HOUR_MS, idPrefix: 'row-' })).toEqual([
      ['prediction', 'row-1', 0],
      ['prediction', 'row-2', 1],
      ['label', 'row-1', 1.5],
      ['prediction', 'row-3', 2],
      ['label', 'row-3', 3.5],
    ]);
  });

  it('keep their own times and ids, and are put in order', () => {
    const own: Table = {
      ...table,
      timestampMs: Float64Array.of(MARCH_MS + 5 * HOUR_MS, Number.NaN, MARCH_MS),
      predictionId: ['c', 'b', null],
    };
    expect(told(own)).toEqual([
      ['prediction', '3', 0],
      ['label', '3', 0],
      ['prediction', 'b', 1],
      ['prediction', 'c', 5],
      ['label', 'c', 5],
    ]);
  });

  it('in regression are numbers, and a missing one is left null', () => {
    const numeric = (name: string, ...values: number[]) => ({
      name,
      kind: 'numeric' as const,
      values: Float64Array.from(values),
      invalid: 0,
    });
    const regression: Table = {
      ...table,
      rows: 2,
      prediction: numeric('prediction', 3.5, Number.NaN),
      score: null,
      label: numeric('label', 4, Number.NaN),
    };
    const events = [...tableToEvents(regression, OPTIONS)].map(({ json }) => eventOf(decodeText(json)));
    expect(events).toMatchObject([{ prediction: 3.5 }, { type: 'label', label: 4 }, { prediction: null }]);
  });

  it('say how predictions were made where the table does', () => {
    const amounts = (name: string, ...values: number[]) =>
      ({ name, kind: 'numeric', values: Float64Array.from(values), invalid: 0 }) as const;
    const error = {
      name: 'error',
      kind: 'categorical',
      codes: Int32Array.of(0, 1, -1),
      levels: ['time"out', 'False'],
      invalid: 0,
    } as const;
    const operation = {
      latencyMs: amounts('latency_ms', 12.5, Number.NaN, Infinity),
      cost: null,
      energyJ: amounts('energy_j', 1, 2, 3),
      error,
    };
    const events = [...tableToEvents({ ...table, label: null, operation }, OPTIONS)];
    expect(events.map(({ json }) => eventOf(decodeText(json)))).toMatchObject([
      { latencyMs: 12.5, energyJ: 1, cost: null, error: 'time"out' },
      { latencyMs: null, energyJ: 2, error: null },
      { latencyMs: null, energyJ: 3, error: null },
    ]);
  });

  it('of no rows are none', () => {
    expect(told({ ...table, rows: 0 })).toEqual([]);
    expect(told({ ...table, label: null }).map(([type]) => type)).toEqual(Array(3).fill('prediction'));
  });
});
