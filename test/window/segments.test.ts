import { expect, test } from 'vitest';
import { groupOf, isJudged, labelParts } from '../../src/window/part-names.ts';
import { MAX_SEGMENTS_PER_FEATURE, SegmentRegistry, segmentsOf } from '../../src/window/segments.ts';
import { INVALID_VALUE, type FeatureValue, type PredictionEvent } from '../../src/core/events/events.ts';
import { modelSpec } from '../harness/model-spec.ts';

function event(features: [string, FeatureValue][], tags: [string, FeatureValue][] = []): PredictionEvent {
  return {
    type: 'prediction',
    position: { source: 'http', partition: 0, offset: 0n },
    model: 'credit-risk',
    modelVersion: '1',
    timestampMs: 0,
    predictionId: null,
    features: new Map(features),
    tags: new Map(tags),
    prediction: null,
    score: null,
    probabilities: null,
    latencyMs: null,
    cost: null,
    energyJ: null,
    holdout: false,
    error: null,
  };
}

const model = modelSpec({ segments: ['country', 'channel'] });

test('a row belongs to a segment of each configured feature or tag it has', () => {
  const registry = new SegmentRegistry();
  registry.settle({ modelVersionId: 1, feature: 'country' }, ['DE']);
  registry.settle({ modelVersionId: 1, feature: 'channel' }, ['web']);
  expect(segmentsOf(event([['country', 'DE']], [['channel', 'web']]), model, 1, registry)).toEqual([
    'country=DE',
    'channel=web',
  ]);
  expect(segmentsOf(event([['country', null]]), model, 1, registry)).toEqual([]);
  expect(segmentsOf(event([['country', INVALID_VALUE]]), model, 1, registry)).toEqual([]);
});

test('values beyond the cap share one segment, known ones keep theirs', () => {
  const registry = new SegmentRegistry();
  const country = { modelVersionId: 1, feature: 'country' };
  const values = Array.from({ length: MAX_SEGMENTS_PER_FEATURE }, (_, i) => `c${i}`);
  registry.settle(country, values.slice(1));
  expect(registry.isSettled({ ...country, value: 'one more' })).toBe(false);
  registry.settle(country, values);
  expect(registry.isSettled({ ...country, value: 'one more' })).toBe(true);
  expect(segmentsOf(event([['country', 'one more']]), model, 1, registry)).toEqual(['country=other']);
  expect(segmentsOf(event([['country', 'c0']]), model, 1, registry)).toEqual(['country=c0']);
  expect(registry.isSettled({ ...country, modelVersionId: 2, value: 'one more' })).toBe(false);
});

test('groups are named apart from segments, after them', () => {
  const fair = modelSpec({ segments: ['country'], groups: ['sex', 'country'] });
  const row = event([
    ['country', 'DE'],
    ['sex', 'f'],
  ]);
  const registry = new SegmentRegistry();
  registry.settle({ modelVersionId: 1, feature: 'country' }, ['DE']);
  registry.settle({ modelVersionId: 1, feature: 'sex' }, ['f']);
  const names = segmentsOf(row, fair, 1, registry);
  expect(names).toEqual(['country=DE', ':group:sex=f', ':group:country=DE']);
  expect(names.filter(isJudged)).toEqual(['country=DE']);
  expect(names.map(groupOf)).toEqual([null, 'sex=f', 'country=DE']);
});

test('a label counts in all rows, its segments and groups; held out, in the hold-outs of what is judged', () => {
  expect(labelParts(['country=DE', ':group:sex=f'], false)).toEqual(['', 'country=DE', ':group:sex=f']);
  expect(labelParts(['country=DE', ':group:sex=f'], true)).toEqual([
    '',
    'country=DE',
    ':group:sex=f',
    ':holdout:',
    ':holdout:country=DE',
  ]);
  expect([':holdout:', ':holdout:country=DE'].some(isJudged)).toBe(false);
});
