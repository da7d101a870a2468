import { expect, it } from 'vitest';
import { arrayElements } from '../../src/decode/array-elements.ts';

const elements = (body: string) => {
  const found = arrayElements(Buffer.from(body));
  return found && [...found].map(({ index, bytes }) => [index, Buffer.from(bytes).toString()]);
};

it.each([
  ['[{"a":1},{"a":[2,{"b":3}]}]', ['{"a":1}', '{"a":[2,{"b":3}]}']],
  [' \n[\r\n  {"a": 1},\n  {"a": 2}\n]\n', ['{"a": 1}', '{"a": 2}']],
  // Brackets, commas and quotes in texts end nothing.
  [String.raw`[{"a":"],[\"}"},{"b":"\\"}]`, [String.raw`{"a":"],[\"}"}`, String.raw`{"b":"\\"}`]],
  // What is no event, or no JSON, is left to whoever decodes it.
  ['[1,,{"a":NaN},oops]', ['1', '', '{"a":NaN}', 'oops']],
  ['[{"a":1},]', ['{"a":1}', '']],
  ['[[1,2],[3]]', ['[1,2]', '[3]']],
  ['[]', []],
  ['[ \n ]', []],
])('splits %s', (body, expected) => {
  expect(elements(body)).toEqual(expected.map((text, index) => [index, text]));
});

it.each([
  '',
  '{"a":[1,2]}',
  '{"a":1}\n{"a":2}',
  '[1]\n[2]',
  '[{"a":1},{"a":2}',
  '[{"a":1}] trailing',
  '[oops\n{"a":1}\n{"a":2}',
  '["never ends]',
  '[1}',
  ']',
])('leaves %s to be read as lines', (body) => {
  expect(elements(body)).toBeNull();
});

it('hands on views of a body of ten megabytes, and no copies', () => {
  const body = Buffer.from(
    `[${Array.from({ length: 20_000 }, (_, i) => `{"at":${i},"text":"${'x'.repeat(480)}"}`).join(',')}]`,
  );
  const found = [...(arrayElements(body) ?? [])];
  expect(found).toHaveLength(20_000);
  expect(found.every(({ bytes }) => bytes.buffer === body.buffer)).toBe(true);
  expect(JSON.parse(Buffer.from(found.at(-1)!.bytes).toString())).toMatchObject({ at: 19_999 });
});
