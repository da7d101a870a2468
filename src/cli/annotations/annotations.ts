import type { Command } from 'commander';
import { authorOption } from '../terminal/attention-options.ts';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch annotations list | remove` */
export function register(program: Command, io: OperationsIo): void {
  const annotations = program
    .command('annotations')
    .description('changes that somebody expected, and that nobody is told of');
  annotations
    .command('list')
    .description('those that explain what windows show')
    .option('--model <name>', 'of this model only')
    .option('--all', 'also those that were taken back')
    .option('--json', 'print JSON')
    .action(async (options: { model?: string; all?: boolean; json?: boolean }) => {
      const { showAnnotations } = await import('./show-annotations.ts');
      await showAnnotations(io, options);
    });
  annotations
    .command('remove <id>')
    .description('takes it back: what shows the same again is told')
    .addOption(authorOption('--author, --by <name>'))
    .option('--dry-run', 'only say what would happen')
    .action(async (id: string, options: { by: string; dryRun?: boolean }) => {
      const { takeBack } = await import('./show-annotations.ts');
      await takeBack(io, id, options.by, options.dryRun === true);
    });
}
