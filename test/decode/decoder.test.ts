import { describe, expect, it } from 'vitest';
import { INVALID_VALUE } from '../../src/core/events/events.ts';
import type { LabelEvent, PredictionEvent } from '../../src/core/events/events.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { POSITION, RECORD_MS, decodeJson, decodeText, eventOf, letterOf, reasonOf } from './decode.ts';

const prediction = (extra: object = {}) => ({
  type: 'prediction',
  model: 'credit-risk',
  features: { age: 42 },
  ...extra,
});
const label = (extra: object = {}) => ({
  type: 'label',
  model: 'credit-risk',
  prediction_id: 'a1',
  label: 'deny',
  ...extra,
});
const predicted = (extra: object) => eventOf(decodeJson(prediction(extra))) as PredictionEvent;
const labelled = (extra: object) => eventOf(decodeJson(label(extra))) as LabelEvent;

describe('a prediction', () => {
  it.each(['1772366400000999999', '1772366400000999936', '1772366400001000000', '1772366400000000001'])(
    'at nanosecond %s has the millisecond that was sent, not the one a double makes of it',
    (digits) => {
      const text = `{"type":"prediction","model":"m","features":{"timestamp":1},"timestamp":${digits}}`;
      const ms = Number(digits.slice(0, 13));
      expect(eventOf(decodeText(text, {}, { maxFutureMs: 1e12 })).timestampMs).toBe(ms);
    },
  );

  it.each(['99999999999999999', '"99999999999999999"'])(
    'at %s, microseconds of the year 5138, is refused with the range that is taken',
    (written) => {
      const text = `{"type":"prediction","model":"m","features":{"a":1},"timestamp":${written}}`;
      expect(letterOf(decodeText(text))).toMatchObject({
        reason: 'timestamp_invalid',
        detail: expect.stringContaining('from 1970 to 2200') as string,
      });
    },
  );

  it('is read with every field of the contract', () => {
    const event = eventOf(
      decodeText(
        `{"type":"prediction","prediction_id":"a1","model":"credit-risk","model_version":"3","timestamp":"2026-03-01T12:00:00Z",
          "features":{"age":42,"income":null,"country":"DE"},"tags":{"channel":"web"},
          "prediction":"approve","score":0.83,"probabilities":{"approve":0.83,"deny":0.17},
          "latency_ms":12.4,"cost":0.0001,"energy_j":0.8,"holdout":false,"error":null}`,
      ),
    );
    expect(event).toEqual({
      type: 'prediction',
      position: POSITION,
      model: 'credit-risk',
      modelVersion: '3',
      predictionId: 'a1',
      timestampMs: Date.UTC(2026, 2, 1, 12),
      features: new Map<string, unknown>([
        ['age', 42],
        ['income', null],
        ['country', 'DE'],
      ]),
      tags: new Map([['channel', 'web']]),
      prediction: 'approve',
      score: 0.83,
      probabilities: new Map([
        ['approve', 0.83],
        ['deny', 0.17],
      ]),
      latencyMs: 12.4,
      cost: 0.0001,
      energyJ: 0.8,
      holdout: false,
      error: null,
    });
  });

  it('needs only a model and features or a prediction', () => {
    const event = eventOf(decodeJson({ type: 'prediction', model: 'm', prediction: 3.5 })) as PredictionEvent;
    expect(event).toMatchObject({
      modelVersion: 'default',
      predictionId: null,
      timestampMs: RECORD_MS,
      prediction: 3.5,
      score: null,
      probabilities: null,
      holdout: false,
    });
    expect(event.features.size).toBe(0);
    expect(predicted({}).prediction).toBeNull();
    expect(reasonOf(decodeJson({ type: 'prediction', model: 'm', prediction: null }))).toBe('missing_fields');
    expect(reasonOf(decodeJson({ type: 'features', model: 'm', prediction: 1 }))).toBe('missing_fields');
  });

  it('writes a class in its one spelling and leaves numbers to the model’s task', () => {
    expect(predicted({ prediction: '1.0' }).prediction).toBe('1');
    expect(predicted({ prediction: true }).prediction).toBe('true');
    expect(predicted({ prediction: 1 }).prediction).toBe(1);
    expect(predicted({ prediction: ' ' }).prediction).toBeNull();
    expect(predicted({ probabilities: { '1.0': 0.5, b: null } }).probabilities).toEqual(
      new Map([['1', 0.5]]),
    );
  });

  it('keeps feature values as logged, since a changed type is a finding', () => {
    const { features } = predicted({
      features: { a: '42', b: '', c: true, d: { x: 1 }, e: [1], f: 'x\u0000y', g: '\ud800' },
    });
    expect(features).toEqual(
      new Map<string, unknown>([
        ['a', '42'],
        ['b', ''],
        ['c', true],
        ['d', INVALID_VALUE],
        ['e', INVALID_VALUE],
        ['f', 'x\ufffdy'],
        ['g', '\ufffd'],
      ]),
    );
  });

  it('lets a wrong side measurement go, but not a wrong score', () => {
    expect(predicted({ latency_ms: 'slow', cost: {}, energy_j: null, error: { code: 7 } })).toMatchObject({
      latencyMs: null,
      cost: null,
      energyJ: null,
      error: '{"code":7}',
    });
    for (const wrong of [
      { score: '0.8' },
      { prediction: [1] },
      { probabilities: [0.5, 0.5] },
      { probabilities: { a: 'x' } },
      { holdout: 'yes' },
      { features: [1, 2] },
      { tags: 'web' },
      { model_version: {} },
    ]) {
      expect(reasonOf(decodeJson(prediction(wrong)))).toBe('invalid_field');
    }
  });

  it('accepts a model version written as a number', () => {
    expect(predicted({ model_version: 3 }).modelVersion).toBe('3');
    expect(predicted({ model_version: '' }).modelVersion).toBe('default');
  });
});

