import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../src/act/charts/charts-of.ts';
import type { Chart } from '../../../src/act/charts/chart.ts';
import { drawChart } from '../../../src/act/charts/draw-chart.ts';
import { pictureOf } from '../../../src/act/charts/picture.ts';
import type { FeatureComparison } from '../../../src/core/findings.ts';
import type { FigureTimeline } from '../../../src/core/jobs.ts';
import { conceptMail, crowdedMail, faultMail, resolvedMail } from '../sample-mails.ts';
import { sampleFeature, sampleNotification } from '../sample-notification.ts';

const HOUR = 3_600_000;
const moved = (rest: Partial<FeatureComparison>) =>
  sampleFeature('f', { drifted: true, status: 'drift', severity: 'critical', metrics: { psi: 1 }, ...rest });
const chartOf = (feature: FeatureComparison): Chart | undefined =>
  chartsOf(sampleNotification({ features: [feature] }), 'UTC')[0];

function timeline(values: (number | null)[], rest: Partial<FigureTimeline> = {}): FigureTimeline {
  const { sinceMs } = sampleNotification();
  // The incident began with the last but one.
  const points = values.map((value, at) => ({ startMs: sinceMs + (at - values.length + 2) * HOUR, value }));
  return { name: 'accuracy', measure: 'metric', reference: 0.86, limit: 0.83, points, ...rest };
}

describe('what is worth a picture', () => {
  it('is the course of the leading figure, and the features that moved most', () => {
    expect(chartsOf(conceptMail(), 'UTC').map(({ kind, alt }) => `${kind} ${alt.slice(0, 24)}`)).toEqual([
      'timeline accuracy, each of the la',
      'distribution Shares of age, training ',
      'distribution Shares of country, train',
    ]);
    expect(chartsOf(crowdedMail(), 'UTC')).toHaveLength(3);
  });

  it('is no distribution of what is over, or of values that did not move', () => {
    expect(chartsOf(resolvedMail(), 'UTC').map(({ kind }) => kind)).toEqual(['timeline']);
    // Half of income is missing; the half that came looks as ever.
    expect(chartsOf(faultMail(), 'UTC').map(({ alt }) => alt)).not.toContainEqual(
      expect.stringContaining('income'),
    );
    expect(chartOf(moved({}))).toBeUndefined();
    expect(
      chartOf(moved({ counts: { bins: [1, null], reference: [0, 0], current: [4, 4] } })),
    ).toBeUndefined();
  });

  it('says its numbers in words', () => {
    const counts = { bins: [10, 20, null], reference: [50, 30, 20], current: [10, 30, 60] };
    expect(chartOf(moved({ counts }))?.alt).toBe(
      'Shares of f, training → this window. ≤ 10: 50 % → 10 %; > 20: 20 % → 60 %; 10–20: 30 % → 30 %.',
    );
    const notification = {
      ...sampleNotification({ features: [] }),
      timeline: timeline([0.86, 0.85, null, 0.71, 0.7]),
    };
    expect(chartsOf(notification, 'UTC')[0]).toMatchObject({
      alt: 'accuracy, each of the last 5 windows by itself (1 without a figure): 0.86 → 0.7 (limit 0.83, training 0.86).',
      beganAt: 3,
      lines: [
        { name: 'limit 0.83', style: 'limit' },
        { name: 'training 0.86', style: 'reference' },
      ],
    });
  });

  it('names the windows in which nothing came, as far as they are few', () => {
    const said = (...silentAt: number[]): string => {
      const whole = timeline([0.86, null, null, null, 0.7]);
      const points = whole.points.map((point, at) =>
        silentAt.includes(at) ? { ...point, isSilent: true as const } : point,
      );
      const notification = { ...sampleNotification({ features: [] }), timeline: { ...whole, points } };
      return (
        /by itself(.*?): /.exec(chartsOf(notification, 'UTC')[0]?.alt.replace(/:00/g, 'h') ?? '')?.[1] ?? ''
      );
    };
    expect(said()).toBe(' (3 without a figure)');
    expect(said(1)).toBe(' (no predictions in that of 1 Mar 07h, 2 without a figure)');
    expect(said(1, 3)).toBe(' (no predictions in those of 1 Mar 07h and 1 Mar 09h, 1 without a figure)');
    expect(said(1, 2, 3)).toBe(' (no predictions in 3)');
  });

  it('draws many bins together and many levels as one rest, and loses no row', () => {
    const bins = Array.from({ length: 100 }, (_, at) => (at === 99 ? null : at));
    const reference = bins.map(() => 10);
    const current = bins.map((_, at) => at);
    for (const kind of ['numeric', 'categorical'] as const) {
      const names = kind === 'numeric' ? bins : bins.map((_, at) => `level ${at}`);
      const chart = chartOf(moved({ kind, counts: { bins: names, reference, current } }));
      if (chart?.kind !== 'distribution') throw new Error('a distribution was wanted');
      expect(chart.bars.length).toBeLessThanOrEqual(16);
      const total = (side: 'reference' | 'current') => chart.bars.reduce((sum, bar) => sum + bar[side], 0);
      expect([total('reference'), total('current')]).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    }
  });

  it('marks no beginning that lies before everything shown', () => {
    const notification = { ...sampleNotification({ features: [] }), timeline: timeline([0.86, 0.7, 0.7]) };
    const beganAt = (sinceMs: number) => {
      const [chart] = chartsOf({ ...notification, sinceMs }, 'UTC');
      return chart?.kind === 'timeline' ? chart.beganAt : undefined;
    };
    expect(beganAt(notification.sinceMs)).toBe(1);
    expect(beganAt(notification.sinceMs - HOUR)).toBe(0);
    expect(beganAt(notification.sinceMs - 9 * HOUR)).toBeNull();
    expect(chartsOf({ ...notification, timeline: timeline([null, 0.7]) }, 'UTC')).toEqual([]);
    expect(chartsOf({ ...notification, timeline: null }, 'UTC')).toEqual([]);
  });
});

