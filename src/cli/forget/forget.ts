import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { OperationsIo } from '../terminal/ports.ts';

interface Options {
  readonly prediction?: string;
  readonly feature?: string;
  readonly model?: string;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `shiftwatch forget` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('forget')
    .description('take one prediction, or a feature of a model, out of all that is kept')
    .option('--prediction <id>', 'its prediction_id, as it was logged', named)
    .option(
      '--feature <name>',
      'its name, as it was logged; from then on it is dropped when it is read',
      named,
    )
    .option('--model <name>', 'of this model only; else (of a prediction) of all')
    .option('--undo', 'count the feature again from now on')
    .option('--dry-run', 'only say what would go')
    .option('--json', 'print JSON')
    .action(async (options: Options) => await forget(io, options));
}

async function forget(
  io: OperationsIo,
  { prediction, feature, model, undo, dryRun, json }: Options,
): Promise<void> {
  const how = { isDry: dryRun === true, asJson: json === true };
  if (prediction !== undefined && feature === undefined && undo !== true) {
    const { forgetOne } = await import('./forget-one.ts');
    await forgetOne(io, { id: prediction, model: model ?? null, ...how });
    return;
  }
  if (feature === undefined || prediction !== undefined) {
    throw new UsageError('forget takes either --prediction or --feature', {
      fix:
        undo === true ? '`--undo` is of a feature.' : 'For example `shiftwatch forget --prediction 8f1c-22`.',
    });
  }
  if (model === undefined) {
    throw new UsageError('--feature needs --model', {
      fix: 'Say of which model it is a feature: `--model NAME`.',
    });
  }
  if (undo === true && dryRun === true) {
    throw new UsageError('--undo takes no --dry-run', { fix: 'It changes nothing that is kept.' });
  }
  const { forgetColumn } = await import('./forget-column.ts');
  await forgetColumn(io, { name: feature, model, isUndone: undo === true, ...how });
}

function named(name: string): string {
  if (name === '') throw new InvalidArgumentError('It has at least one letter.');
  return name;
}
