import { describe, expect, it } from 'vitest';
import { curveCharts } from '../../src/dashboard/curve-chart.ts';
import { amount, elapsedText } from '../../src/words/quantities.ts';
import type { OverviewRetrain } from '../../src/store/read-models/overview.ts';
import type { RetrainPoint } from '../../src/store/rows/retrains.ts';

function point(value: number, elapsed: number, rest: Partial<RetrainPoint> = {}): RetrainPoint {
  return {
    metric: 'accuracy',
    value,
    step: null,
    epoch: null,
    elapsed_s: elapsed,
    energy_j: null,
    cost: null,
    ...rest,
  };
}

function run(points: RetrainPoint[], rest: Partial<OverviewRetrain> = {}): OverviewRetrain {
  return {
    id: '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f',
    model: 'm',
    version: '1',
    state: 'running',
    trigger: 'drift',
    reason: 'drift_firing',
    webhook: 'w',
    window_id: null,
    requested_at: '2026-03-10T10:00:00.000Z',
    sent_at: null,
    closed_at: null,
    external_id: null,
    new_version: null,
    detail: null,
    heard_at: null,
    silent_at: null,
    outcome: null,
    outcome_reason: null,
    in_trouble: false,
    requested_by: null,
    expires_at: null,
    decided_by: null,
    decided_at: null,
    decision_comment: null,
    outcome_summary: null,
    points,
    target_metric: 'accuracy',
    target_value: 0.9,
    target_lower_is_better: false,
    ...rest,
  };
}

const drawn = (of: OverviewRetrain): string => curveCharts(of)?.html ?? '';
const charts = (html: string): number => html.split('<svg').length - 1;

describe('the curve of a run', () => {
  const points = [0.6, 0.8, 0.92].map((value, at) => point(value, 60 * at));

  it('is drawn against time, and against energy where that is known', () => {
    expect(charts(drawn(run(points)))).toBe(1);
    const powered = points.map((each, at) => ({ ...each, energy_j: 1_000 * at }));
    const html = drawn(run(powered));
    expect(charts(html)).toBe(2);
    expect(html).toContain('accuracy against energy: 0.92 after 2000 J, target 0.9');
    expect(html).toContain('accuracy 0.9 was reached after 2 min, with 2000 J');
    expect(drawn(run(points.slice(0, 2)))).toContain('accuracy 0.9 is not reached');
  });

  it('says in words what it shows', () => {
    expect(drawn(run(points))).toContain('aria-label="accuracy against time: 0.92 after 2 min, target 0.9"');
    expect(drawn(run(points, { target_metric: null, target_value: null }))).not.toContain('class="aim"');
  });

  it('needs two points of one metric', () => {
    expect(curveCharts(run([]))).toBeNull();
    expect(curveCharts(run(points.slice(0, 1)))).toBeNull();
    expect(curveCharts(run([point(1, 1), point(1, 2, { metric: 'loss' })]))).toBeNull();
  });

  it.each([
    ['all at one moment', [point(0.1, 0), point(0.2, 0)]],
    ['that never moves', [point(0.5, 1), point(0.5, 2)]],
    ['of extremes', [point(-1e300, 1), point(1e300, 1e9)]],
  ])('is a picture when it is one %s', (_, some) => {
    const html = drawn(run(some, { target_metric: null }));
    expect(html).toContain('<polyline');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has no more corners than can be seen, the last among them', () => {
    const long = Array.from({ length: 1_000 }, (_, at) => point(at, at));
    const corners = /<polyline points="([^"]*)"/.exec(drawn(run(long)))?.[1]?.split(' ') ?? [];
    expect(corners.length).toBeLessThanOrEqual(121);
    expect(corners.at(-1)).toMatch(/^252\.0,/);
  });

  it('obeys no name', () => {
    const html = drawn(
      run(
        [1, 2].map((value) => point(value, value, { metric: '"><script>' })),
        { target_metric: null },
      ),
    );
    expect(html).not.toContain('<script>');
  });
});

it('quantities are short', () => {
  expect([0.123456, 1234.5, 0, -2e-9].map(amount)).toEqual(['0.123', '1230', '0', '-2e-9']);
  expect([5, 89, 90, 5_399, 9_000].map(elapsedText)).toEqual(['5 s', '89 s', '1.5 min', '90 min', '2.5 h']);
});
