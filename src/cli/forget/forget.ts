import { type Command, InvalidArgumentError } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch forget` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('forget')
    .description('take one prediction out of all that is kept')
    .requiredOption('--prediction <id>', 'its prediction_id, as it was logged', named)
    .option('--model <name>', 'of this model only; else of all')
    .option('--dry-run', 'only say what would go')
    .option('--json', 'print JSON')
    .action(async (options: { prediction: string; model?: string; dryRun?: boolean; json?: boolean }) => {
      const { forgetOne } = await import('./forget-one.ts');
      await forgetOne(io, {
        id: options.prediction,
        model: options.model ?? null,
        isDry: options.dryRun === true,
        asJson: options.json === true,
      });
    });
}

function named(id: string): string {
  if (id === '') throw new InvalidArgumentError('An id has at least one letter.');
  return id;
}
