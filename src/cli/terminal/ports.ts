import type { Config } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import type { DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { Log } from '../../core/log.ts';

export interface ReplayRequest {
  readonly config: Config;
  readonly databaseUrl: string;
  /** Null: any. */
  readonly reason: DeadLetterReason | null;
  readonly model: string | null;
  /** At most so many, oldest first; null: all. */
  readonly limit: number | null;
  /** Only decode again and say what would happen. */
  readonly dryRun: boolean;
}

export interface ReplayOutcome {
  /** Read now, and stored (unless it was a dry run). */
  readonly accepted: number;
  readonly duplicates: number;
  /** Those that still cannot be read; they stay. */
  readonly stillDead: readonly { readonly reason: DeadLetterReason; readonly count: number }[];
  /** Cut to 64 KiB when they were stored: too little is left to be read again. */
  readonly truncated: number;
}

/** Puts dead letters through the line again, each in the transaction that marks it as replayed. */
export type ReplayDeadLetters = (request: ReplayRequest) => Promise<ReplayOutcome>;

/** What the commands that look after a running shiftwatch need of the program around them. */
export interface OperationsIo {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the embedded database. */
  readonly dataDirectory: string;
  /** The configuration as the program's options name it; a `UserError` when it has mistakes. */
  config(): Promise<Config>;
  /** Data, to standard output. */
  print(text: string): void;
  /** Messages, to standard error. */
  say(text: string): void;
  /** How the program ends once the command is done. */
  exitWith(code: 0 | 1 | 3): void;
  readonly replayDeadLetters: ReplayDeadLetters;
}
