import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../src/core/events/dead-letter.ts';
import { INVALID_VALUE } from '../../src/core/events/events.ts';
import { PrivateFields } from '../../src/core/privacy/private-fields.ts';
import { Privacy } from '../../src/core/privacy/privacy.ts';
import { withoutPrivateColumns } from '../../src/core/privacy/private-table.ts';
import { privateLetter } from '../../src/decode/private-letter.ts';
import { createReader } from './fast/fast-decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { decodeBytes, decodeJson, decodeText, eventOf, letterOf, RECORD_MS } from './decode.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const fields = new PrivateFields(
  ['iban', 'address.street'],
  ['email', 'age', 'prediction_id', 'region'],
  KEY,
);
const privacy = Privacy.of([{ name: 'credit', privateFields: fields }, { name: 'open' }])!;
const limits = { privacy };
const event = (more: object = {}) => ({ type: 'prediction', model: 'credit', prediction: 'yes', ...more });

describe('a hash', () => {
  it('is the beginning of HMAC-SHA256 in base64url, of the text that a value is written as', () => {
    const whole = createHmac('sha256', KEY).update('ana@example.org').digest('base64url');
    expect(fields.hashed('ana@example.org')).toBe(whole.slice(0, 22));
    expect(new Set([1, '1', 1.0].map((each) => fields.hashed(each))).size).toBe(1);
    expect(fields.hashed(true)).toBe(fields.hashed('true'));
    expect(fields.hashed(-0)).toBe(fields.hashed(0));
    expect(fields.hashed('1.50')).not.toBe(fields.hashed(1.5));
    expect(new PrivateFields([], [], `${KEY}!`).hashed(1)).not.toBe(fields.hashed(1));
  });
});

describe('an event', () => {
  it('has neither a dropped field nor a hashed value, in features and tags', () => {
    const features = { iban: 'DE89', email: 'ana@x', age: 41, income: 5, odd: { iban: 1 } };
    const tags = { region: 'north', iban: 'DE89', team: 'a' };
    const read = eventOf(decodeJson(event({ prediction_id: 'p1', features, tags }), {}, limits));
    expect(read).toMatchObject({ predictionId: fields.hashed('p1') });
    expect(read).toMatchObject({
      features: new Map<string, unknown>([
        ['email', fields.hashed('ana@x')],
        ['age', fields.hashed('41')],
        ['income', 5],
        ['odd', INVALID_VALUE],
      ]),
      tags: new Map([
        ['region', fields.hashed('north')],
        ['team', 'a'],
      ]),
    });
  });

  it('keeps what is missing missing, and what is no value invalid', () => {
    const read = eventOf(
      decodeText(
        '{"type":"features","model":"credit","features":{"email":null,"age":NaN,"region":[1]}}',
        {},
        limits,
      ),
    );
    expect(read).toMatchObject({ predictionId: null });
    expect(read).toMatchObject({
      features: new Map<string, unknown>([
        ['email', null],
        ['age', null],
        ['region', INVALID_VALUE],
      ]),
    });
  });

  it('of another model is as it came', () => {
    const given = {
      type: 'prediction',
      model: 'open',
      prediction_id: 'p1',
      features: { iban: 'DE89', email: 'a' },
    };
    expect(decodeJson(given, {}, limits)).toEqual(decodeJson(given));
  });

  it('of a label has the id that its prediction has', () => {
    const label = eventOf(
      decodeJson({ type: 'label', model: 'credit', prediction_id: 'p1', label: 'no' }, {}, limits),
    );
    const prediction = eventOf(decodeJson(event({ prediction_id: 'p1' }), {}, limits));
    expect(label.predictionId).toBe(prediction.predictionId);
  });

  it('is never learned by the fast reader', () => {
    const reader = createReader({ ...DEFAULT_DECODE_LIMITS, privacy });
    for (const model of ['credit', 'open']) {
      const bytes = Buffer.from(JSON.stringify({ ...event({ features: { email: 'a' } }), model }));
      reader.learn(bytes, eventOf(decodeBytes(bytes, {}, limits)));
      const row = reader.read([{ value: bytes, timestampMs: RECORD_MS }], 0);
      expect(row?.layout.model ?? null).toBe(model === 'open' ? 'open' : null);
    }
  });
});

