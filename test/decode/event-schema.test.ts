/** The published schemas of events and the decoder are of one opinion. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEventType } from '../../src/core/events/events.ts';
import { eventJsonSchema } from '../../src/decode/event-schema.ts';
import { parseTimestamp } from '../../src/decode/timestamp.ts';
import { decodeJson, RECORD_MS } from './decode.ts';

const RUNS = { numRuns: 500, seed: 20_261_202 };
const TYPES: readonly LogEventType[] = ['prediction', 'features', 'label'];

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'a\u0007', 1e30, -1, 0, true, {}, []),
);
const name = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('m', 'x'.repeat(256), 'x'.repeat(257)));
const times = fc.oneof(
  fc.integer({ min: 0, max: RECORD_MS / 1_000 }),
  fc.integer({ min: 1e11, max: RECORD_MS }),
  fc.integer({ min: 0, max: RECORD_MS }).map((ms) => new Date(ms).toISOString()),
  fc.constantFrom(
    '2024-02-29',
    '2023-02-29',
    '2024-04-31',
    '20240229T0102Z',
    '2024-2-1',
    '20249901',
    ' 1700000000 ',
  ),
  fc.constantFrom(
    '2024-01-01 24:00',
    '1970-01-01T00:00:60.5-0130',
    '170000000012',
    '12345678',
    '1.5',
    'now',
    -1,
  ),
);
const outcome = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  anything,
);
const values = fc.oneof(fc.dictionary(fc.string({ maxLength: 5 }), anything, { maxKeys: 3 }), anything);
const maybe = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: anything });

const event = (type: LogEventType): fc.Arbitrary<object> =>
  fc.record(
    {
      type: fc.oneof({ weight: 20, arbitrary: fc.constant(type) }, { weight: 1, arbitrary: anything }),
      model: maybe(name),
      model_version: fc.oneof(name, fc.integer(), anything),
      prediction_id: maybe(
        fc.oneof(fc.string({ maxLength: 9 }), fc.constantFrom('x'.repeat(512), 'x'.repeat(513))),
      ),
      timestamp: maybe(times),
      features: values,
      tags: values,
      prediction: outcome,
      score: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
      probabilities: maybe(
        fc.dictionary(
          fc.string({ maxLength: 4 }),
          maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
          { maxKeys: 3 },
        ),
      ),
      holdout: maybe(fc.boolean()),
      latency_ms: anything,
      error: anything,
      label: outcome,
      source: maybe(fc.constantFrom('natural', 'user', 'delayed')),
      final: maybe(fc.boolean()),
      other: anything,
    },
    { requiredKeys: type === 'label' ? ['type', 'model', 'prediction_id', 'label'] : ['type', 'model'] },
  );

describe.each(TYPES)('an event of type %s', (type) => {
  const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(
    eventJsonSchema(type),
  );

  it('is accepted by the schema when, and only when, it is decoded as one', () => {
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(event(type), (one) => {
        const decoded = decodeJson(one);
        const isTaken = decoded.ok && decoded.value.type === type;
        if (isTaken) taken += 1;
        else refused += 1;
        expect({ one, accepted: accepts(one) }).toEqual({ one, accepted: isTaken });
      }),
      RUNS,
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(30);
  });
});

it('each text that the schema takes for a time is read as one', () => {
  const { properties } = eventJsonSchema('prediction') as {
    properties: { timestamp: { anyOf: readonly { pattern?: string }[] } };
  };
  const pattern = properties.timestamp.anyOf.find((one) => one.pattern !== undefined)?.pattern ?? '';
  const plain = pattern.replaceAll(String.raw`\s*`, '').replaceAll(String.raw`\s?`, ' ?');
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(plain)), (text) => {
      // West and east of Greenwich 1970 and 2199 begin and end at other times.
      fc.pre(!/^1970-?01-?01|^2199-?12-?31/.test(text));
      expect(parseTimestamp(text)).toMatchObject({ ok: true });
    }),
    RUNS,
  );
});
