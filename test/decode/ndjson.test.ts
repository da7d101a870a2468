import { expect, it } from 'vitest';
import { createDecoder } from '../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { decodeNdjson } from '../../src/decode/ndjson.ts';
import { RECORD_MS } from './decode.ts';

const decode = createDecoder(DEFAULT_DECODE_LIMITS);
const first = { source: 'http', partition: 0, offset: 100n };
const summary = (body: string) =>
  decodeNdjson(Buffer.from(body), decode, first, RECORD_MS).map(({ index, result }) =>
    result.ok
      ? { index, offset: result.value.position.offset, model: result.value.model }
      : { index, offset: result.error.position.offset, reason: result.error.reason },
  );
const event = (model: string) => JSON.stringify({ type: 'prediction', model, prediction: 1 });

it('gives each line the index a sender can look up', () => {
  expect(summary(`${event('a')}\r\n\n{"oops"\n${event('b')}\n`)).toEqual([
    { index: 0, offset: 100n, model: 'a' },
    { index: 2, offset: 102n, reason: 'malformed_json' },
    { index: 3, offset: 103n, model: 'b' },
  ]);
});

it('reads one event, on one line or indented over several', () => {
  expect(summary(event('a'))).toEqual([{ index: 0, offset: 100n, model: 'a' }]);
  const indented = JSON.stringify({ type: 'prediction', model: 'a}"{', features: { x: 1 } }, null, 2);
  expect(summary(`${indented}\n`)).toEqual([{ index: 0, offset: 100n, model: 'a}"{' }]);
});

it('does not let a truncated first line swallow the others', () => {
  expect(summary(`{"type":"prediction","features":{\n${event('b')}`)).toEqual([
    { index: 0, offset: 100n, reason: 'malformed_json' },
    { index: 1, offset: 101n, model: 'b' },
  ]);
});

it('says that an array of events is not an event', () => {
  expect(summary(`[\n${event('a')}\n]`)).toEqual([{ index: 0, offset: 100n, reason: 'not_an_object' }]);
});

it('finds no lines in an empty body', () => {
  expect(summary('')).toEqual([]);
  expect(summary('\n \n')).toEqual([]);
});
