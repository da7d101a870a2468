import { describe, expect, test } from 'vitest';
import { featureNearness, operationNearness } from '../../src/compare/nearness.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { OperationalFigure, OperationalLimit } from '../../src/core/operational.ts';
import { performanceNearness } from '../../src/decide/performance-drop.ts';
import { kindNearness } from '../../src/diagnose/nearness.ts';
import { sampleFeature } from '../act/sample-notification.ts';

describe('featureNearness', () => {
  const many = { bins: ['a', 'b'], reference: [5e5, 5e5], current: [5e5, 5e5] };
  const feature = (psi: number, q: number | null): FeatureComparison =>
    sampleFeature('age', { metrics: { psi }, counts: many, q_value: q });
  test.each([
    // Effect and evidence as shares of their thresholds; the lesser counts.
    [0.02, 0.0003, 1],
    [0.01, 1e-12, 0.5],
    [0.4, 0.0003 ** 0.5, 0.5],
    [0.4, 1, 0],
    [0, 1e-12, 0],
    [0.4, null, 0],
  ])('psi %d, q %d: %d', (psi, q, expected) => {
    expect(featureNearness(feature(psi, q))).toBeCloseTo(expected, 3);
  });

  test('hears what people say of a column', () => {
    expect(featureNearness(feature(0.04, 1e-12), { minEffect: 0.08 })).toBeCloseTo(0.5, 3);
    expect(featureNearness(feature(0.04, 1e-12), { ignore: true })).toBe(0);
    expect(featureNearness(feature(0, 1e-12), { minEffect: 0 })).toBe(0);
    const risen: FeatureComparison = {
      ...feature(0.04, 1e-12),
      kind: 'numeric',
      counts: { bins: [1, null], reference: [5e5, 5e5], current: [4e5, 6e5] },
    };
    expect(featureNearness(risen, { direction: 'up' })).toBeGreaterThan(1);
    expect(featureNearness(risen, { direction: 'down' })).toBe(0);
  });
});

describe('operationNearness', () => {
  const figure = (current: number, rest: Partial<OperationalFigure> = {}): OperationalFigure => ({
    reference: null,
    current,
    interval: null,
    p_value: null,
    drifted: false,
    ...rest,
  });
  const of = (p95: OperationalFigure, limit: OperationalLimit = {}): number =>
    operationNearness(
      {
        rows: 900,
        latency_ms: { p50: figure(1), p95, p99: figure(1), mean: figure(1) },
        breaches: [],
      },
      { limits: { latency_p95_ms: limit }, minChange: 0.1 },
      new Set(['latency_p95_ms']),
    );
  test.each([
    [figure(150), { max: 200 }, 0.75],
    [figure(190, { interval: [180, 205] }), { max: 200 }, 0.95],
    // Nothing is usual yet, but it is certainly within its limit.
    [figure(190, { interval: [188, 192] }), { max: 200 }, 0],
    // As it usually is: back, however near the limit.
    [figure(190, { reference: 190, interval: [180, 205] }), { max: 200 }, 0],
    [figure(190, { reference: 100, p_value: 0.5 }), { max: 200 }, 0.95],
    [figure(50, { reference: 20 }), { min: 40 }, 0.8],
    // A drift: 9 of 10 per cent, and certain.
    [figure(109, { reference: 100, p_value: 1e-9 }), {}, 0.9],
    [figure(150, { reference: 100, p_value: 0.0003 ** 0.6 }), {}, 0.6],
    [figure(90, { reference: 100, p_value: 1e-9 }), {}, 0],
  ])('%j with %j: %d', (p95, limit, expected) => {
    expect(of(p95, limit)).toBeCloseTo(expected, 6);
  });

  test('looks at the metrics of the incident only', () => {
    const operational = { rows: 9, error_rate: figure(0.0099), breaches: [] };
    const spec = { limits: { error_rate: { max: 0.01 } }, minChange: 0.1 };
    expect(operationNearness(operational, spec, new Set(['error_rate']))).toBeCloseTo(0.99);
    expect(operationNearness(operational, spec, new Set(['latency_p95_ms']))).toBe(0);
  });
});

test('kinds are as near as they weigh, and only those of the incident', () => {
  const weights = { none: 0.9, concept_drift: 1 / 11, covariate_shift: 0.01 };
  expect(kindNearness({ weights }, ['concept_drift'])).toBeCloseTo(1);
  expect(kindNearness({ weights }, ['covariate_shift'])).toBeCloseTo(0.11);
  expect(kindNearness({ weights }, ['none', 'latency'])).toBe(0);
  expect(kindNearness({}, ['concept_drift'])).toBe(0);
});

test('a loss of performance is as near as its share of the drop, when it is certain', () => {
  const rule = { metric: 'accuracy', drop: 0.04, minLabelled: 200 };
  const performance = (current: number, pValue: number | null) => ({
    labelled: { reference: 1e4, current: 1e4, share: 1 },
    mature: true,
    metrics: { accuracy: { reference: 0.8, current, interval: null, p_value: pValue } },
  });
  expect(performanceNearness(performance(0.77, 1e-6), rule)).toBeCloseTo(0.75);
  expect(performanceNearness(performance(0.77, 0.2), rule)).toBe(0);
  expect(performanceNearness(performance(0.83, 1e-6), rule)).toBe(0);
  expect(performanceNearness(null, rule)).toBe(0);
  expect(performanceNearness(performance(0.77, 1e-6), { ...rule, metric: 'toString' })).toBe(0);
});
