import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INVALID_VALUE } from '../../../src/core/events/events.ts';
import { cellNumber, cellValue, type FlatRow, STRAY_TEXT } from '../../../src/core/events/flat-row.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import type { FlatReader } from '../../../src/decode/fast/flat-reader.ts';
import { MAX_TEXTS, TextColumn } from '../../../src/decode/fast/text-column.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { parseTimestamp } from '../../../src/decode/timestamp.ts';
import { POSITION, RECORD_MS } from '../decode.ts';
import { createReader, testKernel } from './fast-decoder.ts';
import { flatEvent } from './flat-event.ts';

const RUNS = { numRuns: 2_000, seed: 20_260_301 };
const decode = createDecoder(DEFAULT_DECODE_LIMITS);

const readOne = (reader: FlatReader, text: string): FlatRow | null =>
  reader.read([{ value: Buffer.from(text), timestampMs: RECORD_MS }], 0);

function learned(text: string): FlatReader {
  const reader = createReader(DEFAULT_DECODE_LIMITS);
  const result = decode(Buffer.from(text), POSITION, RECORD_MS);
  if (!result.ok) throw new Error(result.error.detail);
  reader.learn(Buffer.from(text), result.value);
  return reader;
}

describe('numbers from bytes', () => {
  const message = (number: string): string => `{"type":"prediction","model":"m","features":{"x":${number}}}`;
  const reader = learned(message('1'));
  const same = (text: string): void => {
    const row = readOne(reader, message(text));
    const [column] = row?.layout.features ?? [];
    if (row === null || column === undefined) throw new Error(`${text} was not read`);
    expect(cellNumber(row, column)).toBe(JSON.parse(text));
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
      '9007199254740993',
      '9007199254740992.9',
      '18446744073709551615',
      '9999999999999999999',
      '0.9999999999999999999',
      '9.007199254740993',
    ];
    for (const text of [...exact, '1234567890123456.75', '0.000000000000000000000001', '5e-324']) same(text);
  });

  it('of 16 to 19 digits are rounded as they are written, halfway cases among them', () => {
    const halfway = fc
      .tuple(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }), fc.integer({ min: 0, max: 18 }))
      .map(([bits, point]) => {
        // Between two doubles: an odd multiple of half their distance.
        const step = 2n ** BigInt(bits.toString(2).length - 53);
        const text = String((bits / step) * step + step / 2n);
        return point === 0 ? text : `${text.slice(0, -point) || '0'}.${text.slice(-point)}`;
      });
    fc.assert(
      fc.property(halfway, (text) => same(text)),
      RUNS,
    );
  });

  it('are refused where JSON has none', () => {
    for (const text of ['1.', '.5', '+1', '-', '1e', '1e+', '-a', '', '01', '-01', '0x1', '1 2', '١']) {
      expect(readOne(reader, message(text)), text).toBeNull();
    }
  });
});

describe('times from bytes', () => {
  const message = (time: string): string =>
    `{"type":"prediction","model":"m","features":{"x":1},"timestamp":"${time}"}`;

  it('are those of the ordinary parser, or left to it', () => {
    const reader = learned(message('2026-03-01T12:00:00Z'));
    const part = (max: number) => fc.integer({ min: 0, max }).map((x) => String(x).padStart(2, '0'));
    const text = fc
      .tuple(fc.integer({ min: 1960, max: 2027 }), part(13), part(32), part(25), part(61), part(62))
      .chain(([year, month, day, hour, minute, second]) =>
        fc
          .constantFrom('Z', '.5Z', '.123456789Z', '.1234567890Z', '.Z', 'z', '+01:00', '', ' Z', '.12aZ')
          .map((end) => `${year}-${month}-${day}T${hour}:${minute}:${second}${end}`),
      );
    let read = 0;
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseTimestamp(given);
        const accepted = parsed.ok && parsed.value <= RECORD_MS + DEFAULT_DECODE_LIMITS.maxFutureMs;
        const row = readOne(reader, message(given));
        expect(row === null, given).toBe(!accepted);
        if (row === null) return;
        read += 1;
        expect(parsed).toEqual({ ok: true, value: row.timestampMs });
      }),
      RUNS,
    );
    expect(read).toBeGreaterThan(500);
    for (let day = 0; day < 366 * 57; day++) {
      const at = new Date(day * 86_400_000);
      if (at.getTime() > RECORD_MS) break;
      expect(readOne(reader, message(at.toISOString()))?.timestampMs).toBe(at.getTime());
    }
  });
});