describe('a picture', () => {
  it('is a PNG of twice its size, opaque, and the same each time', async () => {
    const [chart] = chartsOf(conceptMail(), 'UTC');
    if (chart === undefined) throw new Error('a chart was wanted');
    const [picture, again] = [await pictureOf(chart), await pictureOf(chart)];
    expect(picture.png.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.png.readUInt32BE(16)).toBe(2 * picture.widthPx);
    expect(picture.png.readUInt32BE(20)).toBe(2 * picture.heightPx);
    expect(picture.png.equals(again.png)).toBe(true);
    expect(picture.png.length).toBeLessThan(60_000);
    const { svg, widthPx } = drawChart(chart);
    const { renderAsync } = await import('@resvg/resvg-js');
    const { pixels } = await renderAsync(svg, { fitTo: { mode: 'width', value: widthPx } });
    expect(pixels.filter((_, at) => at % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });

  it('has letters in its font: without it, less would be drawn', async () => {
    const [chart] = chartsOf(conceptMail(), 'UTC');
    if (chart === undefined) throw new Error('a chart was wanted');
    const { svg, widthPx } = drawChart(chart);
    const { renderAsync } = await import('@resvg/resvg-js');
    const bare = await renderAsync(svg, {
      fitTo: { mode: 'width', value: 2 * widthPx },
      font: { loadSystemFonts: false },
    });
    const inked = (pixels: Buffer): number => pixels.filter((value) => value < 200).length;
    const withLetters = await renderAsync(svg.replaceAll(/<text[^]*?<\/text>/g, ''), {
      fitTo: { mode: 'width', value: 2 * widthPx },
      font: { loadSystemFonts: false },
    });
    expect(inked(bare.pixels)).toBe(inked(withLetters.pixels));
    expect((await pictureOf(chart)).png.length).toBeGreaterThan(bare.asPng().length * 1.1);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><image href="file:///etc/passwd"/>',
    '&amp;{}',
    '\u202Eevil\0',
    '日本語',
  ])('holds only the text of a hostile name: %s', async (evil) => {
    const counts = { bins: [evil, 'b'], reference: [10, 90], current: [90, 10] };
    const chart = chartOf(moved({ name: evil, kind: 'categorical', counts }));
    if (chart === undefined) throw new Error('a chart was wanted');
    const { svg } = drawChart(chart);
    expect(svg).not.toMatch(/<script|<image|\u202E/);
    expect((await pictureOf(chart)).png.length).toBeGreaterThan(1_000);
  });
});
