import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch digest preview` */
export function register(program: Command, io: OperationsIo): void {
  const digest = program.command('digest').description('what waits for the daily mail');
  digest
    .command('preview')
    .description('what each channel’s next digest would say were it sent now, and when it is due')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { previewDigests } = await import('./preview-digests.ts');
      await previewDigests(io, json === true);
    });
}
