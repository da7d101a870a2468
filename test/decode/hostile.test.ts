import { describe, expect, it } from 'vitest';
import { MAX_DEAD_LETTER_BYTES } from '../../src/core/events/dead-letter.ts';
import type { PredictionEvent } from '../../src/core/events/events.ts';
import { decodeBytes, decodeJson, decodeText, eventOf, letterOf, reasonOf } from './decode.ts';

const MEBIBYTE = 1024 * 1024;
const nested = (depth: number) =>
  `{"type":"prediction","model":"m","prediction":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('hostile messages', () => {
  it.each([
    ['a tombstone', null, 'empty_message'],
    ['nothing', Buffer.alloc(0), 'empty_message'],
    ['white space', Buffer.from(' \r\n'), 'empty_message'],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'invalid_utf8'],
    ['a schema registry message', Buffer.from([0, 0, 0, 0, 7, 0x80, 0xc8]), 'invalid_utf8'],
    ['half an object', Buffer.from('{"model":"m"'), 'malformed_json'],
    ['a string', Buffer.from('"hello"'), 'not_an_object'],
    ['null', Buffer.from('null'), 'not_an_object'],
    ['an array', Buffer.from('[{"model":"m"}]'), 'not_an_object'],
    ['bare NaN alone', Buffer.from('NaN'), 'not_an_object'],
    ['a mebibyte and a byte', Buffer.alloc(MEBIBYTE + 1, 0x20), 'too_large'],
    ['33 levels', Buffer.from(nested(32)), 'too_deep'],
    ['10,000 levels', Buffer.from(nested(10_000)), 'too_deep'],
    ['half a million open brackets', Buffer.from('['.repeat(500_000)), 'malformed_json'],
    ['half a million levels', Buffer.from(nested(500_000)), 'too_deep'],
    ['an unclosed string of escapes', Buffer.from(`{"NaN":"${'\\"'.repeat(500_000)}`), 'malformed_json'],
  ] as const)('%s is a dead letter', (_name, bytes, reason) => {
    expect(reasonOf(decodeBytes(bytes))).toBe(reason);
  });

  it('reads 32 levels', () => {
    expect(eventOf(decodeText(nested(31))).type).toBe('prediction');
  });

  it('says that a schema registry may have written it', () => {
    expect(letterOf(decodeBytes(Buffer.from([0, 0, 0, 0, 7, 0x80]))).detail).toContain('schema registry');
  });

  it('counts features before it builds anything', () => {
    const features = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`f${index}`, index]));
    expect(reasonOf(decodeJson({ type: 'prediction', model: 'm', features }))).toBe('too_many_features');
    expect(reasonOf(decodeJson({ type: 'prediction', model: 'm', prediction: 1, tags: features }))).toBe(
      'too_many_features',
    );
  });

  it('reads __proto__ and constructor as plain names', () => {
    const event = eventOf(
      decodeText(
        '{"__proto__":{"type":"label"},"type":"prediction","model":"m","features":{"__proto__":1,"constructor":2}}',
      ),
    ) as PredictionEvent;
    expect(event.type).toBe('prediction');
    expect(event.features.get('__proto__')).toBe(1);
    expect(event.features.get('constructor')).toBe(2);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
    expect(reasonOf(decodeText('{"type":"prediction","__proto__":{"model":"m"},"prediction":1}'))).toBe(
      'missing_model',
    );
  });

  it('takes the last of duplicate keys, as JSON.parse does', () => {
    expect(eventOf(decodeText('{"type":"prediction","model":"a","model":"b","prediction":1}')).model).toBe(
      'b',
    );
  });

  it('skips a byte order mark', () => {
    expect(eventOf(decodeText('\ufeff{"type":"prediction","model":"m","prediction":1}')).model).toBe('m');
  });

  it('cuts free text, so that it cannot fill the memory as a category', () => {
    const event = eventOf(
      decodeJson({ type: 'prediction', model: 'm', features: { note: 'x'.repeat(100_000) } }),
    ) as PredictionEvent;
    expect(event.features.get('note')).toHaveLength(1_024);
  });
});

describe('numbers that are not JSON', () => {
  it('are read as Python meant them, and counted', () => {
    const tolerated: unknown[] = [];
    const event = eventOf(
      decodeText(
        '{"type":"prediction","model":"m","features":{"a":NaN,"b":Infinity,"c":-Infinity,"d":"NaN \\"Infinity","e":1e999},"score":NaN,"prediction":1}',
        { onTolerated: (kind) => tolerated.push(kind) },
      ),
    ) as PredictionEvent;
    expect([...event.features]).toEqual([
      ['a', null],
      ['b', Infinity],
      ['c', -Infinity],
      ['d', 'NaN "Infinity'],
      ['e', Infinity],
    ]);
    expect(event.score).toBeNull();
    expect(tolerated).toEqual(['bare_numbers']);
  });

  it('do not make other broken JSON readable', () => {
    expect(reasonOf(decodeText('{"a":NaN,}'))).toBe('malformed_json');
    expect(reasonOf(decodeText('{NaN:1}'))).toBe('malformed_json');
  });
});

describe('a dead letter', () => {
  it('keeps a bounded copy of the bytes and their true length', () => {
    const bytes = Buffer.alloc(MEBIBYTE, 0x41);
    const letter = letterOf(decodeBytes(bytes));
    expect(letter.bytes.byteLength).toBe(MAX_DEAD_LETTER_BYTES);
    expect(letter.byteLength).toBe(MEBIBYTE);
    expect(letter.bytes.buffer.byteLength).toBe(MAX_DEAD_LETTER_BYTES);
  });

  it('has a detail that can be stored and printed', () => {
    const { detail } = letterOf(decodeText(`{"type":"${'\\u0000\\ud800'.repeat(5_000)}"}`));
    expect(detail.length).toBeLessThanOrEqual(500);
    expect(detail.isWellFormed()).toBe(true);
    expect(detail).not.toContain('\u0000');
  });
});
