/** What holds for every preset, whatever its messages look like. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { recognise, FORMAT_PRESETS } from '../../../src/decode/presets/presets.ts';
import { decodeRecord, format, record, samples } from '../record.ts';
import { SAMPLE_RECORDS } from './sample-records.ts';

const topic = 'seldon.default.model.m.inputs';

describe.each(FORMAT_PRESETS)('preset $name', ({ name, payload }) => {
  const read = format(name, { model: 'm' });

  it('has a sample that it recognises, reads, and reads again alike', () => {
    const given = SAMPLE_RECORDS.filter((sample) => sample.preset === name);
    expect(given.length).toBeGreaterThan(0);
    for (const { message, raw, topic } of given) {
      expect(recognise(message)?.name).toBe(name);
      const once = decodeRecord(read, raw, { topic });
      expect(once.ok && once.value.length).toBeGreaterThan(0);
      expect(decodeRecord(read, raw, { topic })).toEqual(once);
    }
  });

  it('answers any JSON with events or a dead letter, never with an exception', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const decoded = decodeRecord(read, record({ value: text }), { topic });
        if (!decoded.ok) expect(decoded.error.detail).not.toBe('');
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('answers its own samples with parts missing or of another type', () => {
    const odd = fc.constantFrom(null, 1, 'x', '', [], {}, [[]], [{}], true, '{"', 1e300);
    for (const { value, topic } of SAMPLE_RECORDS.filter((sample) => sample.preset === name)) {
      if (typeof value !== 'object' || value === null) continue;
      const places = placesIn(value);
      fc.assert(
        fc.property(fc.constantFrom(...places), odd, (place, replacement) => {
          const changed = withPlace(value, place, replacement);
          expect(() => decodeRecord(read, record({ value: changed }), { topic })).not.toThrow();
        }),
        { numRuns: 300, seed: 8 },
      );
    }
  });

  it('reads arbitrary bytes to an answer, and keeps to the limits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeRecord(read, record({ value: bytes }), { topic })).not.toThrow();
      }),
      { numRuns: 300, seed: 9 },
    );
    const large = decodeRecord(
      read,
      record({ value: Buffer.alloc(DEFAULT_DECODE_LIMITS.maxBytes + 1, 0x20) }),
      { topic },
    );
    expect(large).toMatchObject({ ok: false, error: { reason: 'too_large' } });
    expect(decodeRecord(read, record({}), { topic })).toMatchObject({
      ok: false,
      error: { reason: 'empty_message' },
    });
    if (payload === 'json') {
      const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
      expect(decodeRecord(read, record({ value: deep }))).toMatchObject({
        ok: false,
        error: { reason: 'too_deep' },
      });
    }
  });
});

it('names every format of the samples', () => {
  const files = [
    'kserve_cloudevents',
    'seldon_core2_kafka',
    'sagemaker_data_capture',
    'azureml_data_collector',
    'open_inference_protocol_v2',
    'other_monitoring_logs',
  ];
  for (const file of files) expect(samples(file)).toBeTypeOf('object');
  // Ray Serve is among them and logs no payloads.
  expect(FORMAT_PRESETS).toHaveLength(14);
});

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

function withPlace(value: unknown, [key, ...rest]: Place, replacement: unknown): object {
  if (key === undefined) return replacement as object;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = rest.length === 0 ? replacement : withPlace(copy[key], rest, replacement);
  return copy;
}
