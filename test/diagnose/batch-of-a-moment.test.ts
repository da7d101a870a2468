import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import { stretchesOfLength } from '../../src/diagnose/samples/stretches.ts';
import { draws } from '../../src/simulate/draws.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';
import { judge } from './judge.ts';

const YEAR_MS = Date.UTC(2023, 0, 1);

interface Scores {
  readonly seed: number;
  readonly rows: number;
  readonly stepMs: number;
  readonly from: number;
  /** Whether the two columns have to do with each other. */
  readonly together: boolean;
}

function scores({ seed, rows, stepMs, from, together }: Scores): Table {
  const { normal, uniform } = draws(seed);
  const cells = Array.from({ length: rows }, () => {
    const x = normal();
    const y = 0.9 * (together ? x : normal()) + 0.4 * normal();
    return { x, y, isYes: uniform() < 1 / (1 + Math.exp(-x - y)) };
  });
  const named = (is: boolean): string => (is ? 'yes' : 'no');
  return {
    ...tableOf(
      [
        numericColumn(
          'x',
          cells.map(({ x }) => x),
        ),
        numericColumn(
          'y',
          cells.map(({ y }) => y),
        ),
      ],
      {
        prediction: levelColumn(
          'prediction',
          cells.map(({ x }) => named(x > 0)),
        ),
        label: levelColumn(
          'label',
          cells.map(({ isYes }) => named(isYes)),
        ),
      },
    ),
    timestampMs: Float64Array.from({ length: rows }, (_, row) => from + row * stepMs),
  };
}

describe('a batch that was written in a moment, beside three years', () => {
  const reference = scores({ seed: 1, rows: 6_000, stepMs: 4 * HOUR_MS, from: YEAR_MS, together: true });

  it.each([0, 0.002])('is judged, %d ms a row', (stepMs) => {
    const from = YEAR_MS + 6_000 * 4 * HOUR_MS;
    const current = scores({ seed: 2, rows: 1_000, stepMs, from, together: false });
    const { verdict, reason } = judge('classification', { reference, current });
    // What went together over years may have had nothing to do with each other within a moment: nobody knows.
    expect({ verdict, reason }).toEqual({ verdict: 'none', reason: null });
  });

  it('has no more stretches than rows, in order of time', () => {
    const times = Float64Array.of(3e13, 0, Number.NaN, 1, 0);
    expect(stretchesOfLength(times, { from: 0, length: 3e13 }, 1)).toEqual({
      of: Int32Array.of(2, 0, -1, 1, 0),
      count: 3,
    });
  });
});
