import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import { HEAT_STEPS, heatColumnAt, heatColumns, heatMove, heatStep } from '../../src/picture/heat.ts';

const hour = (n: number): string => new Date(n * HOUR_MS).toISOString();

describe('the heat map', () => {
  it('has a step of the scale for each distance', () => {
    expect([0, 0.049, 0.05, 0.12, 0.5, 1].map(heatStep)).toEqual([0, 0, 1, 2, 6, HEAT_STEPS.length - 1]);
  });

  it('lies on a true axis of time, cut at the period, with a gap where there were no windows', () => {
    const spans = [
      { start: hour(-1), end: hour(1) },
      { start: hour(1), end: hour(2) },
      { start: hour(8), end: hour(10) },
    ];
    const columns = heatColumns(spans, { fromMs: 0, toMs: 10 * HOUR_MS }, [100, 200]);
    expect(columns).toEqual([
      { x: 100, width: 10 },
      { x: 110, width: 10 },
      { x: 180, width: 20 },
    ]);
    expect([99, 100, 109.9, 110, 150, 199].map((x) => heatColumnAt(columns, x))).toEqual([
      -1, 0, 0, 1, -1, 2,
    ]);
  });

  it('shows a column that is narrower than a pixel', () => {
    const [column] = heatColumns(
      [{ start: hour(1), end: hour(2) }],
      { fromMs: 0, toMs: 1e6 * HOUR_MS },
      [0, 100],
    );
    expect(column?.width).toBe(1);
  });

  it('is moved over by keys, and never left', () => {
    const size = { rows: 30, columns: 5 };
    const from = { row: 12, column: 4 };
    expect(heatMove(from, 'ArrowRight', size)).toEqual(from);
    expect(heatMove(from, 'ArrowLeft', size)).toEqual({ row: 12, column: 3 });
    expect(heatMove(from, 'PageUp', size)).toEqual({ row: 2, column: 4 });
    expect(heatMove(heatMove(from, 'PageDown', size) ?? from, 'PageDown', size)).toEqual({
      row: 29,
      column: 4,
    });
    expect(heatMove(from, 'Home', size)).toEqual({ row: 12, column: 0 });
    expect(heatMove(from, 'Tab', size)).toBeNull();
  });
});
