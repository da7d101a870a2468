import type { FormatSettings, FormatPresetName } from '../../core/events/log-format.ts';
import type { Result } from '../../core/result.ts';
import type { Refusal } from '../dead-letter.ts';
import { refuse } from '../dead-letter.ts';
import type { JsonObject } from '../json-message.ts';

/** A record as a preset or a mapping sees it. */
export interface FormatMessage {
  /** Parsed JSON, what a registered schema made of the bytes, or, for presets of other payloads, the bytes. */
  readonly value: unknown;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly key: string | null;
  /** Null where records come from a file or over HTTP. */
  readonly topic: string | null;
}

/** An event in the fields of docs/logs.md, still to be checked as any event is. `features` may be a map. */
export type Envelope = JsonObject;

/** No envelopes: the message is of the format and says nothing about a prediction. */
export type Envelopes = Result<readonly Envelope[], Refusal>;

export interface FormatPreset {
  readonly name: FormatPresetName;
  /** Whose logs these are, for people. */
  readonly title: string;
  readonly payload: 'json' | 'bytes';
  /** Whether a message looks like this format; for suggestions only. */
  recognises(message: FormatMessage): boolean;
  read(message: FormatMessage, settings: FormatSettings): Envelopes;
}

/** One message must not become more events than a checkpoint should hold. */
export const MAX_ROWS = 10_000;

export function tooManyRows(rows: number): ReturnType<typeof refuse> {
  return refuse('too_large', `${rows} rows in one message; at most ${MAX_ROWS} are accepted`);
}
