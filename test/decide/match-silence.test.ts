import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MATCHER_NAMES, MATCHER_OPERATORS, type Matcher } from '../../src/core/alerts/silence.ts';
import {
  allMatch,
  matchersProblem,
  matcherText,
  parseMatcher,
  type Labels,
} from '../../src/decide/match-silence.ts';
import { cpuMsOf } from '../harness/cpu-time.ts';

const LABELS: Labels = {
  model: 'credit-risk',
  version: '3',
  segment: 'country=DE',
  feature: 'age',
  kind: 'covariate_shift',
};

function read(text: string): Matcher {
  const parsed = parseMatcher(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
const fits = (...texts: string[]): boolean => allMatch(texts.map(read), LABELS);

/** What means something in an expression, in a matcher, or to a terminal. */
const LETTERS = Array.from('ab1 "\'=~!|()[]{}.*+?^$\\,-:<>P\n\t\u0000\u00fc\u202e\u{1f600}\ud800');

describe('matchers', () => {
  it.each([
    [true, ['model=credit-risk']],
    [true, ['model="credit-risk"', ' version = 3 ']],
    [false, ['model=credit']],
    [false, ['model=credit-risk', 'version=4']],
    [true, ['model!=fraud']],
    [false, ['model!=credit-risk']],
    [true, ['segment=country=DE']],
    [true, ['feature=~age|income']],
    [true, ['feature=~"a.e"']],
    [false, ['feature=~ag']],
    [true, ['feature!~ag']],
    [false, ['feature!~a.*']],
    [true, ['kind=~.*_shift']],
    [true, ['feature=~(?i)AGE']],
  ])('%s: %j', (expected, texts) => {
    expect(fits(...texts)).toBe(expected);
  });

  it('treat what an alert does not have as the empty text', () => {
    const about = { ...LABELS, feature: '' };
    expect(allMatch([read('feature!=age')], about)).toBe(true);
    expect(allMatch([read('feature=~.*')], about)).toBe(true);
    expect(allMatch([read('feature=~.+')], about)).toBe(false);
    expect(allMatch([], about)).toBe(false);
  });

  it('fit names with line breaks from end to end', () => {
    expect(allMatch([read('feature=~a.*e')], { ...LABELS, feature: 'a\nb\ne' })).toBe(true);
    expect(allMatch([read('feature=~a')], { ...LABELS, feature: 'a\nb' })).toBe(false);
  });

  it.each([
    ['credit-risk', 'is no matcher'],
    ['', 'is no matcher'],
    ['modle=x', 'did you mean model?'],
    ['alertname=x', 'known: model, version, segment, feature, kind'],
  ])('%j cannot be read', (text, message) => {
    expect(parseMatcher(text)).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });

  it('are written as they are read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MATCHER_NAMES),
        fc.constantFrom(...MATCHER_OPERATORS),
        fc.string({ unit: fc.constantFrom(...LETTERS) }).filter((text) => !text.startsWith('~')),
        (name, operator, value) => {
          expect(parseMatcher(matcherText({ name, operator, value }))).toEqual({
            ok: true,
            value: { name, operator, value },
          });
        },
      ),
      { seed: 15 },
    );
  });
});

describe('what cannot be a silence', () => {
  const many = Array.from({ length: 21 }, () => 'model=m');
  it.each([
    ['at least one matcher', []],
    ['at most 20 matchers', many],
    ['at most 512 characters', [`model=${'x'.repeat(513)}`]],
    ['fit what has nothing of the kind', ['feature=~.*']],
    ['fit what has nothing of the kind', ['model!=fraud', 'version!~4']],
    ['fit what has nothing of the kind', ['segment=']],
    ['missing closing )', ['model=~(a']],
    // What RE2 does not have, because it would need to go back.
    ['(?=', ['model=~(?=a)b']],
    ['invalid escape sequence', ['model=~(a)\\1']],
    ['invalid repeat count', ['model=~((a{100}){100}){100}']],
    ['too large', [`model=~${'(.{1,250}){4}'.repeat(18)}`]],
  ])('%s: %j', (message, texts) => {
    expect(matchersProblem(texts.map(read))).toContain(message);
  });

  it.each([['model=m'], ['model!='], ['feature=~a|b'], ['feature=~.+']])('%s can', (text) => {
    expect(matchersProblem([read(text)])).toBeNull();
  });

  it('takes no time on expressions that make other engines hang', () => {
    const evil = ['(a+)+$', '(a|aa)+$', '(a*)*b', '(.*a){20}', '([a-zA-Z]+)*$'];
    const labels = { ...LABELS, feature: `${'a'.repeat(255)}!` };
    const tookMs = cpuMsOf(() => {
      for (const value of evil) allMatch([{ name: 'feature', operator: '=~', value }], labels);
    });
    // The engine of JavaScript would need longer than the universe has existed.
    expect(tookMs).toBeLessThan(5_000);
  });

  it('answers on any expression whatever', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: fc.constantFrom(...LETTERS) }), (value) => {
        const matchers: Matcher[] = [{ name: 'feature', operator: '=~', value }];
        const problem = matchersProblem(matchers);
        expect(problem === null || typeof problem === 'string').toBe(true);
        expect(typeof allMatch(matchers, LABELS)).toBe('boolean');
      }),
      { seed: 15, numRuns: 2_000 },
    );
  });
});
