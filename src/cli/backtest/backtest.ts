import { type Command, InvalidArgumentError, Option } from 'commander';
import { DURATION_FORMAT, DURATION_PATTERN, durationMs } from '../../config/duration.ts';
import type { BacktestArguments, BacktestIo } from './run-backtest.ts';

/** `shiftwatch backtest` */
export function register(program: Command, io: BacktestIo): void {
  program
    .command('backtest')
    .description('how many notifications a configuration would have sent, by the verdicts that are stored')
    .addOption(
      new Option('--since <time>', 'how far back, such as 30d')
        .argParser(parseSince)
        .default(durationMs('30d'), '30d'),
    )
    .option('--model <name>', 'only of this model')
    .option('--json', 'print JSON')
    .action(async (options: BacktestArguments) => {
      const { runBacktest } = await import('./run-backtest.ts');
      await runBacktest(options, io);
    });
}

function parseSince(text: string): number {
  if (DURATION_PATTERN.test(text) && durationMs(text) > 0) return durationMs(text);
  throw new InvalidArgumentError(`Expected ${DURATION_FORMAT}.`);
}
