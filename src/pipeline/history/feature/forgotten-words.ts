import { createHmac } from 'node:crypto';
import { literal } from '../../../core/literal.ts';
import { displayText } from '../../../words/display-text.ts';

/** What texts say where they named it. */
export const FORGOTTEN = 'a forgotten feature';

/** Words of our own, which a feature may be called by too. */
const OWN_WORDS = new Set(
  `verdict types not_tested kind status severity advice reason series cause state channel channels model modelVersion model_version
   webhook trigger metric statistic subject task about decisionReason measure outcome runId incidentId windowId webhookId operator
   time_pattern pattern firedVerdict toldTypes overTypes consequence urgency standing positive_class method`.split(
    /\s+/,
  ),
);
/** What is measured of the model's output has a name of ours, too. */
const OUTPUTS = new Set(['prediction', 'score', 'label']);

const WORD = '[\\p{L}\\p{N}_]';
const QUOTED = /"[^"\n]*"|“[^”\n]*”|'[^'\n]*'/gu;
const FIGURE = /(?<![\p{L}_])[-−+]?\d[\d.,:]*(?:e[-+]?\d+)?/gu;
const SENTENCE = /((?<=[.!?;])\s+|\n)/u;
const NAME = '\uE000';
/** `country is DE` */
const IS_VALUE = /(\uE000(?: is |\s?=\s?))[^\s,;.:)]+/gu;

/**
 * Takes a feature out of what was said: its name gives way to words that say no more, and what is told of its values in the same sentence goes
 * (figures, quoted texts, levels). What is measured of it (comparisons, strata, parts of a pattern) is left out as a whole; what was
 * concluded of it (faults, readings) stays and names nobody. Pure.
 */
export class ForgottenWords {
  readonly name: string;
  readonly #secret: Uint8Array;
  readonly #named: RegExp;
  readonly #levels: RegExp | null;

  /** @param levels values of it that no other column has: longest first, whole words */
  constructor(name: string, secret: Uint8Array, levels: readonly string[]) {
    this.name = name;
    this.#secret = secret;
    const spelled = [...new Set([name, displayText(name, Infinity), displayText(name)])];
    this.#named = new RegExp(spelled.map(asWord).join('|'), 'gu');
    this.#levels =
      levels.length === 0
        ? null
        : new RegExp(
            [...levels]
              .sort((a, b) => b.length - a.length)
              .map(asWord)
              .join('|'),
            'gu',
          );
  }

  isNamed(text: string): boolean {
    this.#named.lastIndex = 0;
    return this.#named.test(text);
  }

  text(text: string): string {
    const segment = this.segment(text);
    if (segment !== null) return segment;
    if (!this.isNamed(text)) return text;
    return text
      .split(SENTENCE)
      .map((sentence) => (this.isNamed(sentence) ? this.#redacted(sentence) : this.#withoutLevels(sentence)))
      .join('');
  }

  /** The name of a segment or group that is made of it, as it is kept: equal values stay equal. Null: it is none. */
  segment(name: string): string | null {
    const [, marks = '', of = ''] = /^((?::\w+:)*)(.*)$/su.exec(name) ?? [];
    if (!of.startsWith(`${this.name}=`)) return null;
    const mark = createHmac('sha256', this.#secret).update(of).digest('hex').slice(0, 12);
    return `${marks}${FORGOTTEN}=${mark}`;
  }

  /** A text, or JSON of ours. */
  said(value: unknown): unknown {
    return this.json(value);
  }

  /** @param isFree nothing is known of its keys: those that are the name go */
  json(value: unknown, isFree = false): unknown {
    return this.#walk(value, '', isFree);
  }

  #walk(value: unknown, key: string, isFree: boolean): unknown {
    if (typeof value === 'string') return OWN_WORDS.has(key) ? value : this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const items: unknown[] = value;
      return items.filter((item) => !this.#isMeasured(item)).map((item) => this.#walk(item, key, isFree));
    }
    if (!OUTPUTS.has(key) && this.#isMeasured(value)) return null;
    const isConcluded = 'feature' in value && value.feature === this.name;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, each]: [string, unknown]): [string, unknown][] => {
        if (isFree && name === this.name) return [];
        const walked = this.#walk(each, name, isFree);
        return [[name, isConcluded && name !== 'feature' ? this.#toldOf(walked, name) : walked]];
      }),
    );
  }

  /** Of what is about it, also where it does not name it. */
  #toldOf(value: unknown, key: string): unknown {
    if (typeof value === 'string') return OWN_WORDS.has(key) || isCode(value) ? value : this.#redacted(value);
    return Array.isArray(value) ? value.map((item: unknown) => this.#toldOf(item, key)) : value;
  }

  #isMeasured(item: unknown): boolean {
    if (typeof item !== 'object' || item === null) return false;
    if (Array.isArray(item)) return item[0] === 'feature' && this.#isMeasured(item[1]);
    if ('operator' in item) return false;
    if ('feature' in item && item.feature === this.name) {
      return !('verdict' in item || 'fault' in item || 'tested' in item);
    }
    if (!('name' in item) || item.name !== this.name) return false;
    if ('subject' in item) return item.subject === 'feature';
    if ('measure' in item) return item.measure !== 'metric';
    return 'kind' in item && ('status' in item || 'missing' in item);
  }

  #redacted(sentence: string): string {
    const named = sentence.replaceAll(this.#named, NAME);
    const told = this.#withoutLevels(named.replaceAll(QUOTED, '…').replaceAll(IS_VALUE, '$1…')).replaceAll(
      FIGURE,
      '…',
    );
    return told.replaceAll(NAME, FORGOTTEN);
  }

  #withoutLevels(text: string): string {
    return this.#levels === null ? text : text.replaceAll(this.#levels, '…');
  }
}

/** `unit_change`: a word of ours, or an instant. */
function isCode(text: string): boolean {
  return /^[a-z]+(?:_[a-z]+)*$/.test(text) || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);
}

/** Where it stands by itself: a name within a longer one is another name. */
function asWord(text: string): string {
  const isWord = (letter: string | undefined): boolean =>
    letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
  const letters = Array.from(text);
  const before = isWord(letters[0]) ? `(?<!${WORD}[.-])(?<!${WORD})` : '';
  const after = isWord(letters.at(-1)) ? `(?![.-]?${WORD})` : '';
  return `${before}${literal(text)}${after}`;
}
