import { type Command, Option } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';
import type { ExportFormat, ExportOptions } from './export-labelled.ts';

const EXPORT_FORMATS = ['jsonl', 'csv', 'parquet'] as const satisfies readonly ExportFormat[];

/** `shiftwatch labelled-data export` */
export function register(program: Command, io: OperationsIo): void {
  const data = program.command('labelled-data').description('predictions with their features and labels');
  data
    .command('export')
    .description(
      'writes them as a training table; the last line on standard error counts rows and gives the SHA-256',
    )
    .requiredOption('--model <name>', 'of this model')
    .option('--model-version <name>', 'only of this version')
    .option('--from <time>', 'predictions from this time on, ISO 8601')
    .option('--to <time>', 'predictions before this time, ISO 8601')
    .option('--segment <name=value>', 'only of this segment')
    .option('--all', 'also predictions without a label')
    .addOption(
      new Option('--format <format>', 'of the output; default: by the ending of --out, else jsonl').choices(
        EXPORT_FORMATS,
      ),
    )
    .option('--out <file>', 'where to; - is standard output', '-')
    .action(async (options: ExportOptions) => {
      const { exportLabelled } = await import('./export-labelled.ts');
      await exportLabelled(io, options);
    });
}
