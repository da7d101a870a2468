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
    const odd = hideTexts(['a/b+c=d&"e" \'f\' ü😀']);
    for (const said of [
      'a/b+c=d&amp;&quot;e&quot; &#39;f&#x27; ü😀',
      'a/b+c=d&#38;&#34;e&#34; &apos;f&apos; &#252;&#x1F600;',
      'a%2fb%2Bc%3dd%26%22e%22%20%27f%27%20%C3%BC%F0%9f%98%80',
      'a%2Fb%2Bc%3Dd%26%22e%22+%27f%27+%c3%bc%F0%9F%98%80',
      'a\\/b+c=d\\u0026\\"e\\" \\u0027f\\u0027 \\u00FC\\ud83d\\ude00',
    ])
      expect(odd(`<p>${said}</p>`)).toBe('<p>***</p>');
  });

  it('hides the login of a mail server, or of Basic, that is said back', () => {
    const hide = hideTexts(['correct horse']);
    const told = (login: string): string => hide(`535 5.7.8 ${login} refused for bob`);
    expect(told(Buffer.from('\0bob\0correct horse').toString('base64'))).toBe(
      '535 5.7.8 *** refused for bob',
    );
    expect(told(`Basic ${btoa('bob:correct horse')}`)).toBe('535 5.7.8 Basic *** refused for bob');
    expect(told(btoa('correct horse'))).toBe('535 5.7.8 *** refused for bob');
    expect(told(btoa('another horse'))).toContain(btoa('another horse'));
  });

  it('hides it in base64 of anything around it, in both alphabets', () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), bytes, bytes, (secret, before, after) => {
        const all = Buffer.concat([before, Buffer.from(secret), after]);
        for (const alphabet of ['base64', 'base64url'] as const)
          expect(hideTexts([secret])(`said ${all.toString(alphabet)} back`)).toBe('said *** back');
      }),
      { seed: 8 },
    );
  });

  it('takes no longer for a long text than it is long', () => {
    const long = 'a'.repeat(2_000_000);
    expect(hideTexts(['correct horse'])(long)).toBe(long);
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
