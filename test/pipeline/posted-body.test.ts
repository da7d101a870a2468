import { expect, it } from 'vitest';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { readEventBody } from '../../src/pipeline/intake/posted-body.ts';

const FIRST = { source: 'http', partition: 0, offset: 10_000_000n };
const AT_MS = Date.UTC(2026, 2, 1, 12);

function read(body: string) {
  const pieces = readEventBody(Buffer.from(body), DEFAULT_DECODE_LIMITS, FIRST, AT_MS);
  return (
    pieces &&
    [...pieces()].flatMap(({ records, lines }) =>
      records.map(({ result, position, bytes }, at) => ({
        line: lines[at],
        offset: Number(position.offset - FIRST.offset),
        is: result.ok ? result.value.model : [result.error.reason, Buffer.from(bytes).toString()],
      })),
    )
  );
}

const event = (model: string) => JSON.stringify({ type: 'prediction', model, prediction: 1 });

it('takes an array of events, and puts aside the elements that are none', () => {
  const expected = [
    { line: 0, offset: 0, is: 'a' },
    { line: 1, offset: 1, is: ['not_an_object', '7'] },
    { line: 2, offset: 2, is: ['malformed_json', '{oops}'] },
    { line: 3, offset: 3, is: 'b' },
  ];
  expect(read(`[${event('a')},7,{oops},${event('b')}]`)).toEqual(expected);
  expect(read(`[\n  ${event('a')},\n  7,\n  {oops},\n  ${event('b')}\n]\n`)).toEqual(expected);
  expect(read('[]')).toEqual([]);
});

it('takes no more of an array than of lines', () => {
  const some = (count: number) => `[${Array.from({ length: count }, () => '1').join(',')}]`;
  expect(read(some(50_000))).toHaveLength(50_000);
  expect(read(some(50_001))).toBeNull();
});
