import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { instantOfText } from '../terminal/instant.ts';
import type { OperationsIo } from '../terminal/ports.ts';

interface DaysOptions {
  readonly model: string;
  readonly modelVersion?: string;
  readonly version?: string;
  readonly feature?: string;
  readonly segment?: string;
  readonly from?: string;
  readonly to?: string;
  readonly every: 'day' | 'week';
  readonly json?: boolean;
}

/** `shiftwatch days` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('days')
    .description('what the counts of windows came to by day or week, since they are kept no longer')
    .requiredOption('--model <name>', 'as in the configuration')
    .option('--model-version <name>', 'only of this version')
    .option('--version <name>', 'the same as --model-version')
    .option('--feature <name>', 'what was counted of it: missing values, mean, quantiles or levels')
    .option('--segment <name=value>', 'only of this segment; "" for all rows (default: every segment)')
    .option('--from <time>', 'days that begin at or after this, such as 2026-03-01', instant)
    .option('--to <time>', 'days that begin before this', instant)
    .addOption(new Option('--every <unit>', 'by day or by week').choices(['day', 'week']).default('day'))
    .option('--json', 'print everything as JSON')
    .action(async ({ json, modelVersion, version = modelVersion, ...asked }: DaysOptions) => {
      const { showDays } = await import('./show-days.ts');
      await showDays(io, { ...asked, version }, json === true);
    });
}

function instant(text: string): string {
  const ms = instantOfText(text);
  if (ms === null)
    throw new UsageError(`'${text}' is no time`, { fix: 'Write it as 2026-03-01 or 2026-03-01T12:00:00Z.' });
  return new Date(ms).toISOString();
}