describe('rows of training data', () => {
  it('are what events of the same values are', () => {
    const table = withoutPrivateColumns(
      {
        rows: 4,
        features: [
          {
            name: 'iban',
            kind: 'categorical',
            codes: Int32Array.of(0, 0, 0, 0),
            levels: ['DE89'],
            invalid: 0,
          },
          { name: 'age', kind: 'numeric', values: Float64Array.of(41, Number.NaN, 41, -0), invalid: 0 },
          {
            name: 'email',
            kind: 'categorical',
            codes: Int32Array.of(0, 1, -1, 0),
            levels: ['a', 'b'],
            invalid: 0,
          },
          { name: 'income', kind: 'numeric', values: Float64Array.of(1, 2, 3, 4), invalid: 0 },
        ],
        prediction: null,
        score: null,
        label: null,
        timestampMs: null,
        predictionId: null,
      },
      fields,
    );
    expect(table.features.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'age categorical',
      'email categorical',
      'income numeric',
    ]);
    expect(table.features[0]).toMatchObject({
      codes: Int32Array.of(0, -1, 0, 1),
      levels: [fields.hashed(41), fields.hashed(0)],
    });
    expect(table.features[1]).toMatchObject({ levels: [fields.hashed('a'), fields.hashed('b')] });
  });
});

describe('a dead letter', () => {
  const kept = (message: object | string): DeadLetter => {
    const bytes = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
    return privateLetter(letterOf(decodeBytes(bytes, {}, limits)), bytes, privacy);
  };
  const json = ({ bytes }: DeadLetter): unknown => JSON.parse(Buffer.from(bytes).toString());

  it('keeps what remains of a message that could be read', () => {
    const letter = kept(
      event({
        score: 'high',
        prediction_id: 'p1',
        features: {
          iban: 'DE89',
          email: 'ana@x',
          income: 5,
          address: { street: 'S', city: 'C', email: 'ana@x' },
        },
        tags: { list: [{ iban: 'DE89', team: 'a' }] },
        iban: 'DE89',
        raw: 'DE89',
      }),
    );
    expect(letter).toMatchObject({ reason: 'invalid_field', hashed: [...fields.hash] });
    expect(letter.byteLength).toBe(letter.bytes.byteLength);
    expect(json(letter)).toEqual({
      type: 'prediction',
      model: 'credit',
      prediction: 'yes',
      score: 'high',
      prediction_id: fields.hashed('p1'),
      features: {
        email: fields.hashed('ana@x'),
        income: 5,
        address: { city: 'C', email: fields.hashed('ana@x') },
      },
      tags: { list: [{ team: 'a' }] },
    });
  });

  it('keeps of a message that names nobody what no model keeps to itself', () => {
    const letter = kept({ type: 'prediction', features: { iban: 'DE89', email: 'ana@x', income: 5 } });
    expect(letter.reason).toBe('missing_model');
    expect(json(letter)).toEqual({
      type: 'prediction',
      features: { email: fields.hashed('ana@x'), income: 5 },
    });
  });

  it('never makes an id of what was none, nor quotes it', () => {
    const letter = kept(event({ prediction_id: 4_929_123_412_341_234, features: {} }));
    expect(letter.detail).not.toContain('4929');
    expect(json(letter)).toMatchObject({ prediction_id: true });
  });

  it.each([
    '{"type":"prediction","model":"credit","features":{"iban":"DE89370400440532013000"',
    '"DE89370400440532013000"',
    '[{"iban":"DE89370400440532013000"}]',
    '{"type":"prediction","model":"credit","features":"iban=DE89370400440532013000"}',
    '{"type":"prediction","model":"credit","features":[{"iban":"DE89370400440532013000"}],"score":"x"}',
  ])('keeps the reason alone of %s', (text) => {
    const letter = kept(text);
    expect(letter).toMatchObject({ isWithheld: true, byteLength: text.length });
    expect(letter.bytes).toHaveLength(0);
    expect(letter.detail).not.toContain('DE89');
  });

  it('is as it was of a model, or a service, without anything private', () => {
    const bytes = Buffer.from('{"type":"prediction","model":"open","score":"x","features":{"iban":1}}');
    const letter = letterOf(decodeBytes(bytes));
    expect(privateLetter(letter, bytes, privacy)).toBe(letter);
    expect(privateLetter(letter, null, null)).toBe(letter);
  });

  it('read again is what the message would have been', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const features = fc.dictionary(
      fc.constantFrom('iban', 'email', 'age', 'income', 'region', 'e\u0301'),
      value,
    );
    fc.assert(
      fc.property(features, features, fc.string({ maxLength: 20 }), (some, tags, id) => {
        const message = {
          ...event({ features: some, tags, prediction_id: id }),
          model: 'credit',
          timestamp: RECORD_MS,
        };
        const bytes = Buffer.from(JSON.stringify(message));
        const before = decodeBytes(bytes, {}, limits);
        const letter = privateLetter(
          {
            position: { source: 's', partition: 0, offset: 0n },
            reason: 'unknown_model',
            detail: '',
            model: 'credit',
            bytes,
            byteLength: bytes.length,
          },
          bytes,
          privacy,
        );
        const again = decodeBytes(letter.bytes, {}, { privacy: privacy.withHashed(letter.hashed ?? []) });
        if (before.ok) expect(again).toEqual(before);
        else expect(again.ok).toBe(false);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
