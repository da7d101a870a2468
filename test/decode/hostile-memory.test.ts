import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { MAX_DEAD_LETTER_BYTES } from '../../src/core/events/dead-letter.ts';

interface Outcome {
  readonly format: string;
  readonly message: string;
  readonly outcome: string;
  readonly bytes: number;
  readonly cpuMs: number;
}
/** Of the heap; what the messages themselves take lies outside it. */
const HEAP_MB = 96;
/** For one message; of computing, so that it does not depend on what else the machine does. */
const AT_MOST_CPU_MS = 3_000;

it('takes every hostile message in every format within little memory and time', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, join(import.meta.dirname, 'hostile-corpus.ts')],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  const outcomes = JSON.parse(stdout) as Outcome[];
  expect(outcomes.length).toBeGreaterThan(200);
  const slow = outcomes.filter(({ cpuMs }) => cpuMs > AT_MOST_CPU_MS);
  expect(slow.filter(({ message }) => message !== 'a million categories')).toEqual([]);
  expect(Math.max(...outcomes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MAX_DEAD_LETTER_BYTES);
  const plain = new Map(
    outcomes.filter(({ format }) => format === 'json').map((each) => [each.message, each.outcome]),
  );
  expect(Object.fromEntries(plain)).toEqual({
    'bare numbers': 'events',
    'a number for an id': 'invalid_field',
    'duplicate keys': 'events',
    'keys of prototypes': 'events',
    '10,000 levels': 'too_deep',
    '5 MB': 'too_large',
    '100,000 names': 'too_large',
    '40,000 names below the byte limit': 'too_many_features',
    '250,000 rows': 'missing_model',
    'a stack of strings of JSON': 'missing_model',
    'broken UTF-8': 'invalid_utf8',
    'a tombstone': 'empty_message',
    nulls: 'missing_fields',
    'wrong types': 'invalid_field',
    'a million categories': 'events',
  });
  const rows = outcomes.filter(({ message, format }) => message === '250,000 rows' && format === 'kserve');
  expect(rows).toMatchObject([{ outcome: 'missing_fields' }]);
});
