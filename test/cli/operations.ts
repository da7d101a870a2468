/** Runs one of the operating commands as the program would, with everything it touches in the test's hands. */
import { Command, CommanderError } from 'commander';
import type { OperationsIo } from '../../src/cli/terminal/ports.ts';
import type { ReplayOutcome, ReplayRequest } from '../../src/pipeline/intake/replay-dead-letters.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/resolve.ts';
import type { Clock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';

export const NOW_MS = Date.parse('2026-03-10T12:07:00Z');

export interface Run {
  readonly out: string;
  readonly said: string;
  /** What commander itself complained about. */
  readonly usage: string;
  readonly code: number;
  readonly replays: readonly ReplayRequest[];
}

export interface RunOptions {
  readonly config: () => Promise<Config>;
  readonly replay?: ReplayOutcome;
  /** The fixed time of the tests when absent. */
  readonly clock?: Clock;
}

type Register = (program: Command, io: OperationsIo) => void;

export async function run(register: Register, args: readonly string[], options: RunOptions): Promise<Run> {
  const texts = { out: '', said: '', usage: '' };
  const replays: ReplayRequest[] = [];
  let code = 0;
  const program = new Command('shiftwatch').exitOverride().configureOutput({
    writeErr: (text) => (texts.usage += text),
    writeOut: (text) => (texts.usage += text),
  });
  register(program, {
    clock: options.clock ?? { nowMs: () => NOW_MS },
    log: silentLog,
    dataDirectory: '/nonexistent',
    config: options.config,
    print: (text) => (texts.out += text),
    say: (text) => (texts.said += text),
    exitWith: (value) => (code = value),
    replayDeadLetters: async (request) => {
      replays.push(request);
      return options.replay ?? { accepted: 0, duplicates: 0, stillDead: [], truncated: 0, withheld: 0 };
    },
  });
  for (const command of program.commands) inherit(command, program);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = 2;
  }
  return { ...texts, code, replays };
}

/** Commands that were made before their parent was set up do not have its settings. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

/** A configuration of one model, with these lines before it. */
export async function configOf(lines: string): Promise<Config> {
  const text = `${lines}\nmodels:\n  - { name: credit-risk, task: classification, positive_class: approve, windows: [{ size: 1h, grace: 10m }] }\n`;
  const parsed = await parseConfig(text, { file: 'shiftwatch.yaml', env: {}, readFile: async () => '' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}
