/** Every command there is, with what it needs to get as far as its configuration and its database. */
import { Command } from 'commander';
import { vi } from 'vitest';
import { COMMANDS, main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';

const RUN = '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f';

/** By their path; all others take what `argumentsOf` makes up. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'silence add': ['model=m', '--comment', 'c', '--for', '2h'],
  'silence preview': ['model=m'],
  'alert snooze': ['1', '--for', '2h'],
  'deliveries replay': [RUN],
  'recipients resume': ['a@example.org'],
  decode: ['--topic', 't'],
  init: ['--topic', 't'],
  replay: ['rows.jsonl'],
  forget: ['--model', 'm', '--feature', 'f'],
  compare: ['a.csv', 'b.csv', '--model', 'm'],
  'labelled-data export': ['--model', 'm'],
  versions: ['--model', 'm'],
  'retrain request': ['--model', 'm'],
  'retrain show': [RUN],
  'retrain approve': [RUN, '--by', 'b'],
  'retrain reject': [RUN, '--by', 'b'],
  'deliveries show': [RUN],
  'token create': ['--name', 'n', '--scopes', 'read'],
  recompute: ['--model', 'm', '--from', '2026-03-01', '--to', '2026-03-02'],
};

function argumentsOf(command: Command): string[] {
  const positional = command.registeredArguments.filter(({ required }) => required).map(() => '1');
  const options = command.options
    .filter(({ mandatory, defaultValue }) => mandatory && defaultValue === undefined)
    .flatMap(({ long }) => [long ?? '', '1']);
  return [...positional, ...options];
}

/** Command lines by the path of the command, such as `alert list`. */
export async function everyCommand(): Promise<Map<string, readonly string[]>> {
  const program = new Command();
  for (const load of COMMANDS) (await load()).register(program, {} as Io);
  const lines = new Map<string, readonly string[]>();
  const walk = (command: Command, path: readonly string[]): void => {
    if (command.commands.length > 0) {
      for (const child of command.commands) walk(child, [...path, child.name()]);
      return;
    }
    const name = path.join(' ');
    lines.set(name, [...path, ...(ARGUMENTS[name] ?? argumentsOf(command))]);
  };
  for (const command of program.commands) walk(command, [command.name()]);
  return lines;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function runHere(args: readonly string[]): Promise<Said> {
  // Each run listens to it, as a program does once.
  process.stdout.setMaxListeners(0);
  const said = { out: '', err: '' };
  const listen = (stream: NodeJS.WriteStream, key: keyof typeof said) =>
    vi.spyOn(stream, 'write').mockImplementation((text: unknown) => {
      said[key] += String(text);
      return true;
    });
  const spies = [listen(process.stdout, 'out'), listen(process.stderr, 'err')];
  try {
    const code = await main(args);
    return { code, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
