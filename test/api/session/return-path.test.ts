import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnPath } from '../../../src/api/session/return-path.ts';

const SITE = 'https://shiftwatch.example.org';

describe('where a browser goes after it has signed in', () => {
  it.each([
    ['/', '/'],
    ['/incidents/7?tz=local&x=%2F#top', '/incidents/7?tz=local&x=%2F#top'],
    ['/models/a%2Fb/features/%3Cscript%3E', '/models/a%2Fb/features/%3Cscript%3E'],
    ['/a/../b', '/b'],
    ['/%09/evil.example', '/%09/evil.example'],
  ])('%s leads to %s', (text, expected) => {
    expect(returnPath(text)).toBe(expected);
  });

  it.each([
    '',
    'incidents',
    'https://evil.example/',
    'https:evil',
    '//evil',
    '//evil.example/',
    '///evil.example/',
    String.raw`/\evil.example/`,
    String.raw`/\/evil.example/`,
    String.raw`\\evil.example`,
    '/.//evil.example',
    '/x/..//evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    '/login?to=/login',
    '/login/oidc',
    '/session/end',
    `/${'x'.repeat(2_000)}`,
  ])('%j leads to the beginning', (text) => {
    expect(returnPath(text)).toBe('/');
  });

  it('stays on this site, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '\t',
      '\n',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '%5c',
      'evil.example',
      'http:',
      ' ',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join('')}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const to = returnPath(text);
        expect(to.startsWith('/')).toBe(true);
        expect(new URL(to, SITE).origin).toBe(SITE);
        // A browser that is sent there asks for the same path.
        expect(returnPath(to)).toBe(to);
      }),
      { numRuns: 2_000, seed: 41 },
    );
  });
});
