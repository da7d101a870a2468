import type { Command } from 'commander';
import type { Io } from '../terminal/io.ts';
import { addWritingOptions } from '../terminal/table-options.ts';
import type { CreateOptions } from './create-baseline.ts';

/** `shiftwatch baseline create | list | show` */
export function register(program: Command, io: Io): void {
  const baseline = program.command('baseline').description('training data that windows are compared with');

  addWritingOptions(baseline.command('create'))
    .description('makes a baseline from a training or test file (.csv, .jsonl, .parquet, each also .gz)')
    .argument('<file>')
    .requiredOption('--model <name>', 'as in the configuration')
    .option('--model-version <name>', 'as logged in model_version', 'default')
    .option('--version <name>', 'the same as --model-version')
    .option('--prediction <column>', 'column of the predicted class or number')
    .option('--score <column>', 'column of the probability of the positive class')
    .option('--label <column>', 'column of the truth')
    .option('--timestamp <column>')
    .option('--prediction-id <column>')
    .option('--features <columns>', 'only these, comma-separated')
    .option('--exclude <columns>', 'all but these')
    .option('--numeric <columns>', 'treat as numbers')
    .option('--categorical <columns>', 'treat as categories')
    .option('--model-size <size>', 'how large the version is, such as 120MB')
    .action(async (file: string, options: CreateOptions & { version?: string }) => {
      const { createBaseline } = await import('./create-baseline.ts');
      await createBaseline(file, { ...options, modelVersion: options.version ?? options.modelVersion }, io);
    });

  baseline
    .command('list')
    .description('baselines of all models')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { listAllBaselines } = await import('./show-baselines.ts');
      await listAllBaselines(options.json === true, io);
    });

  baseline
    .command('show')
    .description('one baseline: features with kind, rows, missing, range or levels')
    .requiredOption('--model <name>')
    .option('--model-version <name>', 'as logged in model_version', 'default')
    .option('--version <name>', 'the same as --model-version')
    .option('--json', 'as JSON')
    .action(async (options: { model: string; modelVersion: string; version?: string; json?: boolean }) => {
      const { showBaseline } = await import('./show-baselines.ts');
      const version = options.version ?? options.modelVersion;
      await showBaseline(options.model, version, options.json === true, io);
    });
}
