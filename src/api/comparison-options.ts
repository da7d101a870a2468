import { fail, ok, type Result } from '../core/result.ts';

/** Options of `shiftwatch compare` that a request may say: none that reads or writes a file of the server. */
const TEXTS = [
  'window',
  'seasonal',
  'timezone',
  'preset',
  'prediction',
  'score',
  'label',
  'holdout',
  'timestamp',
  'prediction_id',
  'task',
  'positive_class',
  'encoding',
  'decimal',
] as const;
const LISTS = ['ignore', 'segments', 'groups', 'features', 'exclude', 'numeric', 'categorical'] as const;
export const COMPARISON_OPTIONS: readonly string[] = [...TEXTS, ...LISTS, 'min_count', 'multivariate'];

const is = (names: readonly string[], name: string): boolean => names.includes(name);

/**
 * The flags of a request's options; each with its value in one word, so that no value is taken for a flag.
 *
 * @returns why one of them cannot be
 */
export function comparisonFlags(options: unknown): Result<string[], string> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return fail('`options` is no JSON object.');
  }
  const flags: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const flag = `--${name.replaceAll('_', '-')}`;
    if (!is(COMPARISON_OPTIONS, name)) {
      return fail(`There is no option ${JSON.stringify(name)}; there are ${COMPARISON_OPTIONS.join(', ')}.`);
    }
    if (value === null || value === undefined) continue;
    if (name === 'multivariate') {
      if (typeof value !== 'boolean') return fail('`multivariate` is true or false.');
      if (!value) flags.push('--no-multivariate');
    } else if (name === 'min_count') {
      if (!Number.isSafeInteger(value)) return fail('`min_count` is a whole number.');
      flags.push(`${flag}=${String(value)}`);
    } else if (typeof value === 'string' || typeof value === 'number') {
      flags.push(`${flag}=${value}`);
    } else if (is(LISTS, name) && Array.isArray(value) && value.every((one) => typeof one === 'string')) {
      flags.push(`${flag}=${value.join(',')}`);
    } else {
      return fail(`\`${name}\` is text${is(LISTS, name) ? ' or a list of texts' : ''}.`);
    }
  }
  return ok(flags);
}
