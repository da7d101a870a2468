import type { Config } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ReplayOutcome, ReplayRequest } from '../../pipeline/intake/replay-dead-letters.ts';

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
