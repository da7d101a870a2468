import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRAY_TEXT } from '../../../src/core/events/flat-row.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { FlatReader } from '../../../src/decode/fast/flat-reader.ts';
import { readNumber } from '../../../src/decode/fast/read-number.ts';
import { TimeReader } from '../../../src/decode/fast/read-time.ts';
import { MAX_TEXTS, TextColumn } from '../../../src/decode/fast/text-column.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { parseTimestamp } from '../../../src/decode/timestamp.ts';
import { POSITION, RECORD_MS } from '../decode.ts';
import { flatEvent } from './flat-event.ts';

const RUNS = { numRuns: 2_000, seed: 20_260_301 };

describe('numbers from bytes', () => {
  const into = new Float64Array(1);
  const same = (text: string): void => {
    const bytes = Buffer.from(`${text},`);
    expect(readNumber(bytes, 0, into, 0)).toBe(text.length);
    expect(into[0]).toBe(JSON.parse(text));
  };

  it('are those of JSON.parse to the last bit, however they are spelled', () => {
    const digits = fc.stringMatching(/^\d{1,22}$/);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => same(JSON.stringify(x))),
      RUNS,
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        digits,
        fc.constantFrom('', '-'),
        (whole, fraction, sign) => same(`${sign}${whole}.${fraction}`),
      ),
      RUNS,
    );
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), fc.nat(20), (x, places) =>
        same(x.toFixed(places)),
      ),
      RUNS,
    );
    const exact = [
      '0',
      '-0',
      '-0.0',
      '1e999',
      '-1e999',
      '1E5',
      '0e1',
      '12345678901234567890',
      '9007199254740993.5',
    ];
    for (const text of [...exact, '1234567890123456.75', '0.000000000000000000000001', '5e-324']) same(text);
  });

  it('are refused where JSON has none', () => {
    for (const text of ['1.', '.5', '+1', '-', '1e', '1e+', '-a', '']) {
      expect(readNumber(Buffer.from(`${text},`), 0, into, 0)).toBe(-1);
    }
    // What follows is the caller's to compare.
    expect(readNumber(Buffer.from('01,'), 0, into, 0)).toBe(1);
  });
});

describe('times from bytes', () => {
  it('are those of the ordinary parser, or left to it', () => {
    const reader = new TimeReader();
    const into = new Float64Array(1);
    const part = (max: number) => fc.integer({ min: 0, max }).map((x) => String(x).padStart(2, '0'));
    const text = fc
      .tuple(fc.integer({ min: 1960, max: 2210 }), part(13), part(32), part(25), part(61), part(62))
      .chain(([year, month, day, hour, minute, second]) =>
        fc
          .constantFrom('Z', '.5Z', '.123456789Z', '.1234567890Z', '.Z', 'z', '+01:00', '', ' Z', '.12aZ')
          .map((end) => `${year}-${month}-${day}T${hour}:${minute}:${second}${end}`),
      );
    fc.assert(
      fc.property(text, (given) => {
        const bytes = Buffer.from(`"${given}"`);
        if (!reader.read(bytes, 1, bytes.length - 1, into)) return;
        expect(parseTimestamp(given)).toEqual({ ok: true, value: into[0] });
      }),
      RUNS,
    );
    expect(reader.read(Buffer.from('2026-03-01T12:00:00.25Z'), 0, 23, into)).toBe(true);
    expect(into[0]).toBe(Date.UTC(2026, 2, 1, 12, 0, 0, 250));
  });
});

describe('a column of texts', () => {
  const hashOf = (text: string): number => text.length % 3;

  it('gives a text the same code for ever, also when hashes meet, and none when it is full', () => {
    const column = new TextColumn();
    const learn = (text: string): number => {
      const bytes = Buffer.from(text);
      const known = column.find(bytes, 0, bytes.length, hashOf(text));
      return known >= 0 ? known : column.learn(bytes, 0, bytes.length, hashOf(text), text);
    };
    const texts = Array.from({ length: 200 }, (_, i) => `text ${i}`);
    const codes = texts.map(learn);
    expect(new Set(codes).size).toBe(200);
    expect(texts.map(learn)).toEqual(codes);
    expect(codes.map((code) => column.texts[code])).toEqual(texts);
    expect(learn('x'.repeat(600))).toBe(STRAY_TEXT);
    for (let i = column.texts.length; i < MAX_TEXTS; i++) {
      column.learn(Buffer.from(`more ${i}`), 0, `more ${i}`.length, i, `more ${i}`);
    }
    expect(learn('one too many')).toBe(STRAY_TEXT);
    expect(learn('text 7')).toBe(codes[7]);
  });
});

describe('the flat reader', () => {
  const decode = createDecoder(DEFAULT_DECODE_LIMITS);
  const feed = (reader: FlatReader, text: string): boolean => {
    const bytes = Buffer.from(text);
    if (reader.read(bytes, RECORD_MS) !== null) return true;
    const result = decode(bytes, POSITION, RECORD_MS);
    if (result.ok) reader.learn(bytes, result.value);
    return false;
  };
  const message = (model: string, x: number): string =>
    `{"type":"prediction","model":"${model}","features":{"x":${x}}}`;

  it('keeps the shapes hit last, and forgets the others', () => {
    const reader = new FlatReader(DEFAULT_DECODE_LIMITS, 2);
    expect(['a', 'a', 'b', 'b', 'a'].map((model) => feed(reader, message(model, 1)))).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(feed(reader, message('c', 1))).toBe(false);
    for (let i = 0; i < 3 && !feed(reader, message('c', 1)); i++);
    expect(feed(reader, message('c', 2))).toBe(true);
    expect(feed(reader, message('a', 2))).toBe(true);
    expect(feed(reader, message('b', 2))).toBe(false);
  });

  it('stops spending time on a stream whose shape never repeats, and finds back', () => {
    const reader = new FlatReader(DEFAULT_DECODE_LIMITS);
    for (let i = 0; i < 5_000; i++) feed(reader, message(`model ${i}`, 1));
    expect(reader.counts.learned).toBeLessThan(30);
    for (let i = 0; i < 10_000; i++) feed(reader, message('steady', i));
    expect(reader.counts.hits).toBeGreaterThan(5_000);
  });

  it('reads as many different texts in one column as come', () => {
    const reader = new FlatReader(DEFAULT_DECODE_LIMITS);
    const text = (i: number) => `{"type":"prediction","model":"m","features":{"town":"town ${i}"}}`;
    feed(reader, text(0));
    for (let i = 1; i < MAX_TEXTS + 100; i++) {
      const row = reader.read(Buffer.from(text(i)), RECORD_MS);
      if (row === null) throw new Error(`text ${i} was not read`);
      expect(flatEvent(row, POSITION).features.get('town')).toBe(`town ${i}`);
    }
  });

  it('leaves labels, tombstones and messages too long to the ordinary decoder', () => {
    const reader = new FlatReader({ ...DEFAULT_DECODE_LIMITS, maxBytes: 60 });
    expect(reader.read(null, RECORD_MS)).toBeNull();
    const label = '{"type":"label","model":"m","prediction_id":"1","label":1}';
    expect([feed(reader, label), feed(reader, label)]).toEqual([false, false]);
    expect(feed(reader, message('m', 1))).toBe(false);
    expect(feed(reader, message('m', 123_456))).toBe(true);
    expect(feed(reader, message('m', 1_234_567_890))).toBe(false);
  });
});
