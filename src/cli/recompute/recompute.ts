import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { instantOfText } from '../terminal/instant.ts';
import type { RecomputeIo, RecomputeArguments } from './run-recompute.ts';

interface Given extends Omit<RecomputeArguments, 'fromMs' | 'toMs' | 'isDry' | 'asJson'> {
  readonly version?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `shiftwatch recompute` */
export function register(program: Command, io: RecomputeIo): void {
  program
    .command('recompute')
    .description(
      'judge closed windows again, by the configuration, baseline and rules of today; nobody is told of it',
    )
    .requiredOption('--model <name>', 'of this model')
    .option('--model-version <name>', 'only of this version')
    .addOption(new Option('--version <name>').hideHelp())
    .option('--from <time>', 'windows that begin at this time or later, ISO 8601; default: the first')
    .option('--to <time>', 'windows that begin before this time, ISO 8601; default: up to the last')
    .option('--reason <text>', 'kept with each new revision')
    .option('--keep-baseline', 'judge windows of an older baseline by their own')
    .option('--notify', 'tell people, and ask for retrainings, as if it were news')
    .option('--dry-run', 'only say what would change')
    .option('--json', 'print JSON')
    .action(async ({ from, to, version, dryRun = false, json = false, ...options }: Given) => {
      const span = { fromMs: instant('--from', from), toMs: instant('--to', to) };
      if (span.fromMs !== null && span.toMs !== null && span.fromMs >= span.toMs) {
        throw new UsageError(`--from ${from} is not before --to ${to}`, { fix: 'Exchange them.' });
      }
      const { runRecompute } = await import('./run-recompute.ts');
      const modelVersion = options.modelVersion ?? version;
      await runRecompute(
        {
          ...options,
          ...(modelVersion !== undefined && { modelVersion }),
          ...span,
          isDry: dryRun,
          asJson: json,
        },
        io,
      );
    });
}

function instant(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = instantOfText(text);
  if (ms === null) {
    throw new UsageError(`${option} '${text}' is no time`, {
      fix: 'Write it as 2026-03-01 or 2026-03-01T12:00:00Z.',
    });
  }
  return ms;
}