describe('a column of texts', () => {
  it('gives a text the same code for ever, and none when it is full', () => {
    const room = { bytes: 1_000_000 };
    const column = new TextColumn(testKernel(), room);
    const learn = (text: string): number => column.learn(Buffer.from(text), text);
    const codes = Array.from({ length: 200 }, (_, i) => learn(`text ${i}`));
    expect(codes).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(codes.map((code) => column.texts[code])).toEqual(codes.map((i) => `text ${i}`));
    expect(learn('x'.repeat(600))).toBe(STRAY_TEXT);
    for (let i = column.texts.length; i < MAX_TEXTS; i++) learn(`more ${i}`);
    expect(learn('one too many')).toBe(STRAY_TEXT);
    expect(new TextColumn(testKernel(), { bytes: 3 }).learn(Buffer.from('four'), 'four')).toBe(STRAY_TEXT);
  });

  it('tells texts apart whatever their lengths, and knows each again', () => {
    const message = (text: string): string =>
      `{"type":"prediction","model":"m","features":{"x":${JSON.stringify(text)},"y":1}}`;
    const reader = learned(message('first'));
    const texts = Array.from({ length: 80 }, (_, length) =>
      ['a', 'b', 'é', '\\'].flatMap((letter) => [letter.repeat(length), `${letter.repeat(length)}x`]),
    ).flat();
    for (let round = 0; round < 2; round++) {
      for (const text of texts) {
        const row = readOne(reader, message(text));
        if (row === null) throw new Error(`${text} was not read`);
        expect(flatEvent(row, Buffer.from(message(text)), POSITION).features.get('x')).toBe(text);
      }
    }
  });
});

describe('arrays of numbers', () => {
  it('have a cell for each of their elements', () => {
    const message = (array: string): string =>
      `{"type":"prediction","model":"m","features":{"x":1,"embedding":${array}},"prediction":"a"}`;
    const reader = learned(message('[1,2.5,-3]'));
    const row = readOne(reader, message('[0.125,1e3,null]'));
    const [vector] = row?.layout.vectors ?? [];
    if (row === null || vector === undefined) throw new Error('the array was not read');
    expect(vector.name).toBe('embedding');
    expect(vector.cells.map((cell) => cellValue(row, { name: '', cell, texts: [] }))).toEqual([
      0.125,
      1000,
      null,
    ]);
    // As a feature it is what it was: nothing that can be counted.
    const event = flatEvent(row, Buffer.from(message('[0.125,1e3,null]')), POSITION);
    expect(event.features.get('embedding')).toBe(INVALID_VALUE);
    // One more element is another shape; it is read by its keys.
    expect(readOne(reader, message('[1,2,3,4]'))?.layout.vectors).toEqual([]);
  });
});

