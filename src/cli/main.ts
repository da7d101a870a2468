/**
 * The command line. Each command is a folder, with a file of its name that exports `register(program, io)`: it declares
 * its options at once, which is cheap, and imports what it works with inside its action, so that `--help` stays
 * instant. To add a command, write such a file and list it in COMMANDS.
 *
 * Data goes to stdout, messages to stderr. Exit codes: 0 fine, 1 error, 2 usage, 3 a shift was found.
 */
import { Command, CommanderError } from 'commander';
import { UsageError, UserError } from '../core/errors.ts';
import { VERSION } from '../pipeline/serve/version.ts';
import { refusedByMachine } from './terminal/output-file.ts';
import { createIo, type Io } from './terminal/io.ts';

/** Each declares its commands and options. */
export const COMMANDS = [
  async () => await import('./demo/demo.ts'),
  async () => await import('./init/init.ts'),
  async () => await import('./serve/serve.ts'),
  async () => await import('./compare/compare.ts'),
  async () => await import('./detect/detect.ts'),
  async () => await import('./simulate/simulate.ts'),
  async () => await import('./baseline/baseline.ts'),
  async () => await import('./replay/replay.ts'),
  async () => await import('./decode/decode.ts'),
  async () => await import('./event-schema/event-schema.ts'),
  async () => await import('./status/status.ts'),
  async () => await import('./versions/versions.ts'),
  async () => await import('./days/days.ts'),
  async () => await import('./retrain/show.ts'),
  async () => await import('./digest/digest.ts'),
  async () => await import('./backtest/backtest.ts'),
  async () => await import('./alert/alert.ts'),
  async () => await import('./annotations/annotations.ts'),
  async () => await import('./silence/silence.ts'),
  async () => await import('./doctor/doctor.ts'),
  async () => await import('./config/config.ts'),
  async () => await import('./dead-letters/dead-letters.ts'),
  async () => await import('./deliveries/deliveries.ts'),
  async () => await import('./channel/endpoint.ts'),
  async () => await import('./channel/channel.ts'),
  async () => await import('./channel/webhook.ts'),
  async () => await import('./labelled-data/labelled-data.ts'),
  async () => await import('./channel/recipients.ts'),
  async () => await import('./retrain/retrain.ts'),
  async () => await import('./token/token.ts'),
  async () => await import('./audit/audit.ts'),
  async () => await import('./retention/retention.ts'),
  async () => await import('./forget/forget.ts'),
  async () => await import('./recompute/recompute.ts'),
  async () => await import('./migrate/migrate.ts'),
  async () => await import('./grant-views/grant-views.ts'),
];

const DEFAULT_CONFIG = 'shiftwatch.yaml';
const EXIT_ERROR = 1;
const EXIT_USAGE = 2;

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('shiftwatch')
    .description('Watches machine-learning models in production and says what kind of shift it sees.')
    .version(VERSION, '-V, --version')
    // What stands behind a command is the command's: `baseline create --version 3` asks for no version of ours.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for more)')
    .exitOverride();
  let configPath = DEFAULT_CONFIG;
  const io = createIo(() => configPath);
  for (const load of COMMANDS) (await load()).register(program, io);
  for (const command of program.commands) overrideExit(command);
  addConfigOption(program);
  program.hook('preAction', (_, command) => {
    expectValues(command);
    configPath = configOf(command, io.env);
  });
  return await run(program, args, io);
}

async function run(program: Command, args: readonly string[], io: Io): Promise<number> {
  try {
    if (args.length === 0) {
      program.outputHelp();
      return EXIT_USAGE;
    }
    await program.parseAsync(args, { from: 'user' });
    return io.exitCode();
  } catch (thrown) {
    const error = refusedByMachine(thrown) ?? thrown;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (!(error instanceof UserError)) {
      io.say(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return EXIT_ERROR;
    }
    io.say(`error: ${error.message}\n${error.fix === null ? '' : `${error.fix}\n`}`);
    return error instanceof UsageError ? EXIT_USAGE : EXIT_ERROR;
  }
}

/** `--label --json` asks for no column called `--json`. The library takes whatever comes next for the value. */
function expectValues(command: Command): void {
  const flags = new Set(command.options.flatMap(({ long = null, short = null }) => [long, short]));
  for (const option of command.options) {
    const given: unknown = option.required ? command.getOptionValue(option.attributeName()) : null;
    const isFlag = [given].flat().some((value) => typeof value === 'string' && flags.has(value));
    if (isFlag) command.error(`error: option '${option.flags}' argument missing`);
  }
}

function overrideExit(command: Command): void {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('(add --help for more)');
  for (const child of command.commands) overrideExit(child);
}

/** It may stand before the command or behind it. */
function addConfigOption(command: Command): void {
  command.option('-c, --config <file>', `configuration (default: SHIFTWATCH_CONFIG, else ${DEFAULT_CONFIG})`);
  for (const child of command.commands) addConfigOption(child);
}

/** The one nearest to the command counts. */
function configOf(command: Command, env: Io['env']): string {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const { config } = at.opts<{ config?: string }>();
    if (config !== undefined) return config;
  }
  const fromEnv = env['SHIFTWATCH_CONFIG'] ?? '';
  return fromEnv === '' ? DEFAULT_CONFIG : fromEnv;
}
