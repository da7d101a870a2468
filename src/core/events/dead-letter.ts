import type { SourcePosition } from './events.ts';

/** Why an envelope could not be read. Closed: a new reason is added here first, then handled everywhere. */
export const DEAD_LETTER_REASONS = [
  'malformed_json',
  'not_an_object',
  'invalid_utf8',
  'empty_message',
  'too_large',
  'too_deep',
  'too_many_features',
  'missing_model',
  'unknown_model',
  'unknown_type',
  'missing_fields',
  'invalid_field',
  'timestamp_invalid',
  'timestamp_in_future',
  'too_many_windows',
  'schema_error',
  'decompression_limit',
  'codec_error',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface DeadLetter {
  readonly position: SourcePosition;
  readonly reason: DeadLetterReason;
  /** One sentence for a person: which field, what was found, what would be accepted. */
  readonly detail: string;
  readonly model: string | null;
  /** The record's bytes, capped at `MAX_DEAD_LETTER_BYTES`. */
  readonly bytes: Uint8Array;
  readonly byteLength: number;
  /** Of the record in its log; absent: it was posted, and is as old as its arrival. */
  readonly recordMs?: number;
  /** Of formats that say part of their message there; needed to read it again. */
  readonly key?: Uint8Array | null;
  readonly headers?: ReadonlyMap<string, Uint8Array>;
  /** Fields whose values were hashed before it was put aside. Absent: it is as it came. */
  readonly hashed?: readonly string[];
  /** Nothing of it is kept but the reason. */
  readonly isWithheld?: true;
}

export const MAX_DEAD_LETTER_BYTES = 64 * 1024;
