import { MAX_DEAD_LETTER_BYTES } from '../core/events/dead-letter.ts';
import type { DeadLetter, DeadLetterReason } from '../core/events/dead-letter.ts';
import type { SourcePosition } from '../core/events/events.ts';
import { storableUpTo } from './text.ts';

const MAX_DETAIL_LENGTH = 500;

/** Why a message cannot become an event, before it is known where the message came from. */
export interface Refusal {
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

export const refuse = (
  reason: DeadLetterReason,
  detail: string,
): { readonly ok: false; readonly error: Refusal } => ({ ok: false, error: { reason, detail } });

/**
 * A dead letter as the store keeps it: at most `MAX_DEAD_LETTER_BYTES` of the message, copied so that it does
 * not hold the whole fetch response in memory, and texts that Postgres can take.
 */
export function deadLetter(
  position: SourcePosition,
  reason: DeadLetterReason,
  detail: string,
  bytes: Uint8Array | null,
  model: string | null = null,
): DeadLetter {
  const kept = Uint8Array.prototype.slice.call(bytes ?? new Uint8Array(), 0, MAX_DEAD_LETTER_BYTES);
  return {
    position,
    reason,
    detail: storableUpTo(detail, MAX_DETAIL_LENGTH),
    model: model === null ? null : storableUpTo(model, MAX_DETAIL_LENGTH),
    bytes: kept,
    byteLength: bytes?.byteLength ?? 0,
  };
}