describe('a prediction id', () => {
  it('is a string, and a number comes back with all its digits', () => {
    const letter = letterOf(
      decodeText(
        '{"type":"prediction","model":"m","features":{"prediction_id":1},"prediction_id":12345678901234567890}',
      ),
    );
    expect(letter.reason).toBe('invalid_field');
    expect(letter.detail).toContain('"12345678901234567890"');
    expect(letter.model).toBe('m');
  });

  it('is never shortened: overlong ones are refused', () => {
    expect(predicted({ prediction_id: 'x'.repeat(512) }).predictionId).toHaveLength(512);
    for (const wrong of ['x'.repeat(513), 'a\u0000', '\ud800', true, {}]) {
      expect(reasonOf(decodeJson(prediction({ prediction_id: wrong })))).toBe('invalid_field');
    }
  });
});

describe('a label', () => {
  it('is natural and final unless it says otherwise', () => {
    expect(labelled({})).toEqual({
      type: 'label',
      position: POSITION,
      model: 'credit-risk',
      predictionId: 'a1',
      timestampMs: RECORD_MS,
      label: 'deny',
      labelSource: 'natural',
      final: true,
    });
    expect(labelled({ label: 0, source: 'user', final: false })).toMatchObject({
      label: 0,
      labelSource: 'user',
      final: false,
    });
  });

  it('needs an id and a label', () => {
    expect(reasonOf(decodeJson(label({ prediction_id: null })))).toBe('missing_fields');
    expect(reasonOf(decodeJson(label({ label: null })))).toBe('missing_fields');
    expect(reasonOf(decodeJson(label({ label: '' })))).toBe('missing_fields');
    expect(reasonOf(decodeJson(label({ label: {} })))).toBe('invalid_field');
    expect(reasonOf(decodeJson(label({ source: 'oracle' })))).toBe('invalid_field');
    expect(reasonOf(decodeText('{"type":"label","model":"m","prediction_id":"a","label":1e999}'))).toBe(
      'invalid_field',
    );
  });
});

describe('the type', () => {
  it('comes from the event, else from the topic', () => {
    const bare = { model: 'm', prediction_id: 'a', label: 1, features: { x: 1 } };
    expect(eventOf(decodeJson(bare, { typeFromTopic: 'label' })).type).toBe('label');
    expect(eventOf(decodeJson(bare, { typeFromTopic: 'features' })).type).toBe('features');
    expect(eventOf(decodeJson({ ...bare, type: 'label' }, { typeFromTopic: 'prediction' })).type).toBe(
      'label',
    );
    expect(reasonOf(decodeJson(bare))).toBe('unknown_type');
    expect(reasonOf(decodeJson({ ...bare, type: 'toString' }))).toBe('unknown_type');
  });
});

describe('names', () => {
  it('that are missing or unfit in a model cost the event', () => {
    expect(reasonOf(decodeJson(prediction({ model: undefined })))).toBe('missing_model');
    expect(reasonOf(decodeJson(prediction({ model: '' })))).toBe('missing_model');
    for (const model of [7, '  ', 'a\nb', 'x'.repeat(257), {}]) {
      expect(reasonOf(decodeJson(prediction({ model })))).toBe('invalid_field');
    }
  });

  it('that are unfit in a feature cost the feature, and are counted', () => {
    const dropped: unknown[] = [];
    const event = eventOf(
      decodeJson(prediction({ features: { ok: 1, 'a\u0007': 2, '': 3 }, tags: { ['x'.repeat(257)]: 4 } }), {
        onTolerated: (kind, count) => dropped.push([kind, count]),
      }),
    ) as PredictionEvent;
    expect([...event.features.keys()]).toEqual(['ok']);
    expect(event.tags.size).toBe(0);
    expect(dropped).toEqual([['dropped_names', 3]]);
  });

  it('are one whether composed or decomposed', () => {
    expect([...predicted({ features: { 'cafe\u0301': 1 } }).features.keys()]).toEqual(['café']);
  });
});

describe('time', () => {
  it('beyond the record’s own is a dead letter, so that a replay decides alike', () => {
    const at = (offsetMs: number) =>
      decodeJson(prediction({ timestamp: RECORD_MS + offsetMs }), {}, { maxFutureMs: 1_000 });
    expect(eventOf(at(1_000)).timestampMs).toBe(RECORD_MS + 1_000);
    expect(reasonOf(at(1_001))).toBe('timestamp_in_future');
    expect(reasonOf(decodeJson(prediction({ timestamp: 'yesterday' })))).toBe('timestamp_invalid');
  });

  it('is the record’s where the event has none, and is missing where that has none either', () => {
    const without = Buffer.from('{"type":"prediction","model":"m","prediction":1}');
    const decode = createDecoder(DEFAULT_DECODE_LIMITS);
    expect(eventOf(decode(without, POSITION, RECORD_MS - 1)).timestampMs).toBe(RECORD_MS - 1);
    expect(eventOf(decode(without, POSITION, 1)).timestampMs).toBe(1);
    // −1 is how Kafka says that there is none.
    expect(reasonOf(decode(without, POSITION, -1))).toBe('timestamp_invalid');
    expect(reasonOf(decode(without, POSITION, RECORD_MS * 1_000))).toBe('timestamp_invalid');
  });
});
