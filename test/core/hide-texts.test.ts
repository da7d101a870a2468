import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideTexts } from '../../src/core/hide-texts.ts';

describe('hideTexts', () => {
  it('hides a text wherever it stands, in every spelling', () => {
    const hide = hideTexts(['p@ss "word" 1', '/services/T0/B0/abcdef', 'short']);
    expect(hide('wrong: p@ss "word" 1!')).toBe('wrong: ***!');
    expect(hide('{"password":"p@ss \\"word\\" 1"}')).toBe('{"password":"***"}');
    expect(hide('https://u:p%40ss%20%22word%22%201@h/')).toBe('https://u:***@h/');
    expect(hide('nothing at /services/T0/B0/abcdef, in short')).toBe('nothing at ***, in short');
  });

  it('leaves no secret of eight characters or more in anything', () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 5 }), fc.string(), fc.string(), (secrets, before, after) => {
        const hide = hideTexts(secrets);
        for (const one of secrets) {
          fc.pre(!'***'.includes(one) && !one.includes('***'));
          expect(hide(`${before} ${one} ${after}`).includes(one)).toBe(false);
          expect(hide(`${before} ${encodeURIComponent(one)} ${after}`)).not.toContain(
            encodeURIComponent(one),
          );
        }
      }),
      { seed: 7 },
    );
  });
});
