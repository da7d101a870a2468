import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashIdBytes, idHash, toBigint } from '../../src/core/ids/id-hash.ts';

describe('idHash', () => {
  // Computed with mmh3 5.3.1 for Python: hash64(text, 0, x64arch=False)[0].
  test.each([
    ['', 0n],
    ['a', 6149295974043128636n],
    ['a1', -2608452007427826625n],
    ['ab', 2719664070616961503n],
    ['abc', -6723866935948359983n],
    ['abcd', 5021450012940749994n],
    ['12345678901234567', 7845904549310204783n],
    ['prediction-000000000001', 9044574514325250830n],
    ['é€😀', -1449183355196625005n],
    ['x'.repeat(100), -4176771391121049710n],
  ])('of %j', (text, expected) => {
    expect(idHash(text)).toBe(expected);
  });

  test('is the same from bytes anywhere in a message', () => {
    const lanes = new Int32Array(2);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.uint8Array(), (text, before, after) => {
        const id = Buffer.from(text);
        hashIdBytes(Buffer.concat([before, id, after]), before.length, before.length + id.length, lanes);
        expect(toBigint(lanes[1] ?? 0, lanes[0] ?? 0)).toBe(idHash(text));
      }),
    );
  });
});
