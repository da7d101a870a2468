/** What a matcher may look at. `kind` is the kind of shift (or `no_data`), `feature` one that moved or is faulty. */
export const MATCHER_NAMES = ['model', 'version', 'segment', 'feature', 'kind'] as const;
export type MatcherName = (typeof MATCHER_NAMES)[number];

export const MATCHER_OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type MatcherOperator = (typeof MATCHER_OPERATORS)[number];

export interface Matcher {
  readonly name: MatcherName;
  readonly operator: MatcherOperator;
  /** A text, or with `=~` and `!~` a regular expression of RE2 that has to fit from end to end. */
  readonly value: string;
}

/** What is not told while it lasts. Every matcher has to fit. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly author: string;
}

/** Longer would be forgotten: whoever means it can make it again. */
export const LONGEST_SILENCE_DAYS = 366;