describe('the flat reader', () => {
  const feed = (reader: FlatReader, text: string): boolean => {
    const bytes = Buffer.from(text);
    if (readOne(reader, text) !== null) return true;
    const result = decode(bytes, POSITION, RECORD_MS);
    if (result.ok) reader.learn(bytes, result.value);
    return false;
  };
  const message = (model: string, x: number): string =>
    `{"type":"prediction","model":"${model}","features":{"x":${x}}}`;

  it('keeps the shapes hit last, and forgets the others', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS, 2);
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
    // Each is known by its literals and by its keys.
    for (const model of ['d', 'e']) for (let i = 0; i < 9 && !feed(reader, message(model, 1)); i++);
    expect(reader.shapes).toEqual({ literal: 2, keyed: 2 });
    expect(feed(reader, message('b', 2))).toBe(false);
  });

  it('stops spending time on a stream whose shape never repeats, and finds back', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS);
    for (let i = 0; i < 5_000; i++) feed(reader, message(`model ${i}`, 1));
    expect(reader.counts.learned).toBeLessThan(30);
    for (let i = 0; i < 10_000; i++) feed(reader, message('steady', i));
    expect(reader.counts.hits).toBeGreaterThan(5_000);
  });

  it('stops spending time on messages that always bring a new key, and finds back', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS);
    const withKey = (i: number): string =>
      `{"type":"prediction","model":"m","features":{"x":${i},"new ${i}":1}}`;
    for (let i = 0; i < 5_000; i++) feed(reader, withKey(i));
    expect(reader.counts.learned).toBeLessThan(120);
    for (let i = 0; i < 10_000; i++) feed(reader, `{"features":{"x":${i}},"model":"m","type":"prediction"}`);
    expect(reader.counts.hits).toBeGreaterThan(9_000);
  });

  it('reads messages whose keys come and go, and tries a shape that comes often as literals', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS);
    const some = (i: number): string =>
      JSON.stringify({
        model: 'm',
        features: Object.fromEntries(
          ['a', 'b', 'c', 'd'].flatMap((name, k) => ((i >> k) & 1 ? [[name, i]] : [])),
        ),
        type: 'prediction',
      });
    for (let i = 0; i < 16; i++) feed(reader, some(i));
    for (let i = 0; i < 900; i++) expect(feed(reader, some(i)), some(i)).toBe(true);
    for (let i = 0; i < 3_000; i++) feed(reader, some(15));
    expect(readOne(reader, some(15))?.layout.byKeys).toBe(false);
    expect(readOne(reader, some(7))?.layout.byKeys).toBe(true);
  });

  it('reads as many different texts in one column as come', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS);
    const text = (i: number) => `{"type":"prediction","model":"m","features":{"town":"town ${i}"}}`;
    feed(reader, text(0));
    for (let i = 1; i < MAX_TEXTS + 100; i++) {
      const row = readOne(reader, text(i));
      if (row === null) throw new Error(`text ${i} was not read`);
      expect(flatEvent(row, Buffer.from(text(i)), POSITION).features.get('town')).toBe(`town ${i}`);
    }
  });

  it('leaves tombstones and messages too long to the ordinary decoder', () => {
    const reader = createReader({ ...DEFAULT_DECODE_LIMITS, maxBytes: 60 });
    expect(reader.read([{ value: null, timestampMs: RECORD_MS }], 0)).toBeNull();
    const label = '{"type":"label","model":"m","prediction_id":"1","label":1}';
    expect([feed(reader, label), feed(reader, label)]).toEqual([false, true]);
    expect(feed(reader, message('m', 1))).toBe(false);
    expect(feed(reader, message('m', 123_456))).toBe(true);
    expect(feed(reader, message('m', 1_234_567_890))).toBe(false);
  });

  it('stays within its memory, however wide messages are, and however many shapes they have', () => {
    const reader = createReader(DEFAULT_DECODE_LIMITS);
    const wide = (shape: number, x: number): string => {
      const features = Object.fromEntries(
        Array.from({ length: 1_900 }, (_, i) => [`feature ${shape} ${i}`, i % 9 === 0 ? `text ${x}` : x + i]),
      );
      return JSON.stringify({ type: 'prediction', model: 'm', features });
    };
    let hits = 0;
    for (let round = 0; round < 2; round++) {
      for (let shape = 0; shape < 40; shape++) hits += feed(reader, wide(shape, round)) ? 1 : 0;
    }
    for (let x = 0; x < 40; x++) hits += feed(reader, wide(39, x)) ? 1 : 0;
    expect(hits).toBeGreaterThan(30);
    // Elements of arrays are values that nobody reads, but each takes a place.
    const elements = (length: number): string =>
      `{"type":"prediction","model":"m","features":{"x":1},"trace":[${'1,'.repeat(length)}1]}`;
    expect([feed(reader, elements(9_000)), feed(reader, elements(9_000))]).toEqual([false, false]);
  });
});
