import type { DeadLetterReason } from '../core/events/dead-letter.ts';

/** Longer than any limit that is told: of a card, an account, an id. */
const LONG_NUMBER = /-?\d[\d.]{8,}(?:e[-+]?\d+)?/gi;

/**
 * Why a record could not be read, without what it held: who may not see the bytes of a dead letter may not read them in the
 * sentence about it either.
 *
 * @example withoutQuotes('malformed_json', `Unexpected token 'D', "DE89 3704" is not valid JSON`) // "Unexpected token 'D'"
 * @example withoutQuotes('invalid_field', 'score is "0,9"; accepted is a number') // 'score is "…"; accepted is a number'
 * @example withoutQuotes('invalid_field', 'prediction_id is 4929123412341234; accepted is a string') // 'prediction_id is a number; accepted is a string'
 */
export function withoutQuotes(reason: DeadLetterReason, detail: string): string {
  // V8 quotes what stands around the place, cut off wherever that may be.
  if (reason === 'malformed_json') return detail.replace(/, .*/s, '');
  return detail
    .replaceAll(/"(?:[^"\\]|\\.)*(?:"|$)/gs, '"…"')
    .replace(/(^|\s)'.*'/s, "$1'…'")
    .replace(/ is (?:the number )?-?\d[^;\s]*;/, ' is a number;')
    .replaceAll(LONG_NUMBER, '…');
}
