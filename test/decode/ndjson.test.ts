import { expect, it } from 'vitest';
import { createDecoder } from '../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { bodyLines } from '../../src/decode/ndjson.ts';
import { RECORD_MS } from './decode.ts';

const decode = createDecoder(DEFAULT_DECODE_LIMITS);
const first = { source: 'http', partition: 0 };
const summary = (body: string) =>
  [...bodyLines(Buffer.from(body))].map(({ index, bytes }) => {
    const result = decode(bytes, { ...first, offset: BigInt(index) }, RECORD_MS);
    return result.ok ? { index, model: result.value.model } : { index, reason: result.error.reason };
  });
const event = (model: string) => JSON.stringify({ type: 'prediction', model, prediction: 1 });

it('gives each line the index a sender can look up', () => {
  expect(summary(`${event('a')}\r\n\n{"oops"\n${event('b')}\n`)).toEqual([
    { index: 0, model: 'a' },
    { index: 2, reason: 'malformed_json' },
    { index: 3, model: 'b' },
  ]);
});

it('reads one event, on one line or indented over several', () => {
  expect(summary(event('a'))).toEqual([{ index: 0, model: 'a' }]);
  const indented = JSON.stringify({ type: 'prediction', model: 'a}"{', features: { x: 1 } }, null, 2);
  expect(summary(`${indented}\n`)).toEqual([{ index: 0, model: 'a}"{' }]);
  // As Python writes it, which is not quite JSON.
  expect(summary(indented.replace('"x": 1', '"x": NaN'))).toEqual([{ index: 0, model: 'a}"{' }]);
});

it('does not let a truncated first line swallow the others', () => {
  expect(summary(`{"type":"prediction","features":{\n${event('b')}`)).toEqual([
    { index: 0, reason: 'malformed_json' },
    { index: 1, model: 'b' },
  ]);
});

it('leaves an array whole: of formats it may be a message', () => {
  expect(summary(`[\n${event('a')}\n]`)).toEqual([{ index: 0, reason: 'not_an_object' }]);
});

it('finds no lines in an empty body', () => {
  expect(summary('')).toEqual([]);
  expect(summary('\n \n')).toEqual([]);
});
