import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { classLabel } from '../../src/core/columns/class-label.ts';
import { DEAD_LETTER_REASONS } from '../../src/core/events/dead-letter.ts';
import type { LabelEvent, PredictionEvent } from '../../src/core/events/events.ts';
import { POSITION, RECORD_MS, decodeBytes, decodeText, eventOf } from './decode.ts';

const RUNS = { numRuns: 300, seed: 20_260_301 };

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text))
  .map((text) => text.normalize('NFC'));
const value = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.boolean(),
  name,
  fc.constant(null),
);
const features = fc.array(fc.tuple(fc.oneof(name, fc.constant('__proto__')), value), {
  minLength: 1,
  maxLength: 20,
});
const timestampMs = fc.integer({ min: 100_000_000_001, max: RECORD_MS });

/** Written by hand, because an object literal cannot hold a `__proto__` of its own. */
const objectText = (entries: readonly (readonly [string, unknown])[]) =>
  `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`;

it('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const result = decodeBytes(bytes, { typeFromTopic: 'prediction' });
        if (!result.ok) expect(DEAD_LETTER_REASONS).toContain(result.error.reason);
      },
    ),
    RUNS,
  );
});

it('never throws on an envelope whose fields are anything', () => {
  const envelope = fc.record(
    {
      type: fc.oneof(fc.constantFrom('prediction', 'features', 'label'), fc.jsonValue()),
      model: fc.oneof(name, fc.jsonValue()),
      model_version: fc.jsonValue(),
      prediction_id: fc.jsonValue(),
      timestamp: fc.jsonValue(),
      features: fc.jsonValue(),
      tags: fc.jsonValue(),
      prediction: fc.jsonValue(),
      score: fc.jsonValue(),
      probabilities: fc.jsonValue(),
      label: fc.jsonValue(),
      source: fc.jsonValue(),
      final: fc.jsonValue(),
      holdout: fc.jsonValue(),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(envelope, (fields) => {
      const result = decodeText(JSON.stringify(fields));
      if (!result.ok) expect(result.error.detail).not.toBe('');
    }),
    RUNS,
  );
});

it('gives back what a valid prediction said', () => {
  fc.assert(
    fc.property(name, name, features, timestampMs, value, (model, id, entries, timestamp, prediction) => {
      const text = objectText([
        ['type', 'prediction'],
        ['model', model],
        ['prediction_id', id],
        ['timestamp', timestamp],
        ['prediction', prediction],
      ]).replace(/}$/, `,"features":${objectText(entries)}}`);
      const event = eventOf(decodeText(text)) as PredictionEvent;
      expect(event).toMatchObject({ model, predictionId: id, timestampMs: timestamp, position: POSITION });
      expect(event.features).toEqual(
        new Map(entries.map(([key, one]) => [key, Object.is(one, -0) ? 0 : one])),
      );
      if (typeof prediction === 'string') expect(event.prediction).toBe(classLabel(prediction));
    }),
    RUNS,
  );
});

it('gives back what a valid label said', () => {
  fc.assert(
    fc.property(name, name, fc.oneof(fc.integer(), fc.boolean()), (model, id, label) => {
      const text = JSON.stringify({ type: 'label', model, prediction_id: id, label });
      const event = eventOf(decodeText(text)) as LabelEvent;
      expect(event).toMatchObject({ model, predictionId: id });
      expect(classLabel(event.label)).toBe(classLabel(label));
    }),
    RUNS,
  );
});
