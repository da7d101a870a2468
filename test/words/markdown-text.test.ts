import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownText } from '../../src/words/markdown-text.ts';

/** As GitHub and GitLab read it back. */
const read = (markdown: string): string =>
  markdown.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe('text from data in Markdown', () => {
  it.each([
    ['car_value moved (PSI 0.24 > 0.1): watch, 93 %', 'car_value moved (PSI 0.24 &#62; 0.1): watch, 93 %'],
    ['a|b', 'a&#124;b'],
    ['a\\|b', 'a&#92;&#124;b'],
    ['<img src=x>', '&#60;img src=x&#62;'],
    ['&lt;b&gt;', '&#38;&#8288;lt;b&#38;&#8288;gt;'],
    ['`x`', '&#96;x&#96;'],
    ['**x** _y_ ~z~', '&#42;&#42;x&#42;&#42; &#95;y&#95; &#126;&#8288;z&#126;'],
    ['[x](javascript:y)', '&#91;x&#93;(javascript:y)'],
    ['$x$', '&#36;&#8288;x&#36;'],
    ['@team', '&#64;&#8288;team'],
    ['me@example.com', 'me&#64;&#8288;example.com'],
    ['fixes #12, gh-12, !12', 'fixes &#35;&#8288;12, gh-&#8288;12, !&#8288;12'],
    ['https://x.y www.x.y', 'https:&#8288;//x.y www&#8288;.x.y'],
    [':tada: at 10:30', ':&#8288;tada: at 10:30'],
    ['- x', '&#45; x'],
    ['---', '&#45;--'],
    ['1. x', '1&#46; x'],
    ['1.5 and -2', '1.5 and -2'],
    ['/close', '&#47;close'],
    ['# x', '&#35; x'],
    ['a\r\nb\u0000\u202Ec\u061Cd\u2066e', 'a b c d e'],
    ['', ''],
  ])('%j is %j', (text, markdown) => {
    expect(markdownText(text)).toBe(markdown);
  });

  it('is cut by what is shown, not by how it is written', () => {
    expect(read(markdownText('|'.repeat(200), 10))).toBe(`${'|'.repeat(9)}…`);
  });

  it('leaves nothing that Markdown or HTML is made of, whatever the text', () => {
    const dangerous = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...Array.from('|<>&`*_[]()~$@#!\\\n\r\t:/-+=.1a\u202e\u0007\u2028')),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(dangerous, (text) => {
        const markdown = markdownText(text, 1000);
        expect(markdown).not.toMatch(
          /[|<>`*[\]~$@\\\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
        expect(markdown).not.toMatch(/#(?!\d+;)|&(?!#\d+;)/);
        expect(read(markdown)).not.toMatch(/[@#][\p{L}\p{N}]|:\/\//u);
        expect(`| ${markdown} | x |`.split('|')).toHaveLength(4);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
