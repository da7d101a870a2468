import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';
import type { ListOptions, RequestOptions, VerdictOptions } from './commands.ts';

/** `shiftwatch retrain list | request | approve | reject` */
export function register(program: Command, io: OperationsIo): void {
  const retrain =
    program.commands.find((command) => command.name() === 'retrain') ??
    program.command('retrain').description('retraining: what was asked for, and asking by hand');
  retrain
    .command('list')
    .description('the newest runs')
    .option('--model <name>', 'only of this model')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      const { listRuns } = await import('./commands.ts');
      await listRuns(io, options);
    });
  retrain
    .command('request')
    .description('asks for a retraining by hand, under the same guards as any other')
    .requiredOption('--model <name>', 'of this model')
    .option('--model-version <name>', 'of this version; default: the newest active one')
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--comment <text>', 'why')
    .option('--force', 'in spite of cooldown, weekly cap and missing labels; never in spite of a data fault')
    .option('--dry-run', 'print the request, secrets masked, and send and record nothing')
    .action(async (options: RequestOptions) => {
      const { requestRun } = await import('./commands.ts');
      await requestRun(io, options);
    });
  for (const decision of ['approve', 'reject'] as const) {
    retrain
      .command(`${decision} <run>`)
      .description(decision === 'approve' ? 'sends a run that waits for approval' : 'closes it unsent')
      .requiredOption('--by <name>', 'who decides')
      .option('--comment <text>', 'why')
      .action(async (run: string, options: VerdictOptions) => {
        const { decideOnRun } = await import('./commands.ts');
        await decideOnRun(io, run, decision, options);
      });
  }
}
