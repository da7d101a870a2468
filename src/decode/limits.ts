import { MINUTE_MS } from '../core/clock.ts';
import { MAX_EVENT_NAME } from '../core/event-name.ts';
import type { Privacy } from '../core/privacy/privacy.ts';

/** What one message may cost. Logs are written by others: every limit here is one a mistake has reached before. */
export interface DecodeLimits {
  /** Checked before anything is parsed. 1 MiB is also what a Kafka broker takes by default. */
  readonly maxBytes: number;
  /** The envelope is level 1, its `features` level 2. */
  readonly maxDepth: number;
  /** Features, tags and probabilities, each for itself. */
  readonly maxFeatures: number;
  /** Of models, versions, feature and tag names, in UTF-16 units. */
  readonly maxNameLength: number;
  readonly maxIdLength: number;
  /** A text longer than this is no category; it is cut, so that free text cannot fill the memory. */
  readonly maxTextLength: number;
  /** How far an event may lie after its record: clocks differ, but one event from 2099 must not close windows. */
  readonly maxFutureMs: number;
  /** What is not to be kept of a message. Absent or null: all of it may be. */
  readonly privacy?: Privacy | null;
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxFeatures: 2_000,
  maxNameLength: MAX_EVENT_NAME,
  maxIdLength: 512,
  maxTextLength: 1_024,
  maxFutureMs: 10 * MINUTE_MS,
};
