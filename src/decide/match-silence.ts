import { RE2JS, RE2JSException } from 're2js';
import { nearest } from '../core/nearest.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { MATCHER_NAMES, MATCHER_OPERATORS, type Matcher, type MatcherName } from '../core/alerts/silence.ts';

/** What matchers look at. A text that does not apply is empty, as a label is that an alert does not have. */
export type Labels = Readonly<Record<MatcherName, string>>;

export const MOST_MATCHERS = 20;
export const LONGEST_VALUE = 512;
/** Steps for each character, at most: a program of this size goes through a name of 256 characters in milliseconds. */
const LARGEST_PROGRAM = 2_000;

/** @example parseMatcher('feature=~"age|income"').value // { name: 'feature', operator: '=~', value: 'age|income' } */
export function parseMatcher(text: string): Result<Matcher, string> {
  const found = /^\s*([A-Za-z_]+)\s*(=~|!~|!=|=)(.*)$/su.exec(text);
  const [, name = '', operator = '', rest = ''] = found ?? [];
  const quoted = rest.trim();
  if (found === null) {
    return fail(
      `${JSON.stringify(text)} is no matcher: write name=value, name!=value, name=~regex or name!~regex`,
    );
  }
  const known = MATCHER_NAMES.find((each) => each === name);
  if (known === undefined) {
    const near = nearest(name, MATCHER_NAMES);
    const hint = near === null ? `known: ${MATCHER_NAMES.join(', ')}` : `did you mean ${near}?`;
    return fail(`there is no ${JSON.stringify(name)} to match; ${hint}`);
  }
  const sign = MATCHER_OPERATORS.find((each) => each === operator) ?? '=';
  const value = /^"(.*)"$/su.exec(quoted)?.[1] ?? quoted;
  return ok({ name: known, operator: sign, value });
}

/** As it may be written; quotes are only looked for at both ends, so none inside needs a sign before it. */
export function matcherText({ name, operator, value }: Matcher): string {
  return `${name}${operator}${/^[\w.|@%+:*-]+$/.test(value) ? value : `"${value}"`}`;
}

/** What is wrong with the matchers of a silence; null when they can be used. */
export function matchersProblem(matchers: readonly Matcher[]): string | null {
  if (matchers.length === 0) return 'a silence needs at least one matcher';
  if (matchers.length > MOST_MATCHERS) return `a silence has at most ${MOST_MATCHERS} matchers`;
  for (const matcher of matchers) {
    if (matcher.value.length > LONGEST_VALUE) return `${matcher.name}: at most ${LONGEST_VALUE} characters`;
    const compiled = compile(matcher);
    if (!compiled.ok) return `${matcherText(matcher)}: ${compiled.error}`;
  }
  // One that fits the empty text fits what has nothing of the kind: alone it would silence everything.
  const demanding = matchers.some((matcher) => !matches(matcher, ''));
  return demanding
    ? null
    : 'at least one matcher must ask for something, such as model=~.+: these fit what has nothing of the kind';
}

/** Whether every matcher fits. One whose expression cannot be read fits nothing. */
export function allMatch(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.length > 0 && matchers.every((matcher) => matches(matcher, labels[matcher.name]));
}

function matches(matcher: Matcher, text: string): boolean {
  const { operator, value } = matcher;
  if (operator === '=') return text === value;
  if (operator === '!=') return text !== value;
  const compiled = compile(matcher);
  return compiled.ok && compiled.value.matches(text) === (operator === '=~');
}

/** RE2 takes a time that grows with the text only, whatever the expression; the engine of JavaScript may take for ever. */
function compile({ operator, value }: Matcher): Result<{ matches(text: string): boolean }, string> {
  if (operator === '=' || operator === '!=') return ok({ matches: (text) => text === value });
  try {
    const expression = RE2JS.compile(value, RE2JS.DOTALL);
    if (expression.programSize() > LARGEST_PROGRAM) return fail('the expression is too large');
    return ok(expression);
  } catch (error) {
    if (error instanceof RE2JSException) return fail(error.message);
    throw error;
  }
}
