import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storableUpTo } from '../../src/decode/text.ts';

describe('a text that is cut', () => {
  test.each([
    ['d'.repeat(1_022) + '😀' + 'x'.repeat(9), `${'d'.repeat(1_022)}…`],
    ['c'.repeat(1_021) + '😀' + 'x'.repeat(9), `${'c'.repeat(1_021)}😀…`],
    ['😀'.repeat(600), `${'😀'.repeat(511)}…`],
  ])('keeps whole letters', (text, cut) => {
    expect(storableUpTo(text, 1_024)).toBe(cut);
  });

  test('is a beginning of what it was, whatever letters it has', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 20, maxLength: 60 }), (text) => {
        fc.pre(!text.includes('\u0000'));
        const cut = storableUpTo(text, 16);
        expect(cut.length).toBeLessThanOrEqual(16);
        expect(text.startsWith(cut.slice(0, -1))).toBe(text.length > 16 || cut === text);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
