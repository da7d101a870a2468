import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../../../src/act/charts/chart.ts';
import { drawChart } from '../../../src/act/charts/draw-chart.ts';
import { widthOf } from '../../../src/act/charts/lettering.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const name = fc.string({ minLength: 1, maxLength: 20 });
const bars = fc.array(fc.record({ name, reference: share, current: share }), { minLength: 2, maxLength: 16 });
const distribution: fc.Arbitrary<Chart> = fc.record({
  kind: fc.constant('distribution' as const),
  alt: fc.constant(''),
  feature: name,
  ordered: fc.boolean(),
  rows: fc.constant('this window'),
  bars: bars.filter((all) => all.some(({ reference, current }) => reference + current > 0.02)),
});
const figure = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const timeline: fc.Arbitrary<Chart> = fc.record({
  kind: fc.constant('timeline' as const),
  alt: fc.constant(''),
  title: name,
  points: fc
    .array(fc.record({ label: fc.constant('27 Feb 23:00'), value: fc.option(figure) }), {
      minLength: 2,
      maxLength: 60,
    })
    .filter((points) => points.filter(({ value }) => value !== null).length > 1),
  lines: fc.array(
    fc.record({ name: fc.constant('limit 0.83'), value: figure, style: fc.constant('limit' as const) }),
    { maxLength: 2 },
  ),
  beganAt: fc.constantFrom(null, 0, 1),
  percent: fc.boolean(),
});

/** Attributes of the elements of one name, in the order they stand. */
function all(svg: string, element: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${element} ([^>]*?)/?>`, 'g'))].map(([, said = '']) =>
    Object.fromEntries([...said.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}

describe('a drawing', () => {
  it('lies within its frame, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.oneof(distribution, timeline), (chart) => {
        const { svg, widthPx, heightPx } = drawChart(chart);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const { x, y, width, height } of all(svg, 'rect').slice(1)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(width)).toBeGreaterThanOrEqual(0);
          expect(Number(height)).toBeGreaterThanOrEqual(0);
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(widthPx);
          expect(Number(y) + Number(height)).toBeLessThanOrEqual(heightPx);
        }
        for (const { d = '' } of all(svg, 'path')) {
          for (const [, x, y] of d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
            expect(Number(x)).toBeLessThanOrEqual(widthPx);
            expect(Number(y)).toBeLessThanOrEqual(heightPx);
            expect(Math.min(Number(x), Number(y))).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is as high as its names need', () => {
    const one = { name: 'DE', reference: 0.6, current: 0.4 };
    const lying = (rows: number) =>
      drawChart({
        kind: 'distribution',
        alt: '',
        feature: 'f',
        ordered: false,
        rows: 'now',
        bars: Array.from({ length: rows }, () => one),
      });
    expect(lying(8).heightPx - lying(2).heightPx).toBe(6 * 34);
  });

  it.each([
    // As Chromium measures Inter Medium of 14 px.
    ['training', 50.6],
    ['this window', 80],
    ['began', 41.9],
    ['WWWW', 57.1],
    ['0.0123', 44.8],
    ['100 %', 41.5],
    ['27 Feb 23:00', 88.4],
    ['mmmm', 49.7],
  ])('keeps free what %s needs, and little more', (said, px) => {
    expect(widthOf(said)).toBeGreaterThanOrEqual(px);
    expect(widthOf(said)).toBeLessThan(px * 1.25);
  });
});
