import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/stats/detectors/create-detector.ts';
import { detectOverSeries } from '../../../src/stats/detectors/detect-over-series.ts';
import type { Detector } from '../../../src/stats/detectors/detector.ts';
import { electricityPrices, errorsWithChange } from './streams.ts';

function make(name: string, options: Record<string, number> = {}): Detector {
  const created = createDetector(name, options);
  if (!created.ok) throw new Error(created.error.detail);
  return created.value;
}

describe('a detector over a series', () => {
  const step = errorsWithChange(3, [1_000, 0.1], [1_000, 0.6]);

  it('tells when it alarmed and where the change began', () => {
    const { drifts, skipped } = detectOverSeries(step, make('adwin'));
    expect(skipped).toBe(0);
    expect(drifts).toHaveLength(1);
    expect(drifts[0]?.index).toBeGreaterThanOrEqual(1_000);
    expect(drifts[0]?.index).toBeLessThan(1_100);
    expect(Math.abs((drifts[0]?.changeIndex ?? 0) - 1_000)).toBeLessThan(16);
  });

  it('counts gaps, and takes the beginning back over them', () => {
    const holed = Float64Array.from({ length: 2 * step.length }, (_, i) =>
      i % 2 === 0 ? (step[i / 2] ?? 0) : Number.NaN,
    );
    const plain = detectOverSeries(step, make('adwin'));
    const { drifts, skipped } = detectOverSeries(holed, make('adwin'));
    expect(skipped).toBe(step.length);
    expect(drifts).toEqual(
      plain.drifts.map(({ index, changeIndex }) => ({
        index: 2 * index,
        changeIndex: 2 * (changeIndex ?? 0),
      })),
    );
  });

  it('goes on over two series, and says when a change began in the first', () => {
    const detector = make('adwin');
    const { drifts } = detectOverSeries(step, make('adwin'));
    const alarm = drifts[0]?.index ?? 0;
    expect(detectOverSeries(step.slice(0, alarm - 5), detector).drifts).toEqual([]);
    const rest = detectOverSeries(step.slice(alarm - 5), detector);
    expect(rest.drifts[0]?.index).toBe(5);
    expect(rest.drifts[0]?.changeIndex).toBe((drifts[0]?.changeIndex ?? 0) - (alarm - 5));
    expect(rest.drifts[0]?.changeIndex).toBeLessThan(0);
  });

  it('tells of a warning that is still on', () => {
    const { drifts } = detectOverSeries(step, make('ddm'));
    const alarm = drifts.find(({ index }) => index >= 1_000)?.index ?? 0;
    const { warningSince, warnings } = detectOverSeries(step.slice(0, alarm), make('ddm'));
    expect(warnings).toBeGreaterThan(0);
    expect(warningSince).toBeGreaterThanOrEqual(1_000);
    expect(detectOverSeries(step.slice(0, 900), make('adwin')).warningSince).toBeNull();
  });

  it('finds nothing in nothing', () => {
    expect(detectOverSeries([], make('adwin'))).toEqual({
      drifts: [],
      warnings: 0,
      warningSince: null,
      skipped: 0,
    });
  });

  it('finds the end of a constant in real prices, once they are on a scale', () => {
    const { values, changes } = electricityPrices();
    const detector = make('cusum', { standardize: 500, running_mean: 0, delta: 0.5, threshold: 10 });
    const [first] = detectOverSeries(values, detector).drifts;
    expect(first?.index).toBe((changes[0] ?? 0) + 30);
  });
});
