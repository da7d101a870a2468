import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundedMessage } from '../../src/core/errors.ts';

it('is one bounded line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
      const said = boundedMessage(new Error(text));
      expect(said.length).toBeLessThanOrEqual(300);
      expect(said).not.toMatch(/[\r\n\t]/);
    }),
  );
});

it('holds of addresses neither user, password, path nor query', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcXYZ019-_%.~'.split('')),
    minLength: 4,
    maxLength: 12,
  });
  fc.assert(
    fc.property(word, word, word, (user, password, path) => {
      const [u, p, q] = [`u${user}!`, `p${password}!`, `q${path}!`];
      const said = boundedMessage(
        new Error(`cannot reach https://${u}:${p}@example.org:80/${q}?key=${p} now`),
      );
      expect(said).toBe('cannot reach https://example.org:80 now');
    }),
  );
});

it.each([
  ['password=hush', 'password=***'],
  ['"token": "hush"', '"token": ***'],
  ['Authorization: Bearer hush', 'Authorization: ***'],
  ['api_key=hush&x=1', 'api_key=***'],
  ['password authentication failed for user "me"', 'password authentication failed for user "me"'],
])('says nothing that is named a secret: %s', (text, said) => {
  expect(boundedMessage(new Error(text))).toBe(said);
});
